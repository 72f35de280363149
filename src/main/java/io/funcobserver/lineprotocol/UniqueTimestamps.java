package io.funcobserver.lineprotocol;

import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The times that the points of one page of records have, by series: a time-series database keeps one point for each.
 *
 * <p>A set of hashes of series and time. Two points of one hash would only move a record by a nanosecond.
 */
final class UniqueTimestamps {
    private static final int FIRST_SIZE = 1 << 10;
    /** Odd, so that to multiply by it loses nothing, and its bits are as if by chance. */
    private static final long MIXING = 0x9E3779B97F4A7C15L;
    /** Above this many points the page is as good as a new one: memory is bounded. */
    private static final int MOST_POINTS = 1 << 17;

    private final CRC32C checksum = new CRC32C();
    /** Open addressing; 0 is a free slot. */
    private long[] hashes = new long[FIRST_SIZE];

    private int points;

    void clear() {
        if (points > 0) {
            points = 0;
            if (hashes.length > FIRST_SIZE * 64) {
                hashes = new long[FIRST_SIZE];
            } else {
                Arrays.fill(hashes, 0);
            }
        }
    }

    /**
     * Takes as many times as a record has points, one ns after the other.
     *
     * @param first where they would begin
     * @param line begins with the series
     * @return where they begin: {@code first}, or as many ns later as it takes
     */
    long take(long first, int count, byte[] line, int seriesLength) {
        checksum.reset();
        checksum.update(line, 0, seriesLength);
        long series = checksum.getValue() * MIXING;
        long begin = first;
        for (int i = 0; i < count; i++) {
            if (begin <= Long.MAX_VALUE - count && holds(hash(series, begin + i))) {
                begin += i + 1L;
                i = -1;
            }
        }
        if (points + count > MOST_POINTS) {
            clear();
        }
        for (int i = 0; i < count && i < MOST_POINTS; i++) {
            add(hash(series, begin + i));
        }
        return begin;
    }

    /** One to one for the times of a series, but that none is 0. */
    private static long hash(long series, long time) {
        long hash = (series ^ time) * MIXING;
        return hash == 0 ? 1 : hash;
    }

    private boolean holds(long hash) {
        return hashes[slot(hash)] == hash;
    }

    /** @return where the hash stands, or would stand */
    private int slot(long hash) {
        int mask = hashes.length - 1;
        int slot = (int) (hash >>> 32) & mask;
        while (hashes[slot] != 0 && hashes[slot] != hash) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private void add(long hash) {
        if (points * 2 >= hashes.length) {
            long[] old = hashes;
            hashes = new long[old.length * 2];
            for (long known : old) {
                if (known != 0) {
                    hashes[slot(known)] = known;
                }
            }
        }
        int slot = slot(hash);
        if (hashes[slot] == 0) {
            hashes[slot] = hash;
            points++;
        }
    }
}
