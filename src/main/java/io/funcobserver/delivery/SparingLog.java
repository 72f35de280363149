package io.funcobserver.delivery;

import java.time.Duration;
import java.util.function.Consumer;

/** Lets the first line through, then one a minute, until the trouble is over. */
final class SparingLog {
    private static final long PAUSE = Duration.ofMinutes(1).toNanos();

    private final Consumer<String> log;
    private boolean silent;
    private long last;

    SparingLog(Consumer<String> log) {
        this.log = log;
    }

    void say(String line) {
        long now = System.nanoTime();
        if (!silent || now - last >= PAUSE) {
            silent = true;
            last = now;
            log.accept(line);
        }
    }

    void reset() {
        silent = false;
    }
}
