package io.funcobserver.observe;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * Lets the first line through, then one a minute, until the trouble is over: hours of an outage must not fill a disk.
 *
 * <p>Used by one thread at a time.
 */
public final class RateLimitedLog {
    private static final long PAUSE = Duration.ofMinutes(1).toNanos();

    private final Consumer<String> log;
    private boolean silent;
    private long last;

    public RateLimitedLog(Consumer<String> log) {
        this.log = log;
    }

    public void say(String line) {
        long now = System.nanoTime();
        if (!silent || now - last >= PAUSE) {
            silent = true;
            last = now;
            log.accept(line);
        }
    }

    public void reset() {
        silent = false;
    }
}
