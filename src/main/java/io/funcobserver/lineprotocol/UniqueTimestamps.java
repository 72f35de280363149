package io.funcobserver.lineprotocol;

import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The times that the points of one page of records have, by series: a time-series database keeps one point for each.
 *
 * <p>A series is known by its checksum. Two that have the same would only move a record by a nanosecond, and only where
 * their times are the same too.
 */
final class UniqueTimestamps {
    private static final int FIRST_SIZE = 1 << 10;
    /** Above this many points the page is as good as a new one: memory is bounded. */
    private static final int MOST_POINTS = 1 << 17;

    private final CRC32C checksum = new CRC32C();
    private long[] times = new long[FIRST_SIZE];
    private int[] series = new int[FIRST_SIZE];
    /** Which page a slot was filled for: another one's are free. */
    private int[] pages = new int[FIRST_SIZE];

    private int page = 1;
    private int points;

    void clear() {
        points = 0;
        page++;
        if (times.length > FIRST_SIZE * 64) {
            allocate(FIRST_SIZE);
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
        int key = (int) checksum.getValue();
        long begin = first;
        for (int i = 0; i < count; i++) {
            if (begin <= Long.MAX_VALUE - count && slot(begin + i, key) < 0) {
                begin += i + 1L;
                i = -1;
            }
        }
        if (points + count > MOST_POINTS) {
            clear();
        }
        for (int i = 0; i < count && i < MOST_POINTS; i++) {
            add(begin + i, key);
        }
        return begin;
    }

    /** @return where the point would stand, or -1 where it stands already */
    private int slot(long time, int key) {
        int mask = times.length - 1;
        long mixed = (time ^ key) * 0x9E3779B97F4A7C15L;
        int slot = (int) (mixed >>> 32) & mask;
        while (pages[slot] == page) {
            if (times[slot] == time && series[slot] == key) {
                return -1;
            }
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private void add(long time, int key) {
        if (points * 2 >= times.length) {
            grow();
        }
        int slot = slot(time, key);
        if (slot >= 0) {
            times[slot] = time;
            series[slot] = key;
            pages[slot] = page;
            points++;
        }
    }

    private void grow() {
        long[] oldTimes = times;
        int[] oldSeries = series;
        int[] oldPages = pages;
        int oldPage = page;
        allocate(times.length * 2);
        points = 0;
        for (int i = 0; i < oldTimes.length; i++) {
            if (oldPages[i] == oldPage) {
                add(oldTimes[i], oldSeries[i]);
            }
        }
    }

    private void allocate(int size) {
        times = new long[size];
        series = new int[size];
        pages = new int[size];
        Arrays.fill(pages, 0);
        page = 1;
    }
}
