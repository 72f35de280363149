package io.funcobserver.spool;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The times in the names of spool files, in microseconds: each later than every other, also when the clock has been set back. */
public final class Stamps {
    private final Clock clock;
    private Instant newest = Instant.EPOCH;

    public Stamps(Clock clock) {
        this.clock = clock;
    }

    /** There is a file of this time. */
    synchronized void known(Instant time) {
        newest = time.isAfter(newest) ? time : newest;
    }

    public synchronized Instant next() {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        newest = now.isAfter(newest) ? now : newest.plus(1, ChronoUnit.MICROS);
        return newest;
    }
}
