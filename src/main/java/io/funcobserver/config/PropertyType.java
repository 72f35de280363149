package io.funcobserver.config;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.function.Function;

/**
 * What the value of a property may be.
 *
 * @param <T> the class of the parsed value
 */
public final class PropertyType<T> {
    private final String name;
    private final Class<T> valueClass;
    private final Function<String, T> parser;

    private PropertyType(String name, Class<T> valueClass, Function<String, T> parser) {
        this.name = name;
        this.valueClass = valueClass;
        this.parser = parser;
    }

    /** For the documentation: {@code duration}, {@code size}, {@code whole number}… */
    public String name() {
        return name;
    }

    Class<T> valueClass() {
        return valueClass;
    }

    /**
     * Parses a value that is neither null nor, for anything but a path, empty.
     *
     * @throws IllegalArgumentException with a message that goes on where the quoted value ends ({@code is not a whole
     *     number; give …}) and does not repeat the value
     */
    T parse(String value) {
        return parser.apply(value);
    }

    static PropertyType<String> text() {
        return new PropertyType<>("text", String.class, value -> {
            if (value.chars().anyMatch(c -> c < 0x20 || c == 0x7f)) {
                throw new IllegalArgumentException("holds a control character; leave it out");
            }
            return value;
        });
    }

    static PropertyType<String> host() {
        return new PropertyType<>("host", String.class, value -> {
            boolean ipv6 = value.matches("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(%[\\w.-]+)?");
            if (!ipv6 && !value.matches("[\\p{L}\\p{N}._-]+")) {
                throw new IllegalArgumentException(
                        "is not a host; give a name or an address alone, with no scheme, brackets or port");
            }
            return value;
        });
    }

    static PropertyType<Integer> number(int least, int most) {
        return number("give a number", least, most);
    }

    static PropertyType<Integer> port(int least) {
        return number("give a port", least, 65535);
    }

    private static PropertyType<Integer> number(String advice, int least, int most) {
        String range = "; " + advice + " from " + least + " to " + most;
        return new PropertyType<>("whole number", Integer.class, value -> {
            if (!value.matches("[+-]?[0-9]+")) {
                throw new IllegalArgumentException("is not a whole number" + range);
            }
            try {
                int number = Integer.parseInt(value);
                if (number >= least && number <= most) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // Too many digits for an int: out of every range.
            }
            throw new IllegalArgumentException("is out of range" + range);
        });
    }

    static PropertyType<Boolean> flag() {
        return new PropertyType<>("true or false", Boolean.class, value -> {
            if (value.equals("true") || value.equals("false")) {
                return Boolean.valueOf(value);
            }
            throw new IllegalArgumentException("is neither true nor false; give one of them");
        });
    }

    static PropertyType<Duration> duration() {
        return new PropertyType<>("duration", Duration.class, value -> Durations.parse(value, false));
    }

    /** A duration for which zero switches the thing off. */
    static PropertyType<Duration> durationOrZero() {
        return new PropertyType<>("duration", Duration.class, value -> Durations.parse(value, true));
    }

    static PropertyType<Long> size(long least, long most) {
        return new PropertyType<>("size", Long.class, value -> Sizes.parse(value, least, most));
    }

    static PropertyType<ZoneId> zone() {
        return new PropertyType<>("time zone", ZoneId.class, value -> {
            try {
                return ZoneId.of(value);
            } catch (DateTimeException e) {
                throw new IllegalArgumentException("is not a time zone; give one like Asia/Shanghai, UTC or +08:00", e);
            }
        });
    }

    static PropertyType<FixedTags> tags() {
        return new PropertyType<>("key=value,…", FixedTags.class, FixedTags::parse);
    }

    static PropertyType<StartPosition> start() {
        return new PropertyType<>("now, beginning or a seq", StartPosition.class, StartPosition::parse);
    }

    static PropertyType<String> targetUrl() {
        return new PropertyType<>("URL", String.class, TargetAddress::checkUrl);
    }

    static PropertyType<String> targetPath() {
        return new PropertyType<>("path", String.class, TargetAddress::checkPath);
    }

    static PropertyType<String> header() {
        return new PropertyType<>("header", String.class, value -> {
            if (value.chars().anyMatch(c -> c < 0x20 || c > 0x7e)) {
                throw new IllegalArgumentException(
                        "holds a character that no header may hold; give printable ASCII on one line");
            }
            return value;
        });
    }
}
