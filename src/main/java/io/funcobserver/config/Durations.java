package io.funcobserver.config;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as they stand in properties: {@code 500ms}, {@code 5s}, {@code 2m}, {@code 1h}. */
final class Durations {
    /** Keeps every duration below 2^31 ms, which is what the libraries' time-outs hold. */
    private static final long MOST_MILLIS = Duration.ofHours(500).toMillis();

    private static final Pattern FORM = Pattern.compile("([0-9]{1,10})(ms|s|m|h)");

    private Durations() {}

    /** @throws IllegalArgumentException in the form of {@link PropertyType#parse} */
    static Duration parse(String text, boolean zeroAllowed) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("is not a duration; give one like 500ms, 5s, 2m or 1h");
        }
        long millis = Long.parseLong(matcher.group(1)) * millisOf(matcher.group(2));
        if (millis == 0 && !zeroAllowed) {
            throw new IllegalArgumentException("is no time at all; give a duration of 1ms or more");
        }
        if (millis > MOST_MILLIS) {
            throw new IllegalArgumentException("is too long; give a duration up to 500h");
        }
        return Duration.ofMillis(millis);
    }

    private static long millisOf(String unit) {
        return switch (unit) {
            case "ms" -> 1;
            case "s" -> 1000;
            case "m" -> 60_000;
            default -> 3_600_000;
        };
    }
}
