package io.funcobserver.lineprotocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;

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

    private static final int MAX_TAGS = 256;
    private static final int MAX_FIELDS = 1024;
    private static final int MAX_SERIES_BYTES = 65_535;
    private static final int LONGEST_PLAIN_NUMBER = 300;

    private static final String LAST_LONG = "9223372036854775807";
    private static final String FIRST_LONG = "9223372036854775808";
    private static final String LAST_UNSIGNED = "18446744073709551615";

    private static final byte[][] TRUTHS = Stream.of("t T true True TRUE f F false False FALSE".split(" "))
            .map(String::getBytes)
            .toArray(byte[][]::new);

    /** Where keys and values stand. */
    private final class Parts {
        private final int[] starts;
        private final int[] equals;
        private final int[] ends;
        private int count;

        Parts(int most) {
            starts = new int[most];
            equals = new int[most];
            ends = new int[most];
        }

        /** The one with this key ends here. */
        void add(int keyStart, int keyEnd) {
            starts[count] = keyStart;
            equals[count] = keyEnd;
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

    private final Parts tags = new Parts(MAX_TAGS);
    private final Parts fields = new Parts(MAX_FIELDS);
    private byte[] bytes;
    private int at;
    private int limit;
    private boolean last;
    /** Null as long as nothing is wrong. */
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
        last = complete;
        reason = null;
        tags.count = 0;
        fields.count = 0;
        timed = false;
        skipBlanks();
        start = at;
        if (endsHere() || bytes[at] == '#') {
            skipToLineFeed();
            return endLine() ? Found.BLANK : Found.UNFINISHED;
        }
        if (readMeasurement() && readTags() && readFields() && readTimestamp() && endLine()) {
            return Found.POINT;
        }
        return reason == null ? Found.UNFINISHED : Found.MALFORMED;
    }

    /** Of a point or a blank: the place behind its line feed. Of a malformed line: how far it was looked at. */
    public int end() {
        return at;
    }

    /** Why the line is malformed, in a few words. */
    public String reason() {
        return reason;
    }

    public int start() {
        return start;
    }

    /** Where measurement and tags end. */
    public int seriesEnd() {
        return seriesEnd;
    }

    public int fieldsStart() {
        return fieldsStart;
    }

    public int fieldsEnd() {
        return fieldsEnd;
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
     * The number of the tag with this key, or -1.
     *
     * @param escaped as it stands in a line
     */
    public int tag(byte[] escaped) {
        return tags.find(escaped, 0, escaped.length);
    }

    public int tagValueStart(int tag) {
        return tags.equals[tag] + 1;
    }

    public int tagValueEnd(int tag) {
        return tags.ends[tag];
    }

    /** @param escaped as it stands in a line */
    public boolean hasField(byte[] escaped) {
        return fields.find(escaped, 0, escaped.length) >= 0;
    }

    private boolean readMeasurement() {
        scan(',', ' ', ' ');
        measurementEnd = at;
        if (at == start) {
            return malformed("no measurement");
        }
        return !endsTooEarly("no fields");
    }

    private boolean readTags() {
        while (bytes[at] == ',') {
            at++;
            if (!readTag()) {
                return false;
            }
        }
        seriesEnd = at;
        if (seriesEnd - start > MAX_SERIES_BYTES) {
            return malformed("measurement and tags of more than " + MAX_SERIES_BYTES + " bytes");
        }
        skipBlanks();
        fieldsStart = at;
        return !endsTooEarly("no fields");
    }

    private boolean readTag() {
        if (tags.count == MAX_TAGS) {
            return malformed("more than " + MAX_TAGS + " tags");
        }
        int keyStart = at;
        if (!readKey("tag", "no fields")) {
            return false;
        }
        int keyEnd = at++;
        scan('=', ',', ' ');
        if (endsTooEarly("no fields")) {
            return false;
        }
        if (bytes[at] == '=') {
            return malformed("an equals sign in a tag value");
        }
        if (at == keyEnd + 1) {
            return malformed("an empty tag value");
        }
        if (tags.find(bytes, keyStart, keyEnd) >= 0) {
            return malformed("a tag key that comes twice");
        }
        tags.add(keyStart, keyEnd);
        return true;
    }

    private boolean readFields() {
        while (true) {
            if (fields.count == MAX_FIELDS) {
                return malformed("more than " + MAX_FIELDS + " fields");
            }
            int keyStart = at;
            if (!readKey("field", "a field without a value")) {
                return false;
            }
            int keyEnd = at++;
            if (endsTooEarly("a field without a value") || !readValue()) {
                return false;
            }
            fields.add(keyStart, keyEnd);
            if (at == limit || bytes[at] != ',') {
                fieldsEnd = at;
                return true;
            }
            at++;
        }
    }

    /** Goes to the equals sign behind a key. */
    private boolean readKey(String what, String otherwise) {
        int keyStart = at;
        scan('=', ',', ' ');
        if (endsTooEarly(otherwise)) {
            return false;
        }
        if (bytes[at] != '=') {
            return malformed("a " + what + " without a value");
        }
        return at > keyStart || malformed("an empty " + what + " key");
    }

    private boolean readValue() {
        if (bytes[at] == '"') {
            return readString();
        }
        int from = at;
        while (at < limit && !isEnd(bytes[at]) && bytes[at] != ',') {
            at++;
        }
        if (at == limit && !last) {
            return false;
        }
        return isLiteral(from, at) || malformed("a field value that is no number, text or truth value");
    }

    private boolean readString() {
        at++;
        while (at < limit && bytes[at] != '"') {
            at += bytes[at] == '\\' ? 2 : 1;
        }
        if (at >= limit) {
            at = limit;
            if (last) {
                malformed("a text without its closing quote");
            }
            return false;
        }
        at++;
        if (at == limit) {
            return last;
        }
        return bytes[at] == ',' || isEnd(bytes[at]) || malformed("something behind the closing quote of a text");
    }

    private static boolean isEnd(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }

    private boolean isLiteral(int from, int to) {
        if (from == to) {
            return false;
        }
        int begin = bytes[from] == '-' || bytes[from] == '+' ? from + 1 : from;
        return switch (bytes[to - 1]) {
            case 'i' -> isInteger(begin, to - 1, bytes[from] == '-' ? FIRST_LONG : LAST_LONG);
            case 'u' -> begin == from && isInteger(from, to - 1, LAST_UNSIGNED);
            default -> isDecimal(begin, to) || isTruth(from, to);
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

    private boolean isTruth(int from, int to) {
        for (byte[] truth : TRUTHS) {
            if (Arrays.equals(bytes, from, to, truth, 0, truth.length)) {
                return true;
            }
        }
        return false;
    }

    private boolean isDecimal(int from, int to) {
        int whole = skipDigits(from, to);
        int next = whole;
        int digits = whole - from;
        if (next < to && bytes[next] == '.') {
            next = skipDigits(whole + 1, to);
            digits += next - whole - 1;
        }
        boolean plain = next == to;
        if (!plain && (bytes[next] == 'e' || bytes[next] == 'E')) {
            int exponent = next + 1;
            if (exponent < to && (bytes[exponent] == '+' || bytes[exponent] == '-')) {
                exponent++;
            }
            next = skipDigits(exponent, to);
            if (next == exponent) {
                return false;
            }
        }
        if (digits == 0 || next != to) {
            return false;
        }
        return plain && to - from <= LONGEST_PLAIN_NUMBER || isFinite(from, to);
    }

    /** Whether a number with an exponent, or of very many digits, is one that a double can hold. */
    private boolean isFinite(int from, int to) {
        return to - from <= MAX_SERIES_BYTES
                && !Double.isInfinite(
                        Double.parseDouble(new String(bytes, from, to - from, StandardCharsets.ISO_8859_1)));
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
        while (at < limit && !isEnd(bytes[at])) {
            at++;
        }
        if (at == limit && !last) {
            return false;
        }
        int begin = bytes[from] == '-' ? from + 1 : from;
        if (!isInteger(begin, at, bytes[from] == '-' ? FIRST_LONG : LAST_LONG)) {
            return malformed("a timestamp that is no 64-bit integer");
        }
        timestamp = 0;
        for (int i = begin; i < at; i++) {
            // Negative numbers reach further.
            timestamp = timestamp * 10 - (bytes[i] - '0');
        }
        if (begin == from) {
            timestamp = -timestamp;
        }
        timed = true;
        skipBlanks();
        return endsHere() || malformed("something behind the timestamp");
    }

    private void skipBlanks() {
        while (at < limit && bytes[at] != '\n' && isEnd(bytes[at])) {
            at++;
        }
    }

    private void skipToLineFeed() {
        while (at < limit && bytes[at] != '\n') {
            at++;
        }
    }

    private boolean endsHere() {
        return at == limit || bytes[at] == '\n';
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

    private boolean endsTooEarly(String what) {
        if (at < limit && bytes[at] != '\n') {
            return false;
        }
        if (at < limit || last) {
            malformed(what);
        }
        return true;
    }

    /** Steps over the line feed. */
    private boolean endLine() {
        if (at < limit) {
            at++;
            return true;
        }
        return last;
    }

    private boolean malformed(String what) {
        reason = what;
        return false;
    }
}
