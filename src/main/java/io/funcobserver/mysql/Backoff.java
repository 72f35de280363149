package io.funcobserver.mysql;

import java.util.concurrent.TimeUnit;

/** Lets what has failed alone for a while, longer each time. */
final class Backoff {
    private static final long FIRST = TimeUnit.SECONDS.toNanos(1);
    private static final long LONGEST = TimeUnit.SECONDS.toNanos(30);

    private long nanos;
    private long failedNanos;

    void failed(long nowNanos) {
        nanos = nanos == 0 ? FIRST : Math.min(2 * nanos, LONGEST);
        failedNanos = nowNanos;
    }

    void succeeded() {
        nanos = 0;
    }

    boolean isUnderWay(long nowNanos) {
        return nanos > 0 && nowNanos - failedNanos < nanos;
    }
}
