package io.funcobserver.redis;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How long to wait until the next look at a list.
 *
 * <p>Func empties its lists on :00, :20 and :40 of each minute, popping entry by entry until there is none: what is pushed
 * in the last milliseconds is gone at once, and nobody sees it who does not look then. So looks are dense from shortly
 * before these times until the list has been emptied, and densest while it shrinks. Where the two machines' clocks differ,
 * or a worker of Func takes the flush up late, entries wait in the list meanwhile: as long as they do, looks go on.
 */
final class ListPace {
    private static final long PERIOD_MILLIS = TimeUnit.SECONDS.toMillis(20);
    /** So long before its time a flush is awaited. */
    private static final long EARLY_MILLIS = 1000;
    /** So long after it, most flushes have begun. */
    private static final long LATE_MILLIS = 3000;

    private static final Duration RELAXED = Duration.ofMillis(200);
    private static final Duration WAITING = Duration.ofMillis(20);
    private static final Duration EMPTY = Duration.ofMillis(20);
    private static final Duration MOVED = Duration.ofMillis(10);
    private static final Duration AWAITED = Duration.ofMillis(3);
    private static final Duration SHRINKING = Duration.ofMillis(1);

    private static final long SHRINKING_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** A flush inserts up to 1000 rows between two batches of the list. */
    private static final long MOVED_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Clock clock;
    private boolean hasShrunk;
    private long shrunkNanos;
    /** The period, counted from 1970 on, whose flush has emptied the list. */
    private long emptied = -1;

    ListPace(Clock clock) {
        this.clock = clock;
    }

    /** Entries have been popped since the look before. */
    void shrunk(long nowNanos) {
        hasShrunk = true;
        shrunkNanos = nowNanos;
    }

    /** Everything that stood there at the look before has been popped. */
    void emptied() {
        if (phase() >= 0) {
            emptied = period();
        }
    }

    boolean isShrinking(long nowNanos) {
        return hasShrunk && nowNanos - shrunkNanos < SHRINKING_NANOS;
    }

    /** @param length how many entries the last look found */
    Duration pause(long length, long nowNanos) {
        if (isShrinking(nowNanos)) {
            return SHRINKING;
        }
        if (hasShrunk && nowNanos - shrunkNanos < MOVED_NANOS) {
            return MOVED;
        }
        if (emptied == period()) {
            return RELAXED;
        }
        if (phase() < LATE_MILLIS) {
            return length > 0 ? AWAITED : EMPTY;
        }
        return length > 0 ? WAITING : RELAXED;
    }

    private long period() {
        return Math.floorDiv(clock.millis() + EARLY_MILLIS, PERIOD_MILLIS);
    }

    /** Milliseconds since the period's flush was due; negative before. */
    private long phase() {
        return Math.floorMod(clock.millis() + EARLY_MILLIS, PERIOD_MILLIS) - EARLY_MILLIS;
    }
}
