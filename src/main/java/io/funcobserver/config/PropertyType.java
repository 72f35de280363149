package io.funcobserver.config;

import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the value of a property may be.
 *
 * @param name as {@code properties.yaml} and the documentation have it: {@code duration}, {@code size 1KiB to 1GiB}…
 * @param valueClass of the parsed value
 * @param parser gets what is neither null nor, for anything but a path, empty; throws {@link IllegalArgumentException}
 *     with a message that goes on where the quoted value ends ({@code is not a whole number; give …}) and does not
 *     repeat the value
 */
public record PropertyType(String name, Class<?> valueClass, Function<String, ?> parser) {
    private static final String AUTO = "auto, true or false";
    private static final String PASSWORD = "password";
    private static final String PATH = "path";
    private static final Pattern RANGE = Pattern.compile("(number|port|size) (\\S+) to (\\S+)");
    /** A name, an IPv4 or an IPv6 address. */
    private static final String HOST = "[\\p{L}\\p{N}._-]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(%[\\w.-]+)?";

    private static final String TARGET_NAME = "[a-z0-9-]{1,32}";

    /** @throws IllegalArgumentException for a name that is none of a type */
    static PropertyType of(String name) {
        Matcher range = RANGE.matcher(name);
        if (range.matches()) {
            return range(name, range.group(1), range.group(2), range.group(3));
        }
        return switch (name) {
            case "text", PASSWORD -> text(name, "[^\\x00-\\x1f\\x7f]*", "holds a control character; leave it out");
            case "host" ->
                text(name, HOST, "is not a host; give a name or an address alone, with no scheme, brackets or port");
            case "header", "token" ->
                text(
                        name,
                        "[\\x20-\\x7e]*",
                        "holds a character that no header may hold; give printable ASCII on one line");
            case "Kubernetes name" ->
                text(
                        name,
                        "[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?",
                        "is not a name in Kubernetes; give lower-case letters, digits, - and .");
            case "topic prefix" ->
                text(
                        name,
                        "[A-Za-z0-9._-]{1,200}",
                        "is no beginning of a topic's name; give letters, digits, dots, underscores and hyphens");
            case "URL" -> new PropertyType(name, String.class, TargetAddress::checkUrl);
            case PATH -> new PropertyType(name, String.class, TargetAddress::checkPath);
            case "file or kafka" -> text(name, "file|kafka", "is neither file nor kafka; give one of them");
            case "true or false" ->
                new PropertyType(
                        name, Boolean.class, value -> flag(value, "is neither true nor false; give one of them"));
            // What auto stands for is known when all the others are read.
            case AUTO ->
                new PropertyType(
                        name,
                        Boolean.class,
                        value -> value.equals("auto")
                                || flag(value, "is none of auto, true and false; give one of them"));
            case "duration" -> new PropertyType(name, Duration.class, value -> Quantities.duration(value, false));
            case "duration or 0s" -> new PropertyType(name, Duration.class, value -> Quantities.duration(value, true));
            case "time zone" -> new PropertyType(name, ZoneId.class, PropertyType::zone);
            case "key=value,…" -> new PropertyType(name, FixedTags.class, FixedTags::parse);
            case "now, beginning or a seq" -> new PropertyType(name, String.class, PropertyType::start);
            case "names" -> new PropertyType(name, List.class, PropertyType::names);
            default -> throw new IllegalArgumentException(name + " is no type of a property");
        };
    }

    Object parse(String value) {
        return parser.apply(value);
    }

    /** Whether an empty value says something of its own, other than "none". */
    boolean emptyIsValue() {
        return name.equals(PATH);
    }

    /** Whether a value may begin or end with a space. */
    boolean keepsSpaces() {
        return name.equals(PASSWORD);
    }

    boolean isAuto() {
        return name.equals(AUTO);
    }

    private static PropertyType text(String name, String regex, String problem) {
        return new PropertyType(name, String.class, value -> {
            if (!value.matches(regex)) {
                throw new IllegalArgumentException(problem);
            }
            return value;
        });
    }

    private static PropertyType range(String name, String kind, String least, String most) {
        String advice = "; give a " + kind + " from " + least + " to " + most;
        boolean isSize = kind.equals("size");
        Function<String, BigInteger> amount = isSize ? Quantities::size : value -> Quantities.number(value, advice);
        BigInteger from = amount.apply(least);
        BigInteger to = amount.apply(most);
        return new PropertyType(name, isSize ? Long.class : Integer.class, value -> {
            BigInteger given = amount.apply(value);
            if (given.compareTo(from) < 0 || given.compareTo(to) > 0) {
                throw new IllegalArgumentException("is out of range" + advice);
            }
            return isSize ? (Object) given.longValue() : (Object) given.intValue();
        });
    }

    private static boolean flag(String value, String problem) {
        if (value.equals("true") || value.equals("false")) {
            return value.equals("true");
        }
        throw new IllegalArgumentException(problem);
    }

    private static ZoneId zone(String value) {
        try {
            return ZoneId.of(value);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("is not a time zone; give one like Asia/Shanghai, UTC or +08:00", e);
        }
    }

    /** A {@code seq} is a BIGINT UNSIGNED. */
    private static String start(String value) {
        boolean isSeq = value.matches("[0-9]{1,20}") && new BigInteger(value).bitLength() <= Long.SIZE;
        if (!isSeq && !value.equals("now") && !value.equals("beginning")) {
            throw new IllegalArgumentException(
                    "is no start of a tail; give now, beginning, or a seq (the rows after it are read)");
        }
        return value;
    }

    /** Their names are names of folders and labels of metrics. */
    static List<String> names(String value) {
        List<String> names = List.of(value.strip().split("\\s*,\\s*", -1));
        if (!names.stream().allMatch(name -> name.matches(TARGET_NAME))
                || names.stream().distinct().count() < names.size()) {
            throw new IllegalArgumentException("is not a list of names; give names of up to 32 lower-case letters, "
                    + "digits and -, separated by commas, each once");
        }
        return names;
    }
}
