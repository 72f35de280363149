package io.funcobserver.observe;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Lets the first line through, then one a minute, until the trouble is over: hours of an outage must not fill a disk.
 *
 * <p>Used by any thread; none waits while another one's line is written.
 */
public final class RateLimitedLog {
    private static final long PAUSE = Duration.ofMinutes(1).toNanos();

    private final Consumer<String> log;
    /** When the last line was let through, by {@link System#nanoTime}; null while there is no trouble. */
    private final AtomicReference<Long> last = new AtomicReference<>();

    public RateLimitedLog(Consumer<String> log) {
        this.log = log;
    }

    public void say(String line) {
        Long before = last.get();
        long now = System.nanoTime();
        if ((before == null || now - before >= PAUSE) && last.compareAndSet(before, now)) {
            log.accept(line);
        }
    }

    public void reset() {
        last.set(null);
    }
}
