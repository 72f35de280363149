package io.funcobserver.demo;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads line protocol: as DataKit 1.8x does, or so strictly that whatever passes is taken, unchanged and with the same
 * meaning, by every receiver.
 *
 * <p>Written from InfluxDB's description of the format and from what DataKit was seen to do, without a look at the encoder
 * and the reader of the product: it decides whether what they write is right.
 */
public final class LineParser {
    /**
     * A body's lines.
     *
     * @param errors why the other lines are bad; empty when all are good
     */
    public record Result(List<Line> lines, List<String> errors) {}

    /** Names the line (from 1) and the offset in it (from 0, in characters) of what is wrong. */
    public static final class MalformedLine extends IllegalArgumentException {
        private MalformedLine(int line, int offset, String what) {
            super("line " + line + ", offset " + offset + ": " + what);
        }
    }

    /** How much is refused. */
    private enum Dialect {
        DATAKIT,
        /** No comment, nothing left out, no control character in a name, DataKit's limits, one way to write each value. */
        STRICT,
        /** The same, and the keys in the order of their bytes. */
        SORTED
    }

    private static final int MAX_TAGS = 256;
    private static final int MAX_FIELDS = 1024;
    private static final int MAX_KEY = 256;
    private static final int MAX_TAG_VALUE = 1024;
    private static final int MAX_STRING = 32 * 1024 * 1024;
    private static final int MAX_SERIES = 65_535;
    private static final Pattern INTEGER = Pattern.compile("-?[0-9]+");
    private static final Pattern STRICT_INTEGER = Pattern.compile("-?(0|[1-9][0-9]*)");
    private static final Pattern FLOAT = Pattern.compile("[-+]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]+)?");
    private static final Pattern STRICT_FLOAT = Pattern.compile("-?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?");
    private static final BigInteger MAX_UNSIGNED = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);
    private static final Set<String> TRUE = Set.of("t", "T", "true", "True", "TRUE");
    private static final Set<String> FALSE = Set.of("f", "F", "false", "False", "FALSE");
    private static final char END = '\n';

    private final String body;
    private final Dialect dialect;
    private int at;
    private int number = 1;
    private int start;

    private LineParser(byte[] body, Dialect dialect) {
        this.dialect = dialect;
        try {
            this.body = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            ByteBuffer good = ByteBuffer.wrap(body);
            StandardCharsets.UTF_8.newDecoder().decode(good, java.nio.CharBuffer.allocate(body.length), true);
            for (int i = 0; i < good.position(); i++) {
                if (body[i] == END) {
                    number++;
                    start = i + 1;
                }
            }
            at = good.position();
            throw wrong("malformed UTF-8");
        }
    }

    /** Reads a body as DataKit does; blank lines and those that begin with {@code #} are passed over. */
    public static Result parse(byte[] body) {
        List<Line> lines = new ArrayList<>();
        List<String> errors = new ArrayList<>();
        try {
            new LineParser(body, Dialect.DATAKIT).parse(lines, errors);
        } catch (MalformedLine e) {
            return new Result(List.of(), List.of(e.getMessage()));
        }
        return new Result(lines, errors);
    }

    /** @throws MalformedLine at the first thing that a receiver refuses, changes, or reads differently from another */
    public static List<Line> parseStrictly(byte[] body) {
        return new LineParser(body, Dialect.STRICT).all();
    }

    /** @throws MalformedLine at the first thing that is wrong, a key that is not in the order of its bytes included */
    public static List<Line> parseSorted(byte[] body) {
        return new LineParser(body, Dialect.SORTED).all();
    }

    private List<Line> all() {
        List<Line> lines = new ArrayList<>();
        while (at < body.length()) {
            lines.add(line());
            number++;
        }
        return lines;
    }

    private void parse(List<Line> lines, List<String> errors) {
        for (; at < body.length(); number++) {
            if (peek() == END) {
                at++;
            } else if (peek() == '#') {
                skipToEnd();
            } else {
                try {
                    lines.add(line());
                } catch (MalformedLine e) {
                    // Where the next line begins is a guess after an error, as it is for every receiver.
                    errors.add(e.getMessage());
                    skipToEnd();
                }
            }
        }
    }

    private Line line() {
        start = at;
        if (isStrict() && peek() == '#') {
            throw wrong("a comment");
        }
        String measurement = name("measurement", ",", ", ", MAX_KEY);
        Map<String, String> tags = tags();
        if (body.substring(start, at).getBytes(StandardCharsets.UTF_8).length > MAX_SERIES) {
            throw wrong("measurement and tags take more than " + MAX_SERIES + " bytes");
        }
        take(' ', "fields");
        Map<String, Object> fields = fields(tags.keySet());
        Long timestamp = null;
        if (isStrict() || peek() != END) {
            take(' ', "timestamp");
            timestamp = timestamp();
        }
        String text = body.substring(start, at);
        if (at < body.length() || isStrict()) {
            if (at == body.length()) {
                throw wrong("no end of the line");
            }
            take(END, "end of the line");
        }
        return new Line(
                measurement, Collections.unmodifiableMap(tags), Collections.unmodifiableMap(fields), timestamp, text);
    }

    private Map<String, String> tags() {
        Map<String, String> tags = new LinkedHashMap<>();
        String previous = null;
        while (peek() == ',') {
            at++;
            String key = name("tag key", "=", ",= ", MAX_KEY);
            previous = check(key, previous, tags.containsKey(key));
            take('=', "tag value");
            tags.put(key, name("tag value", ",", ",= ", MAX_TAG_VALUE));
            if (isStrict() && tags.size() > MAX_TAGS) {
                throw wrong("more than " + MAX_TAGS + " tags");
            }
        }
        return tags;
    }

    private Map<String, Object> fields(Set<String> tags) {
        Map<String, Object> fields = new LinkedHashMap<>();
        String previous = null;
        do {
            if (!fields.isEmpty()) {
                at++;
            }
            String key = name("field key", "=", ",= ", MAX_KEY);
            previous = check(key, previous, fields.containsKey(key) || isStrict() && tags.contains(key));
            take('=', "field value");
            fields.put(key, peek() == '"' ? quoted() : literal());
            if (isStrict() && fields.size() > MAX_FIELDS) {
                throw wrong("more than " + MAX_FIELDS + " fields");
            }
        } while (peek() == ',');
        return fields;
    }

    private String check(String key, String previous, boolean seen) {
        if (seen) {
            throw wrong("the key \"" + key + "\" a second time");
        }
        if (dialect == Dialect.SORTED
                && previous != null
                && Arrays.compareUnsigned(
                                previous.getBytes(StandardCharsets.UTF_8), key.getBytes(StandardCharsets.UTF_8))
                        > 0) {
            throw wrong("the key \"" + key + "\" out of order");
        }
        return key;
    }

    /**
     * Reads up to one of {@code ends}, a space or the end of the line; the characters of {@code special} only count when
     * escaped.
     */
    private String name(String what, String ends, String special, int limit) {
        StringBuilder name = new StringBuilder();
        for (char c = peek(); c != END && c != ' ' && ends.indexOf(c) < 0; c = peek()) {
            if (isStrict() ? c < ' ' || c == 0x7F : c == '\r') {
                throw wrong("the control character " + (int) c + " inside a " + what);
            }
            if (special.indexOf(c) >= 0) {
                throw wrong("'" + c + "' without an escape inside a " + what);
            }
            if (c == '\\') {
                char next = at + 1 < body.length() ? body.charAt(at + 1) : END;
                if (special.indexOf(next) >= 0) {
                    if (isStrict() && endsInBackslash(name)) {
                        throw wrong("a backslash before an escaped character inside a " + what);
                    }
                    at++;
                    c = next;
                } else if (isStrict() && next == '=') {
                    throw wrong("a backslash at the end of a " + what);
                }
            }
            name.append(c);
            at++;
        }
        if (name.isEmpty()) {
            throw wrong("an empty " + what);
        }
        if (endsInBackslash(name) && (isStrict() || what.equals("tag value"))) {
            throw wrong("a backslash at the end of a " + what);
        }
        if (isStrict() && name.toString().getBytes(StandardCharsets.UTF_8).length > limit) {
            throw wrong("a " + what + " of more than " + limit + " bytes");
        }
        return name.toString();
    }

    private static boolean endsInBackslash(StringBuilder name) {
        return !name.isEmpty() && name.charAt(name.length() - 1) == '\\';
    }

    private String quoted() {
        at++;
        StringBuilder string = new StringBuilder();
        while (at < body.length()) {
            char c = body.charAt(at++);
            if (c == '"') {
                if (isStrict() && string.toString().getBytes(StandardCharsets.UTF_8).length > MAX_STRING) {
                    throw wrong("a string of more than " + MAX_STRING + " bytes");
                }
                return string.toString();
            }
            if (c == '\\' && at < body.length() && (body.charAt(at) == '"' || body.charAt(at) == '\\')) {
                c = body.charAt(at++);
            } else if (c == '\\' && isStrict()) {
                throw wrong("a backslash inside quotes that escapes nothing");
            }
            string.append(c);
        }
        throw wrong("a string without an end");
    }

    private Object literal() {
        String text = word(true);
        if (TRUE.contains(text)) {
            return true;
        }
        if (FALSE.contains(text)) {
            return false;
        }
        if (text.endsWith("i")) {
            return integer(text.substring(0, text.length() - 1));
        }
        if (text.endsWith("u") && !isStrict()) {
            return unsigned(text.substring(0, text.length() - 1));
        }
        if (!(isStrict() ? STRICT_FLOAT : FLOAT).matcher(text).matches()
                || Double.isInfinite(Double.parseDouble(text))) {
            throw wrong("\"" + text + "\" is no field value");
        }
        return Double.parseDouble(text);
    }

    private Long timestamp() {
        return integer(word(false));
    }

    /** Up to the end of the line, and of a field value. */
    private String word(boolean isField) {
        int from = at;
        while (peek() != END && !(isField && (peek() == ',' || peek() == ' '))) {
            at++;
        }
        return body.substring(from, at);
    }

    private Long integer(String digits) {
        try {
            if ((isStrict() ? STRICT_INTEGER : INTEGER).matcher(digits).matches()) {
                return Long.valueOf(digits);
            }
        } catch (NumberFormatException overflow) {
            // Said below.
        }
        throw wrong("\"" + digits + "\" is no signed 64-bit integer");
    }

    private BigInteger unsigned(String digits) {
        if (INTEGER.matcher(digits).matches()) {
            BigInteger value = new BigInteger(digits);
            if (value.signum() >= 0 && value.compareTo(MAX_UNSIGNED) <= 0) {
                return value;
            }
        }
        throw wrong("\"" + digits + "\" is no unsigned 64-bit integer");
    }

    private boolean isStrict() {
        return dialect != Dialect.DATAKIT;
    }

    /** The next character; the end of the body counts as the end of a line. */
    private char peek() {
        return at < body.length() ? body.charAt(at) : END;
    }

    private void take(char expected, String what) {
        if (peek() != expected) {
            throw wrong("no " + what);
        }
        at++;
    }

    private void skipToEnd() {
        int end = body.indexOf(END, at);
        at = end < 0 ? body.length() : end + 1;
    }

    private MalformedLine wrong(String what) {
        return new MalformedLine(number, at - start, what);
    }
}
