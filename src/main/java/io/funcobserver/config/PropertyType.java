package io.funcobserver.config;

import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the value of a property may be.
 *
 * @param name as {@code properties.yaml} and the documentation have it: {@code duration}, {@code size 1KiB to 1GiB}…
 * @param parser gets what is neither null nor, for anything but a path, empty; throws {@link IllegalArgumentException}
 *     with a message that goes on where the quoted value ends ({@code is not a whole number; give …}) and does not
 *     repeat the value
 */
public record PropertyType(String name, Function<String, ?> parser) {
    private static final String AUTO = "auto, true or false";
    private static final String DURATION_OR_ZERO = "duration or 0s";
    private static final String PASSWORD = "password";
    private static final String PATH = "path";
    private static final Pattern RANGE = Pattern.compile("(number|port|size) (\\S+) to (\\S+)");
    private static final String TARGET_NAME = "[a-z0-9-]{1,32}";

    /**
     * The type of this name.
     *
     * @param texts those that a regular expression describes: {@code pattern} and {@code problem} by name
     */
    static PropertyType of(String name, Map<String, Map<String, String>> texts) {
        Matcher range = RANGE.matcher(name);
        return new PropertyType(
                name,
                range.matches()
                        ? range(range.group(1), range.group(2), range.group(3))
                        : parser(name, texts.get(name)));
    }

    /** @param text null for a type that no regular expression describes */
    private static Function<String, ?> parser(String name, Map<String, String> text) {
        return switch (name) {
            case "URL" -> TargetAddress::checkUrl;
            case PATH -> TargetAddress::checkPath;
            // What auto stands for is known when all the others are read.
            case "true or false", AUTO -> value -> !matching(value, text).equals("false");
            case "duration", DURATION_OR_ZERO -> value -> Quantities.duration(value, name.equals(DURATION_OR_ZERO));
            case "time zone" -> PropertyType::zone;
            case "key=value,…" -> FixedTags::parse;
            case "now, beginning or a seq" -> PropertyType::start;
            case "names" -> PropertyType::names;
            default -> value -> matching(value, text);
        };
    }

    /** @throws IllegalArgumentException unless it is so, in the form of {@link #parser} */
    static void require(boolean isSo, String otherwise) {
        if (!isSo) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    private static String matching(String value, Map<String, String> text) {
        require(value.matches(text.get("pattern")), text.get("problem"));
        return value;
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

    private static Function<String, ?> range(String kind, String least, String most) {
        String advice = "; give a " + kind + " from " + least + " to " + most;
        boolean isSize = kind.equals("size");
        Function<String, BigInteger> amount = isSize ? Quantities::size : value -> Quantities.number(value, advice);
        BigInteger from = amount.apply(least);
        BigInteger to = amount.apply(most);
        return value -> {
            BigInteger given = amount.apply(value);
            require(given.compareTo(from) >= 0 && given.compareTo(to) <= 0, "is out of range" + advice);
            return isSize ? (Object) given.longValue() : (Object) given.intValue();
        };
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
        require(
                isSeq || value.equals("now") || value.equals("beginning"),
                "is no start of a tail; give now, beginning, or a seq (the rows after it are read)");
        return value;
    }

    /** Their names are names of folders and labels of metrics. */
    static List<String> names(String value) {
        List<String> names = List.of(value.strip().split("\\s*,\\s*", -1));
        require(
                names.stream().allMatch(name -> name.matches(TARGET_NAME))
                        && Set.copyOf(names).size() == names.size(),
                "is not a list of names; give names of up to 32 lower-case letters, digits and -, separated by commas, each once");
        return names;
    }
}
