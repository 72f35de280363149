package io.funcobserver.config;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static io.funcobserver.config.PropertyType.require;

/** Numbers, durations ({@code 500ms}, {@code 5s}, {@code 2m}, {@code 1h}) and sizes ({@code 512KiB}) in properties. */
final class Quantities {
    /** Keeps every duration below 2^31 ms, which is what the libraries' time-outs hold. */
    private static final long MOST_MILLIS = Duration.ofHours(500).toMillis();

    private static final Map<String, Long> MILLIS = Map.of("ms", 1L, "s", 1000L, "m", 60_000L, "h", 3_600_000L);
    private static final Map<String, Integer> SHIFTS = Map.of("", 0, "B", 0, "KiB", 10, "MiB", 20, "GiB", 30);
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,10})(ms|s|m|h)");
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,18})(|B|KiB|MiB|GiB)");

    private Quantities() {}

    /** @throws IllegalArgumentException in the form of {@link PropertyType#parser} */
    static Duration duration(String text, boolean zeroAllowed) {
        Matcher matcher = DURATION.matcher(text);
        require(matcher.matches(), "is not a duration; give one like 500ms, 5s, 2m or 1h");
        long millis = Long.parseLong(matcher.group(1)) * MILLIS.get(matcher.group(2));
        require(millis > 0 || zeroAllowed, "is no time at all; give a duration of 1ms or more");
        require(millis <= MOST_MILLIS, "is too long; give a duration up to 500h");
        return Duration.ofMillis(millis);
    }

    /**
     * @return bytes
     * @throws IllegalArgumentException in the form of {@link PropertyType#parser}
     */
    static BigInteger size(String text) {
        Matcher matcher = SIZE.matcher(text);
        require(matcher.matches(), "is not a size; give one like 512KiB, 1MiB or 2GiB, or plain bytes");
        return new BigInteger(matcher.group(1)).shiftLeft(SHIFTS.get(matcher.group(2)));
    }

    /** @throws IllegalArgumentException in the form of {@link PropertyType#parser}, ending in the advice */
    static BigInteger number(String text, String advice) {
        require(text.matches("[+-]?[0-9]{1,100}"), "is not a whole number" + advice);
        return new BigInteger(text);
    }
}
