package io.funcobserver.redis;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How long to wait until the next look at a list.
 *
 * <p>Func empties its lists on :00, :20 and :40 of each minute, popping entry by entry until there is none: what is pushed
 * just before the last pop is gone at once, and nobody sees it who does not look in between. So looks are dense around these
 * times until the list has been emptied, and for a moment after that, since flushes overlap. A long list takes its time to be
 * popped, and one that grows slowly risks little: neither is looked at more often than it needs; least of all one in which
 * nothing stood for two periods. Where the two machines' clocks differ, or a worker of Func takes the flush up late, entries
 * wait in the list meanwhile: as long as they do, looks go on.
 *
 * <p>Where Redis tells of changes, this is how soon one look may follow another; with none told there is none.
 */
final class ListPace {
    private static final long PERIOD_MILLIS = TimeUnit.SECONDS.toMillis(20);
    /** So long before its time a flush is awaited. */
    private static final long EARLY_MILLIS = 300;
    /** So long after it, most flushes have begun. */
    private static final long LATE_MILLIS = 3000;
    /** Most flushes of a Func that has nothing to do have begun so long after it. */
    private static final long PUNCTUAL_MILLIS = 500;

    private static final Duration IDLE = Duration.ofSeconds(1);
    /** A cron job of :00 may end just when a late flush begins, and be the only task for minutes. */
    private static final Duration OVERDUE = Duration.ofMillis(50);

    private static final Duration RELAXED = Duration.ofMillis(200);
    private static final Duration WAITING = Duration.ofMillis(20);
    private static final Duration MOVED = Duration.ofMillis(10);
    private static final Duration DENSEST = Duration.ofMillis(1);
    /** Another flush rarely follows, and finds little. */
    private static final Duration EMPTIED = Duration.ofMillis(2);

    private static final Duration AWAITED = Duration.ofMillis(20);
    /** A change costs a notice and a look: of a burst, some come together. */
    private static final Duration TOLD = Duration.ofNanos(100_000);

    /** No client pops faster, one by one. */
    private static final long POP_NANOS = TimeUnit.MICROSECONDS.toNanos(5);
    /** Divided by the length at a flush, which is what was pushed in a period, the time in which little is pushed. */
    private static final long LITTLE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private static final long SHRINKING_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** A flush inserts up to 1000 rows between two batches of the list, and another one may follow close behind. */
    private static final long FLUSHING_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long MOVED_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Clock clock;
    private boolean hasShrunk;
    private long shrunkNanos;
    /** The period, counted from 1970 on, whose flush has emptied the list. */
    private long emptied = -1;
    /** The longest that the list was since the flush before the last one. */
    private long longest;

    private long longestBefore;
    private long longestOf = -1;

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
        return isWithin(SHRINKING_NANOS, nowNanos);
    }

    private boolean isWithin(long nanos, long nowNanos) {
        return hasShrunk && nowNanos - shrunkNanos < nanos;
    }

    /**
     * @param length how many entries the last look found
     * @param told whether Redis tells of changes
     */
    Duration pause(long length, long nowNanos, boolean told) {
        long period = period();
        if (longestOf != period) {
            longestBefore = longest;
            longest = 0;
            longestOf = period;
        }
        longest = Math.max(longest, length);
        if (longest == 0 && longestBefore == 0) {
            return told ? WAITING : idle();
        }
        boolean flushing = isWithin(FLUSHING_NANOS, nowNanos);
        boolean awaited = emptied != period && (flushing || phase() < LATE_MILLIS);
        if (awaited || flushing) {
            Duration least = told ? TOLD : awaited ? DENSEST : EMPTIED;
            long little = told ? 0 : LITTLE_NANOS / Math.max(longest, longestBefore);
            long nanos = Math.max(Math.max(length * POP_NANOS, little), least.toNanos());
            return Duration.ofNanos(Math.min(nanos, AWAITED.toNanos()));
        }
        if (isWithin(MOVED_NANOS, nowNanos)) {
            return MOVED;
        }
        return emptied == period || length == 0 ? RELAXED : WAITING;
    }

    private Duration idle() {
        long phase = phase();
        if (phase < LATE_MILLIS) {
            return phase < PUNCTUAL_MILLIS ? AWAITED : OVERDUE;
        }
        long untilAwaited = PERIOD_MILLIS - EARLY_MILLIS - phase;
        return Duration.ofMillis(Math.min(IDLE.toMillis(), untilAwaited));
    }

    private long period() {
        return Math.floorDiv(clock.millis() + EARLY_MILLIS, PERIOD_MILLIS);
    }

    /** Milliseconds since the period's flush was due; negative before. */
    private long phase() {
        return Math.floorMod(clock.millis() + EARLY_MILLIS, PERIOD_MILLIS) - EARLY_MILLIS;
    }
}
