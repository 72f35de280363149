package io.funcobserver.observe.status;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.micrometer.core.instrument.Meter;

/**
 * The last hour of some metrics, in memory: what each grew by in each of the latest {@value #LENGTH} steps of {@value
 * #STEP_SECONDS} seconds.
 *
 * <p>Bounded: {@value #MAX_SERIES} series of 1.4 kB. {@link #tick} is called once a step; nothing else costs anything.
 */
final class History {
    static final int STEP_SECONDS = 10;
    static final int LENGTH = 360;
    static final int MAX_SERIES = 200;

    /** A rate is that of the last minute: the step that is under way, and the five before. */
    private static final int RATE_STEPS = 5;

    /** The growth of the spool is that of the last five minutes. */
    private static final int GROWTH_STEPS = 30;

    private static final String SPOOL = "spool_bytes";
    private static final List<String> KEPT =
            List.of("points_spooled", "points_delivered", "points_received", "rows_read", "list_rows_read", SPOOL);

    private static final class Series {
        /** The step of number n is at n modulo the length. */
        private final int[] growth = new int[LENGTH];

        private double last;
    }

    private final Readings readings;
    private final Map<Meter.Id, Series> series = new HashMap<>();
    private final long startedMillis;
    private long ticks;
    private long lastTickMillis;

    History(Readings readings, long startedMillis) {
        this.readings = readings;
        this.startedMillis = startedMillis;
        this.lastTickMillis = startedMillis;
    }

    /** Ends a step. */
    synchronized void tick(long nowMillis) {
        for (String name : KEPT) {
            for (Meter meter : readings.all(name)) {
                if (series.containsKey(meter.getId()) || series.size() < MAX_SERIES) {
                    Series one = series.computeIfAbsent(meter.getId(), id -> new Series());
                    double value = Readings.value(meter);
                    one.growth[place(ticks)] = (int) Math.rint(value - one.last);
                    one.last = value;
                }
            }
        }
        ticks++;
        lastTickMillis = nowMillis;
    }

    private static int place(long step) {
        return (int) (step % LENGTH);
    }

    /** How many series are kept. */
    synchronized int size() {
        return series.size();
    }

    /** UNIX milliseconds of the end of the last step. */
    synchronized long endMillis() {
        return lastTickMillis;
    }

    /**
     * How much the counters of that name and those labels grew in each step, oldest first, all ending at {@link #endMillis}.
     *
     * @return empty before the first step has ended
     */
    synchronized int[] sums(String name, String... labels) {
        int[] sums = new int[(int) Math.min(ticks, LENGTH)];
        for (Series one : series(name, labels)) {
            Arrays.setAll(sums, i -> sums[i] + one.growth[place(ticks - sums.length + i)]);
        }
        return sums;
    }

    private List<Series> series(String name, String... labels) {
        return readings.all(name, labels).stream()
                .map(meter -> series.get(meter.getId()))
                .filter(Objects::nonNull)
                .toList();
    }

    /** In the last so many steps. */
    private double grown(Series one, int steps) {
        double grown = 0;
        for (int back = 1; back <= steps; back++) {
            grown += one.growth[place(ticks - back)];
        }
        return grown;
    }

    /** By how much a second the counters of that name and those labels grow now: over the last minute, or since the start. */
    synchronized double perSecond(long nowMillis, String name, String... labels) {
        int steps = (int) Math.min(ticks, RATE_STEPS);
        double grown = 0;
        for (Meter meter : readings.all(name, labels)) {
            Series one = series.get(meter.getId());
            grown += Readings.value(meter) - (one == null ? 0 : one.last - grown(one, steps));
        }
        long from = ticks <= steps ? startedMillis : lastTickMillis - steps * STEP_SECONDS * 1000L;
        return Math.max(0, grown / Math.max(1, (nowMillis - from) / 1000.0));
    }

    /**
     * By how many bytes a second the spool has grown over the last five minutes.
     *
     * @return 0 while that is not known yet, negative while it shrinks
     */
    synchronized double spoolGrowth(String... labels) {
        // What it holds at the start is no growth of the first step.
        int steps = (int) Math.min(ticks - 1, GROWTH_STEPS);
        return steps < 1
                ? 0
                : series(SPOOL, labels).stream()
                                .mapToDouble(one -> grown(one, steps))
                                .sum()
                        / (steps * STEP_SECONDS);
    }
}
