package io.funcobserver.observe;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;

/** Logs an outage when it begins, once a minute while it lasts, and its end: hours of it must not fill a disk. */
public final class OutageLog {
    private static final long INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);

    private record Said(String text, long nanos) {}

    private final Map<String, Said> said = new ConcurrentHashMap<>();
    private final Logger log;

    public OutageLog(Logger log) {
        this.log = log;
    }

    /** Logs the text unless the same was said of this part within the last minute. */
    public void goesOn(String part, String text) {
        long now = System.nanoTime();
        Said last = said.get(part);
        if (last == null || now - last.nanos() >= INTERVAL_NANOS) {
            said.put(part, new Said(text, now));
            log.warn(text);
        }
    }

    public void over(String part, String text) {
        if (said.remove(part) != null) {
            log.info(text);
        }
    }
}
