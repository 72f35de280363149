package io.funcobserver.demo;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads a body of line protocol and refuses what DataKit 1.8x refuses, and some more that no writer should send.
 *
 * <p>Written from InfluxDB's description of the format and from what DataKit was seen to do; it shares nothing with the
 * encoder that it checks.
 */
public final class LineParser {
    /**
     * A body's lines.
     *
     * @param errors why the other lines are bad; empty when all are good
     */
    public record Result(List<Line> lines, List<String> errors) {}

    private static final int MAX_KEY_BYTES = 65_535;
    private static final Pattern INTEGER = Pattern.compile("-?[0-9]+");
    private static final Pattern FLOAT = Pattern.compile("[-+]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]+)?");
    private static final BigInteger MAX_UNSIGNED = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);
    private static final Set<String> TRUE = Set.of("t", "T", "true", "True", "TRUE");
    private static final Set<String> FALSE = Set.of("f", "F", "false", "False", "FALSE");
    private static final char END = '\n';

    private final String body;
    private int at;

    private LineParser(String body) {
        this.body = body;
    }

    /** Reads a body; blank lines and those that begin with {@code #} are passed over. */
    public static Result parse(byte[] body) {
        try {
            return new LineParser(StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(body))
                            .toString())
                    .parse();
        } catch (CharacterCodingException e) {
            return new Result(List.of(), List.of("the body is not UTF-8"));
        }
    }

    private Result parse() {
        List<Line> lines = new ArrayList<>();
        List<String> errors = new ArrayList<>();
        while (at < body.length()) {
            int start = at;
            if (peek() == END) {
                at++;
            } else if (peek() == '#') {
                skipToEnd();
            } else {
                try {
                    lines.add(line());
                } catch (BadLineException e) {
                    // Where the next line begins is a guess after an error, as it is for every receiver.
                    errors.add(e.getMessage() + " at character " + (at - start) + " of line "
                            + (lines.size() + errors.size() + 1));
                    skipToEnd();
                }
            }
        }
        return new Result(lines, errors);
    }

    private Line line() {
        int start = at;
        String measurement = token(",", false);
        if (measurement.isEmpty()) {
            throw new BadLineException("no measurement");
        }
        Map<String, String> tags = new LinkedHashMap<>();
        while (peek() == ',') {
            at++;
            tag(tags);
        }
        if (body.substring(start, at).getBytes(StandardCharsets.UTF_8).length > MAX_KEY_BYTES) {
            throw new BadLineException("measurement and tags above " + MAX_KEY_BYTES + " bytes");
        }
        take(' ');
        Map<String, Object> fields = new LinkedHashMap<>();
        field(fields);
        while (peek() == ',') {
            at++;
            field(fields);
        }
        Long timestamp = null;
        if (peek() == ' ') {
            at++;
            timestamp = timestamp();
        }
        String text = body.substring(start, at);
        take(END);
        return new Line(
                measurement, Collections.unmodifiableMap(tags), Collections.unmodifiableMap(fields), timestamp, text);
    }

    private void tag(Map<String, String> tags) {
        String key = token(",=", true);
        take('=');
        String value = token(",=", true);
        if (key.isEmpty()) {
            throw new BadLineException("a tag without a key");
        }
        if (value.isEmpty()) {
            throw new BadLineException("tag " + key + " is empty");
        }
        if (value.endsWith("\\")) {
            throw new BadLineException("tag " + key + " ends in a backslash");
        }
        if (tags.put(key, value) != null) {
            throw new BadLineException("tag " + key + " stands twice");
        }
    }

    private void field(Map<String, Object> fields) {
        String key = token(",=", true);
        take('=');
        if (key.isEmpty()) {
            throw new BadLineException("a field without a key");
        }
        if (fields.put(key, peek() == '"' ? string() : literal(key)) != null) {
            throw new BadLineException("field " + key + " stands twice");
        }
    }

    /** Up to the next unescaped one of {@code ends}, space or end of line. */
    private String token(String ends, boolean equalsSign) {
        StringBuilder token = new StringBuilder();
        while (true) {
            char c = peek();
            if (c == '\\' && at + 1 < body.length() && isEscapable(body.charAt(at + 1), equalsSign)) {
                token.append(body.charAt(at + 1));
                at += 2;
                continue;
            }
            if (c == END || c == ' ' || ends.indexOf(c) >= 0) {
                return token.toString();
            }
            if (c == '\r') {
                throw new BadLineException("a carriage return outside of a string");
            }
            token.append(c);
            at++;
        }
    }

    private static boolean isEscapable(char c, boolean equalsSign) {
        return c == ',' || c == ' ' || (equalsSign && c == '=');
    }

    private String string() {
        at++;
        StringBuilder string = new StringBuilder();
        while (at < body.length()) {
            char c = body.charAt(at++);
            if (c == '"') {
                return string.toString();
            }
            if (c == '\\' && at < body.length() && (body.charAt(at) == '"' || body.charAt(at) == '\\')) {
                c = body.charAt(at++);
            }
            string.append(c);
        }
        throw new BadLineException("a string without an end");
    }

    private Object literal(String key) {
        int start = at;
        while (peek() != END && peek() != ',' && peek() != ' ') {
            at++;
        }
        String literal = body.substring(start, at);
        if (TRUE.contains(literal)) {
            return true;
        }
        if (FALSE.contains(literal)) {
            return false;
        }
        if (literal.endsWith("i") && isInteger(literal)) {
            return signed(key, literal.substring(0, literal.length() - 1));
        }
        if (literal.endsWith("u") && isInteger(literal)) {
            return unsigned(key, literal.substring(0, literal.length() - 1));
        }
        if (FLOAT.matcher(literal).matches() && Double.isFinite(Double.parseDouble(literal))) {
            return Double.parseDouble(literal);
        }
        throw new BadLineException("field " + key + " has no valid value");
    }

    private static boolean isInteger(String literal) {
        return INTEGER.matcher(literal.substring(0, literal.length() - 1)).matches();
    }

    private static Long signed(String key, String digits) {
        try {
            return Long.valueOf(digits);
        } catch (NumberFormatException e) {
            throw new BadLineException("field " + key + " is beyond a signed 64-bit integer");
        }
    }

    private static BigInteger unsigned(String key, String digits) {
        BigInteger value = new BigInteger(digits);
        if (value.signum() < 0 || value.compareTo(MAX_UNSIGNED) > 0) {
            throw new BadLineException("field " + key + " is beyond an unsigned 64-bit integer");
        }
        return value;
    }

    private Long timestamp() {
        int start = at;
        while (peek() != END) {
            at++;
        }
        String digits = body.substring(start, at);
        try {
            if (INTEGER.matcher(digits).matches()) {
                return Long.valueOf(digits);
            }
        } catch (NumberFormatException e) {
            throw new BadLineException("the timestamp is beyond a signed 64-bit integer");
        }
        throw new BadLineException("the timestamp is not a number");
    }

    /** The next character; the end of the body counts as the end of a line. */
    private char peek() {
        return at < body.length() ? body.charAt(at) : END;
    }

    private void take(char expected) {
        if (peek() != expected) {
            throw new BadLineException("expected " + (expected == END ? "the end of the line" : "'" + expected + "'"));
        }
        at++;
    }

    private void skipToEnd() {
        int end = body.indexOf(END, at);
        at = end < 0 ? body.length() : end + 1;
    }

    private static final class BadLineException extends RuntimeException {
        private BadLineException(String message) {
            super(message);
        }
    }
}
