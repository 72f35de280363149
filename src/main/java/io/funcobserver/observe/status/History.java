package io.funcobserver.observe.status;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.Predicate;

import io.funcobserver.observe.status.Readings.Reading;
import io.micrometer.core.instrument.Meter;

/**
 * The last hour of some metrics, in memory: what a counter grew by in each step of {@value Ring#STEP_SECONDS} seconds, and
 * what a gauge was at its end.
 *
 * <p>Bounded: {@value #MAX_SERIES} series of 1.4 kB. {@link #tick} is called once a step; nothing else costs anything.
 */
final class History {
    static final int MAX_SERIES = 200;
    /** A rate is that of the last minute. */
    private static final int RATE_STEPS = 6;

    private static final List<String> COUNTERS =
            List.of("points_spooled", "points_delivered", "points_received", "rows_read", "list_rows_read");
    private static final List<String> GAUGES = List.of("spool_bytes");

    private static final class Series {
        private final Ring ring = new Ring();
        private double last;
    }

    private final Map<Meter.Id, Series> series = new HashMap<>();
    private final long startedMillis;
    private long ticks;
    private long lastTickMillis;

    History(long startedMillis) {
        this.startedMillis = startedMillis;
        this.lastTickMillis = startedMillis;
    }

    /** Ends a step. */
    synchronized void tick(Readings readings, long nowMillis) {
        COUNTERS.forEach(name -> add(readings.all(name), (last, value) -> value - last));
        // In KiB, which an int holds up to 2 TiB.
        GAUGES.forEach(name -> add(readings.all(name), (last, value) -> value / 1024));
        ticks++;
        lastTickMillis = nowMillis;
    }

    private void add(List<Reading> now, DoubleBinaryOperator step) {
        for (Reading reading : now) {
            if (series.containsKey(reading.id()) || series.size() < MAX_SERIES) {
                Series one = series.computeIfAbsent(reading.id(), id -> new Series());
                one.ring.add(Math.round(step.applyAsDouble(one.last, reading.value())));
                one.last = reading.value();
            }
        }
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
     * How much the counters that match grew in each step, oldest first, all ending at {@link #endMillis}.
     *
     * @return empty before the first step has ended
     */
    synchronized int[] sums(Readings readings, String name, Predicate<Reading> which) {
        int[] sums = new int[(int) Math.min(ticks, Ring.LENGTH)];
        for (Reading reading : readings.all(name)) {
            Series one = which.test(reading) ? series.get(reading.id()) : null;
            if (one != null) {
                int[] own = one.ring.toArray();
                for (int i = 0; i < own.length && i < sums.length; i++) {
                    sums[sums.length - 1 - i] += own[own.length - 1 - i];
                }
            }
        }
        return sums;
    }

    /** By how much a second the counters that match grow now: over the last minute, or since the start. */
    synchronized double perSecond(Readings readings, String name, Predicate<Reading> which, long nowMillis) {
        double grown = 0;
        int back = (int) Math.min(ticks, RATE_STEPS - 1);
        for (Reading reading : readings.all(name)) {
            if (!which.test(reading)) {
                continue;
            }
            Series one = series.get(reading.id());
            if (one == null) {
                grown += reading.value();
                continue;
            }
            grown += reading.value() - one.last;
            for (int i = 0; i < Math.min(back, one.ring.size()); i++) {
                grown += one.ring.newest(i);
            }
        }
        long from = ticks <= back ? startedMillis : lastTickMillis - back * Ring.STEP_SECONDS * 1000L;
        double seconds = Math.max(1, (nowMillis - from) / 1000.0);
        return Math.max(0, grown / seconds);
    }

    /**
     * By how many bytes a second the spool has grown over the last five minutes.
     *
     * @return 0 while that is not known yet, negative while it shrinks
     */
    synchronized double spoolGrowth(Readings readings, Predicate<Reading> which) {
        double growth = 0;
        for (Reading reading : readings.all("spool_bytes")) {
            Series one = which.test(reading) ? series.get(reading.id()) : null;
            if (one != null && one.ring.size() > 1) {
                int back = Math.min(30, one.ring.size() - 1);
                growth += (one.ring.newest(0) - (double) one.ring.newest(back))
                        * 1024
                        / (back * (double) Ring.STEP_SECONDS);
            }
        }
        return growth;
    }
}
