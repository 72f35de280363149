package io.funcobserver.mysql;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How often a buffered table is looked at.
 *
 * <p>Func empties its buffers on :00, :20 and :40 of each minute, and inserts and deletes meanwhile: what is pushed during
 * a flush may be popped, inserted and trimmed within a second. The two machines' clocks may differ by a second;
 * beyond that, what is seen to move tells.
 */
final class Pace {
    private static final long FLUSH_MILLIS = TimeUnit.SECONDS.toMillis(20);
    private static final long BEFORE_MILLIS = 1500;
    private static final long AFTER_MILLIS = 2500;
    private static final long SETTLED_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final Duration SHORT_PAUSE = Duration.ofMillis(100);

    private static final long FIRST_BACK_OFF = TimeUnit.SECONDS.toNanos(1);
    private static final long LONGEST_BACK_OFF = TimeUnit.SECONDS.toNanos(30);

    private final Clock clock;
    private boolean hasMoved;
    private long movedNanos;
    private long backOff;
    private long failedNanos;

    Pace(Clock clock) {
        this.clock = clock;
    }

    /** Entries have been popped, or rows inserted. */
    void moved(long nowNanos) {
        hasMoved = true;
        movedNanos = nowNanos;
    }

    /** Whether to look again after a short pause. */
    boolean isDense(long nowNanos) {
        long sinceFlush = (clock.millis() + BEFORE_MILLIS) % FLUSH_MILLIS;
        return sinceFlush < BEFORE_MILLIS + AFTER_MILLIS || hasMoved && nowNanos - movedNanos < SETTLED_NANOS;
    }

    Duration shortPause() {
        return SHORT_PAUSE;
    }

    /** The buffer could not be read: it is let alone for a while, longer each time. */
    void failed(long nowNanos) {
        backOff = backOff == 0 ? FIRST_BACK_OFF : Math.min(2 * backOff, LONGEST_BACK_OFF);
        failedNanos = nowNanos;
    }

    void succeeded() {
        backOff = 0;
    }

    boolean isBackingOff(long nowNanos) {
        return backOff > 0 && nowNanos - failedNanos < backOff;
    }
}
