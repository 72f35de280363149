package io.funcobserver.config;

import java.math.BigInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as they stand in properties: {@code 512KiB}, {@code 1MiB}, {@code 2GiB}, or plain bytes. */
final class Sizes {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,18})(|B|KiB|MiB|GiB)");

    private Sizes() {}

    /**
     * @return bytes
     * @throws IllegalArgumentException in the form of {@link PropertyType#parse}
     */
    static long parse(String text, long least, long most) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("is not a size; give one like 512KiB, 1MiB or 2GiB, or plain bytes");
        }
        BigInteger bytes = new BigInteger(matcher.group(1)).shiftLeft(shiftOf(matcher.group(2)));
        if (bytes.compareTo(BigInteger.valueOf(least)) < 0 || bytes.compareTo(BigInteger.valueOf(most)) > 0) {
            throw new IllegalArgumentException(
                    "is out of range; give a size from " + format(least) + " to " + format(most));
        }
        return bytes.longValue();
    }

    /** The largest unit in which {@code bytes} is a whole number. */
    static String format(long bytes) {
        for (String unit : new String[] {"GiB", "MiB", "KiB"}) {
            if (bytes > 0 && bytes % (1L << shiftOf(unit)) == 0) {
                return (bytes >> shiftOf(unit)) + unit;
            }
        }
        return Long.toString(bytes);
    }

    private static int shiftOf(String unit) {
        return switch (unit) {
            case "KiB" -> 10;
            case "MiB" -> 20;
            case "GiB" -> 30;
            default -> 0;
        };
    }
}
