package io.funcobserver.lineprotocol;

import java.util.zip.CRC32C;

import io.netty.util.collection.LongObjectHashMap;
import io.netty.util.collection.LongObjectMap;

/**
 * The times that the points of one page of records have, by series: a time-series database keeps one point for each.
 *
 * <p>A set of hashes of series and time. Two points of one hash would only move a record by a nanosecond.
 */
final class UniqueTimestamps {
    /** Odd, so that to multiply by it loses nothing, and its bits are as if by chance. */
    private static final long MIXING = 0x9E3779B97F4A7C15L;
    /** Above this many points the page is as good as a new one: memory is bounded. */
    private static final int MOST_POINTS = 1 << 17;

    private final CRC32C checksum = new CRC32C();
    private LongObjectMap<Boolean> taken = new LongObjectHashMap<>();

    void clear() {
        if (!taken.isEmpty()) {
            taken.clear();
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
        int points = Math.min(count, MOST_POINTS);
        if (taken.size() + points > MOST_POINTS) {
            taken = new LongObjectHashMap<>();
        }
        long begin = first;
        for (int i = 0; i < points; i++) {
            boolean isTaken = taken.put(hash(series, begin + i), Boolean.TRUE) != null;
            if (isTaken && begin <= Long.MAX_VALUE - count) {
                begin += i + 1L;
                i = -1;
            }
        }
        return begin;
    }

    /** One to one for the times of a series. */
    private static long hash(long series, long time) {
        return (series ^ time) * MIXING;
    }
}
