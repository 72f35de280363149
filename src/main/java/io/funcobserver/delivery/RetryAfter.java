package io.funcobserver.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

import org.apache.hc.client5.http.utils.DateUtils;

/** Reads the header {@code Retry-After} (RFC 9110, 10.2.3). */
final class RetryAfter {
    /** A target that asks for more is asked again all the same: a slip in a header must not end the delivery. */
    static final Duration LONGEST = Duration.ofHours(1);

    private RetryAfter() {}

    /**
     * How long to wait, between 0 and {@link #LONGEST}.
     *
     * @param value seconds or an HTTP date
     * @return empty for a missing value or nonsense
     */
    static Optional<Duration> parse(String value, Instant now) {
        if (value == null) {
            return Optional.empty();
        }
        String trimmed = value.strip();
        if (!trimmed.isEmpty() && trimmed.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Optional.of(trimmed.length() > 9 ? LONGEST : bounded(Duration.ofSeconds(Long.parseLong(trimmed))));
        }
        Instant until = DateUtils.parseStandardDate(trimmed);
        return Optional.ofNullable(until).map(moment -> bounded(Duration.between(now, moment)));
    }

    private static Duration bounded(Duration wait) {
        if (wait.isNegative()) {
            return Duration.ZERO;
        }
        return wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
    }
}
