package io.funcobserver.lineprotocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Finds the parts of a line of line protocol, as places in the bytes that it stands in, and says what is wrong with it.
 *
 * <p>A line is what InfluxDB and DataKit read as one, and refused is what they refuse: an empty key or tag value, a tag key
 * that comes twice, NaN and infinities, a number beyond its range, a string without an end. DataKit's limits hold as well
 * (256 tags, 1024 fields, 65 535 bytes of measurement and tags). A line feed inside a quoted string is data; elsewhere it
 * ends the line, and a CR before it is passed over.
 *
 * <p>Nothing is allocated for a usual point. A reader is for one thread, and what it tells holds until the next line.
 */
public final class PointReader {
    /** What stands at the place that was read. */
    public enum Found {
        /** A point. */
        POINT,
        /** White space or a comment. */
        BLANK,
        /** Something else; {@link #reason()} says why. */
        MALFORMED,
        /** The beginning of a line whose end is not there yet. */
        UNFINISHED
    }

    private static final int LONGEST_PLAIN_NUMBER = 300;

    private static final String LAST_LONG = "9223372036854775807";
    private static final String FIRST_LONG = "9223372036854775808";
    private static final String LAST_UNSIGNED = "18446744073709551615";

    private static final Set<String> TRUTHS =
            Set.of("t", "T", "true", "True", "TRUE", "f", "F", "false", "False", "FALSE");
    private static final Pattern DECIMAL = Pattern.compile("[+-]?+(\\d++\\.?+\\d*+|\\.\\d++)([eE][+-]?+\\d++)?+");

    /** The tags or the fields: where keys and values stand. */
    private final class Parts {
        private final String noValue;
        private final String noKey;
        private final String tooMany;
        private final String tooEarly;
        private final int[] starts;
        private final int[] equals;
        private final int[] ends;
        private int count;

        /** @param tooEarly what is wrong with a line that ends here */
        Parts(String kind, int most, String tooEarly) {
            this.noValue = "a " + kind + " without a value";
            this.noKey = "an empty " + kind + " key";
            this.tooMany = "more than " + most + ' ' + kind + 's';
            this.tooEarly = tooEarly;
            starts = new int[most];
            equals = new int[most];
            ends = new int[most];
        }

        /** Reads a key and its equals sign. */
        boolean readKey() {
            int keyStart = at;
            scan('=', ',', ' ');
            if (endsHere() || bytes[at] != '=' || at == keyStart || count == starts.length) {
                return malformed(
                        count == starts.length ? tooMany : endsHere() ? tooEarly : bytes[at] != '=' ? noValue : noKey);
            }
            starts[count] = keyStart;
            equals[count] = at++;
            return !endsHere() || malformed(tooEarly);
        }

        /** The value of the last key ends here. */
        void endValue() {
            ends[count++] = at;
        }

        /** The number of the one with this key, or -1. */
        int find(byte[] source, int from, int to) {
            for (int i = 0; i < count; i++) {
                if (Arrays.equals(bytes, starts[i], equals[i], source, from, to)) {
                    return i;
                }
            }
            return -1;
        }
    }

    private final Parts tags = new Parts("tag", LineEncoder.MAX_TAGS, "no fields");
    private final Parts fields = new Parts("field", LineEncoder.MAX_FIELDS, "a field without a value");
    private byte[] bytes;
    private int at;
    private int limit;
    private String reason;

    private int start;
    private int measurementEnd;
    private int seriesEnd;
    private int fieldsStart;
    private int fieldsEnd;
    private boolean timed;
    private long timestamp;

    /**
     * Reads the line that begins at {@code from}.
     *
     * @param to where the bytes end
     * @param complete whether nothing follows them, so that the end of the bytes ends the line
     */
    public Found read(byte[] source, int from, int to, boolean complete) {
        bytes = source;
        at = from;
        limit = to;
        tags.count = 0;
        fields.count = 0;
        timed = false;
        skipBlanks();
        start = at;
        boolean blank = endsHere() || bytes[at] == '#';
        boolean understood = blank ? skipLine() : readMeasurement() && readTags() && readFields() && readTimestamp();
        if (at == limit && !complete) {
            // Whatever was found: what follows may change it.
            return Found.UNFINISHED;
        }
        if (!understood) {
            return Found.MALFORMED;
        }
        if (at < limit) {
            at++;
        }
        return blank ? Found.BLANK : Found.POINT;
    }

    /** Of a point or a blank: the place behind its line feed. Of a malformed line: how far it was looked at. */
    public int end() {
        return at;
    }

    /** Why the line is malformed, in a few words. */
    public String reason() {
        return reason;
    }

    public boolean hasTimestamp() {
        return timed;
    }

    /** As it stands in the line, in whatever unit that is. */
    public long timestamp() {
        return timestamp;
    }

    /** @param escaped as it stands in a line */
    public boolean hasMeasurement(byte[] escaped) {
        return Arrays.equals(bytes, start, measurementEnd, escaped, 0, escaped.length);
    }

    /**
     * The value of a tag, as it stands in the line; null where there is none of this key.
     *
     * @param escaped as it stands in a line
     */
    public String tag(byte[] escaped) {
        int tag = tags.find(escaped, 0, escaped.length);
        return tag < 0
                ? null
                : new String(
                        bytes, tags.equals[tag] + 1, tags.ends[tag] - tags.equals[tag] - 1, StandardCharsets.UTF_8);
    }

    /**
     * Whether a tag or a field has this key.
     *
     * @param escaped as it stands in a line
     */
    public boolean has(byte[] escaped) {
        return tags.find(escaped, 0, escaped.length) >= 0 || fields.find(escaped, 0, escaped.length) >= 0;
    }

    /**
     * The value of an integer field.
     *
     * @param escaped as it stands in a line
     * @return {@link Long#MIN_VALUE} where there is none of this key
     */
    public long integer(byte[] escaped) {
        int field = fields.find(escaped, 0, escaped.length);
        boolean isInteger = field >= 0 && bytes[fields.ends[field] - 1] == 'i';
        return isInteger ? number(fields.equals[field] + 1, fields.ends[field] - 1) : Long.MIN_VALUE;
    }

    /** Appends measurement and tags, as they stand. */
    void appendSeries(ByteBuilder out) {
        out.append(bytes, start, seriesEnd - start);
    }

    /** Appends the fields, as they stand. */
    void appendFields(ByteBuilder out) {
        out.append(bytes, fieldsStart, fieldsEnd - fieldsStart);
    }

    private boolean readMeasurement() {
        scan(',', ' ', ' ');
        measurementEnd = at;
        return holds(at > start, "no measurement") && goesOn("no fields");
    }

    private boolean readTags() {
        while (bytes[at] == ',') {
            at++;
            if (!readTag()) {
                return false;
            }
        }
        seriesEnd = at;
        skipBlanks();
        fieldsStart = at;
        return holds(
                        seriesEnd - start <= LineEncoder.MAX_SERIES_BYTES,
                        "measurement and tags of more than " + LineEncoder.MAX_SERIES_BYTES + " bytes")
                && goesOn("no fields");
    }

    private boolean readTag() {
        if (!tags.readKey()) {
            return false;
        }
        int valueStart = at;
        scan('=', ',', ' ');
        boolean understood = goesOn("no fields")
                && holds(bytes[at] != '=', "an equals sign in a tag value")
                && holds(at > valueStart, "an empty tag value")
                && holds(tags.find(bytes, tags.starts[tags.count], valueStart - 1) < 0, "a tag key that comes twice");
        tags.endValue();
        return understood;
    }

    private boolean readFields() {
        do {
            if (!fields.readKey() || !(bytes[at] == '"' ? readString() : readLiteral())) {
                return false;
            }
            fields.endValue();
            fieldsEnd = at;
        } while (at < limit && bytes[at++] == ',');
        at = fieldsEnd;
        return true;
    }

    private boolean readString() {
        at++;
        while (at < limit && bytes[at] != '"') {
            at += bytes[at] == '\\' ? 2 : 1;
        }
        if (at >= limit) {
            at = limit;
            return malformed("a text without its closing quote");
        }
        at++;
        return holds(endsValue(), "something behind the closing quote of a text");
    }

    private boolean readLiteral() {
        int from = at;
        while (!endsValue()) {
            at++;
        }
        return holds(at > from && isLiteral(from, at), "a field value that is no number, text or truth value");
    }

    private boolean isLiteral(int from, int to) {
        int begin = bytes[from] == '-' || bytes[from] == '+' ? from + 1 : from;
        return switch (bytes[to - 1]) {
            case 'i' -> isInteger(begin, to - 1, bytes[from] == '-' ? FIRST_LONG : LAST_LONG);
            case 'u' -> begin == from && isInteger(from, to - 1, LAST_UNSIGNED);
            default -> isPlainNumber(begin, to) || isTruthOrNumber(from, to);
        };
    }

    private boolean isInteger(int from, int to, String most) {
        int begin = from;
        while (begin < to - 1 && bytes[begin] == '0') {
            begin++;
        }
        int digits = to - begin;
        if (digits == 0 || digits > most.length() || skipDigits(begin, to) != to) {
            return false;
        }
        for (int i = 0; digits == most.length() && i < digits; i++) {
            int difference = bytes[begin + i] - most.charAt(i);
            if (difference != 0) {
                return difference < 0;
            }
        }
        return true;
    }

    /** Digits with at most one point, not so many that a double could not hold them. */
    private boolean isPlainNumber(int from, int to) {
        int point = skipDigits(from, to);
        int end = point < to && bytes[point] == '.' ? skipDigits(point + 1, to) : point;
        boolean hasDigit = to - from > 1 || point == to && to > from;
        return end == to && hasDigit && to - from <= LONGEST_PLAIN_NUMBER;
    }

    /** What is rarer, and may be a number that no double can hold. */
    private boolean isTruthOrNumber(int from, int to) {
        if (to - from > LineEncoder.MAX_SERIES_BYTES) {
            return false;
        }
        String text = new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
        return TRUTHS.contains(text) || DECIMAL.matcher(text).matches() && Double.isFinite(Double.parseDouble(text));
    }

    private int skipDigits(int from, int to) {
        int i = from;
        while (i < to && bytes[i] >= '0' && bytes[i] <= '9') {
            i++;
        }
        return i;
    }

    private boolean readTimestamp() {
        skipBlanks();
        if (endsHere()) {
            return true;
        }
        int from = at;
        while (at < limit && !isBlank(bytes[at])) {
            at++;
        }
        boolean negative = bytes[from] == '-';
        if (!holds(
                isInteger(negative ? from + 1 : from, at, negative ? FIRST_LONG : LAST_LONG),
                "a timestamp that is no 64-bit integer")) {
            return false;
        }
        timestamp = number(from, at);
        timed = true;
        skipBlanks();
        return holds(endsHere(), "something behind the timestamp");
    }

    /** @param from of digits, and a sign before them; of a number that was found to be one of 64 bits */
    private long number(int from, int to) {
        long value = 0;
        for (int i = bytes[from] < '0' ? from + 1 : from; i < to; i++) {
            // Negative numbers reach further.
            value = value * 10 - (bytes[i] - '0');
        }
        return bytes[from] == '-' ? value : -value;
    }

    private void skipBlanks() {
        while (at < limit && bytes[at] != '\n' && isBlank(bytes[at])) {
            at++;
        }
    }

    private boolean skipLine() {
        while (!endsHere()) {
            at++;
        }
        return true;
    }

    /** Goes to the first of these that is not escaped, or to the end of the line. */
    private void scan(char one, char two, char three) {
        while (at < limit && bytes[at] != '\n') {
            byte b = bytes[at];
            if (b == one || b == two || b == three) {
                return;
            }
            boolean escape = b == '\\' && at + 1 < limit && bytes[at + 1] != '\n';
            at += escape ? 2 : 1;
        }
    }

    private boolean endsHere() {
        return at == limit || bytes[at] == '\n';
    }

    private boolean endsValue() {
        return at == limit || bytes[at] == ',' || isBlank(bytes[at]);
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }

    private boolean goesOn(String otherwise) {
        return !endsHere() || malformed(otherwise);
    }

    private boolean holds(boolean rule, String otherwise) {
        return rule || malformed(otherwise);
    }

    private boolean malformed(String what) {
        reason = what;
        return false;
    }
}
