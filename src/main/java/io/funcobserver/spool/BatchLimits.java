package io.funcobserver.spool;

import java.time.Duration;

import io.funcobserver.config.Settings;

/**
 * How much goes into one request.
 *
 * @param maxBytes most bytes of lines, before gzip
 * @param maxLines most lines
 * @param maxDelay how long the oldest line waits for others before a partial batch is sent
 */
public record BatchLimits(long maxBytes, long maxLines, Duration maxDelay) {
    public static BatchLimits of(Settings settings) {
        return new BatchLimits(
                settings.size("batch.max-bytes"),
                settings.number("batch.max-lines"),
                settings.duration("batch.max-delay"));
    }
}
