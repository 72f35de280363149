package io.funcobserver.lineprotocol;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads line protocol as its specification has it (InfluxDB's line protocol reference, DataKit's limits), and refuses
 * whatever one of the receivers refuses, changes, or reads differently from another.
 *
 * <p>Written without a look at the encoder: it decides whether what the encoder writes is right.
 */
public final class StrictLineParser {
    /**
     * @param tags and {@code fields} in the order in which they stand
     * @param fields String, Long, Double or Boolean
     * @param timestamp in nanoseconds
     */
    public record Point(String measurement, Map<String, String> tags, Map<String, Object> fields, long timestamp) {}

    /** Names the line (from 1) and the offset in it (from 0, in bytes) of what is wrong. */
    public static final class MalformedLine extends IllegalArgumentException {
        MalformedLine(int line, int offset, String what) {
            super("line " + line + ", offset " + offset + ": " + what);
        }
    }

    private static final int MAX_TAGS = 256;
    private static final int MAX_FIELDS = 1024;
    private static final int MAX_KEY = 256;
    private static final int MAX_TAG_VALUE = 1024;
    private static final int MAX_STRING = 32 * 1024 * 1024;
    private static final int MAX_SERIES = 65_535;
    private static final Pattern INTEGER = Pattern.compile("-?(0|[1-9][0-9]*)");
    private static final Pattern FLOAT = Pattern.compile("-?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?");
    private static final Set<String> TRUE = Set.of("t", "T", "true", "True", "TRUE");
    private static final Set<String> FALSE = Set.of("f", "F", "false", "False", "FALSE");

    private final byte[] in;
    private final boolean keysMustBeSorted;
    private int at;
    private int line = 1;
    private int lineStart;

    private StrictLineParser(byte[] in, boolean keysMustBeSorted) {
        this.in = in;
        this.keysMustBeSorted = keysMustBeSorted;
    }

    /** @throws MalformedLine at the first thing that is wrong, an unsorted key included */
    public static List<Point> parse(byte[] lines) {
        return new StrictLineParser(lines, true).points();
    }

    /** @throws MalformedLine at the first thing that is wrong; keys may stand in any order */
    public static List<Point> parseUnsorted(byte[] lines) {
        return new StrictLineParser(lines, false).points();
    }

    private List<Point> points() {
        List<Point> points = new ArrayList<>();
        while (at < in.length) {
            lineStart = at;
            points.add(point());
            line++;
        }
        return points;
    }

    private Point point() {
        if (peek() == '#') {
            throw wrong("a comment");
        }
        String measurement = name(", ", ", ", "measurement", MAX_KEY);
        Map<String, String> tags = tags();
        if (at - lineStart > MAX_SERIES) {
            throw wrong("measurement and tags take " + (at - lineStart) + " bytes");
        }
        expect(' ', "fields");
        Map<String, Object> fields = fields(tags.keySet());
        expect(' ', "timestamp");
        long timestamp = timestamp();
        expect('\n', "end of the line");
        return new Point(measurement, tags, fields, timestamp);
    }

    private Map<String, String> tags() {
        Map<String, String> tags = new LinkedHashMap<>();
        byte[] previous = null;
        while (peek() == ',') {
            at++;
            String key = name("=", ",= ", "tag key", MAX_KEY);
            previous = checkKey(key, previous, tags.containsKey(key));
            expect('=', "tag value");
            tags.put(key, name(", ", ",= ", "tag value", MAX_TAG_VALUE));
            if (tags.size() > MAX_TAGS) {
                throw wrong("more than " + MAX_TAGS + " tags");
            }
        }
        return tags;
    }

    private Map<String, Object> fields(Set<String> tags) {
        Map<String, Object> fields = new LinkedHashMap<>();
        byte[] previous = null;
        do {
            if (!fields.isEmpty()) {
                at++;
            }
            String key = name("=", ",= ", "field key", MAX_KEY);
            previous = checkKey(key, previous, fields.containsKey(key) || tags.contains(key));
            expect('=', "field value");
            fields.put(key, peek() == '"' ? quoted() : literal());
            if (fields.size() > MAX_FIELDS) {
                throw wrong("more than " + MAX_FIELDS + " fields");
            }
        } while (peek() == ',');
        return fields;
    }

    private byte[] checkKey(String key, byte[] previous, boolean seen) {
        if (seen) {
            throw wrong("the key \"" + key + "\" a second time");
        }
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        if (keysMustBeSorted && previous != null && Arrays.compareUnsigned(previous, bytes) > 0) {
            throw wrong("the key \"" + key + "\" out of order");
        }
        return bytes;
    }

    /** Reads up to one of {@code ends}; the characters of {@code special} only count when escaped. */
    private String name(String ends, String special, String what, int limit) {
        int start = at;
        byte[] unescaped = new byte[MAX_TAG_VALUE * 4];
        int length = 0;
        while (true) {
            int c = peek();
            if (c < 0) {
                throw wrong("the end of the input inside a " + what);
            }
            if (c < ' ' || c == 0x7F) {
                throw wrong("the control character " + c + " inside a " + what);
            }
            if (ends.indexOf(c) >= 0) {
                break;
            }
            if (special.indexOf(c) >= 0) {
                throw wrong("'" + (char) c + "' without an escape inside a " + what);
            }
            if (c == '\\') {
                int next = at + 1 < in.length ? in[at + 1] : '\n';
                if (special.indexOf(next) >= 0) {
                    at++;
                    c = next;
                    if (length > 0 && unescaped[length - 1] == '\\') {
                        throw wrong("a backslash before an escaped character inside a " + what);
                    }
                } else if (next == '\n' || next == '=') {
                    throw wrong("a backslash at the end of a " + what);
                }
            }
            if (length >= limit) {
                throw wrong("a " + what + " of more than " + limit + " bytes");
            }
            unescaped[length++] = (byte) c;
            at++;
        }
        if (length == 0) {
            throw wrong("an empty " + what);
        }
        if (unescaped[length - 1] == '\\') {
            throw wrong("a backslash at the end of a " + what);
        }
        return utf8(unescaped, 0, length, start);
    }

    private String quoted() {
        int start = ++at;
        byte[] unescaped = new byte[64];
        int length = 0;
        while (peek() != '"') {
            int c = peek();
            if (c < 0) {
                throw wrong("the end of the input inside quotes");
            }
            if (c == '\\') {
                at++;
                c = peek();
                if (c != '"' && c != '\\') {
                    throw wrong("a backslash inside quotes that escapes nothing");
                }
            }
            if (length == unescaped.length) {
                unescaped = Arrays.copyOf(unescaped, length * 2);
            }
            unescaped[length++] = (byte) c;
            at++;
        }
        at++;
        if (length > MAX_STRING) {
            throw wrong("a string of " + length + " bytes");
        }
        return utf8(unescaped, 0, length, start);
    }

    private Object literal() {
        int start = at;
        while (peek() >= 0 && peek() != ',' && peek() != ' ' && peek() != '\n') {
            at++;
        }
        String text = utf8(in, start, at - start, start);
        if (TRUE.contains(text)) {
            return true;
        }
        if (FALSE.contains(text)) {
            return false;
        }
        if (text.endsWith("i")) {
            return integer(text.substring(0, text.length() - 1), start);
        }
        if (!FLOAT.matcher(text).matches() || Double.isInfinite(Double.parseDouble(text))) {
            at = start;
            throw wrong("\"" + text + "\" is no field value");
        }
        return Double.parseDouble(text);
    }

    private long timestamp() {
        int start = at;
        while (peek() >= 0 && peek() != '\n') {
            at++;
        }
        return integer(utf8(in, start, at - start, start), start);
    }

    private long integer(String digits, int start) {
        try {
            if (INTEGER.matcher(digits).matches()) {
                return Long.parseLong(digits);
            }
        } catch (NumberFormatException overflow) {
            // Said below.
        }
        at = start;
        throw wrong("\"" + digits + "\" is no 64-bit integer");
    }

    private String utf8(byte[] bytes, int from, int length, int start) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, from, length))
                    .toString();
        } catch (CharacterCodingException malformed) {
            at = start;
            throw wrong("malformed UTF-8");
        }
    }

    private int peek() {
        return at < in.length ? in[at] & 0xFF : -1;
    }

    private void expect(char wanted, String what) {
        if (peek() != wanted) {
            throw wrong("no " + what);
        }
        at++;
    }

    private MalformedLine wrong(String what) {
        return new MalformedLine(line, at - lineStart, what);
    }
}
