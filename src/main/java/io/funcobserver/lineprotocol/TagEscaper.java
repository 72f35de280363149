package io.funcobserver.lineprotocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Makes a measurement, a key or a tag value out of any text: what stands outside of quotes.
 *
 * <p>In this order: malformed UTF-8 becomes U+FFFD, a control character a space; what is too long is cut at a character
 * boundary; backslashes at the end or before a comma, a space or an equals sign go, since receivers disagree about them
 * (DataKit refuses the first, InfluxDB and VictoriaMetrics read the second differently); what is left is escaped.
 */
final class TagEscaper {
    /** DataKit cuts keys silently above this, in the middle of a character if need be. */
    static final int MAX_KEY_BYTES = 256;
    /** DataKit cuts tag values silently above this. */
    static final int MAX_TAG_VALUE_BYTES = 1024;

    /** True for what stands as it is: printable ASCII but for the backslash and what is escaped. */
    private static final boolean[] PLAIN = new boolean[256];

    static {
        Arrays.fill(PLAIN, 0x21, 0x7F, true);
        PLAIN[','] = false;
        PLAIN['='] = false;
        PLAIN['\\'] = false;
    }

    private final byte[] clean = new byte[MAX_TAG_VALUE_BYTES];
    private int length;
    private boolean cut;

    void read(String text, int limit) {
        ByteBuilder utf8 = new ByteBuilder();
        utf8.appendUtf8(text, limit);
        read(utf8.bytes(), utf8.length(), limit);
    }

    /** Takes a text of UTF-8 that need not be well-formed. */
    void read(byte[] text, int end, int limit) {
        take(text, end, limit);
        dropBackslashes();
    }

    private void take(byte[] text, int end, int limit) {
        length = 0;
        cut = false;
        int i = 0;
        while (i < end) {
            byte b = text[i];
            int piece = b >= 0 ? 1 : Utf8.piece(text, i, end);
            byte[] source = piece < 0 ? Utf8.REPLACEMENT : text;
            int from = piece < 0 ? 0 : i;
            int size = piece < 0 ? Utf8.REPLACEMENT.length : piece;
            if (length + size > limit) {
                cut = true;
                return;
            }
            if (b >= 0) {
                clean[length++] = b < ' ' || b == 0x7F ? (byte) ' ' : b;
            } else {
                for (int k = 0; k < size; k++) {
                    clean[length++] = source[from + k];
                }
            }
            i += Math.abs(piece);
        }
    }

    private void dropBackslashes() {
        int kept = 0;
        int i = 0;
        while (i < length) {
            int run = i;
            while (run < length && clean[run] == '\\') {
                run++;
            }
            if (run == length) {
                break;
            }
            if (run > i && escaped(clean[run])) {
                i = run;
            }
            while (i <= run) {
                clean[kept++] = clean[i++];
            }
        }
        length = kept;
    }

    private static boolean escaped(byte b) {
        return b == ',' || b == ' ' || b == '=';
    }

    /** True if nothing remains after cleaning: the tag or field is left out. */
    boolean isEmpty() {
        return length == 0;
    }

    boolean wasCut() {
        return cut;
    }

    /** What is left, before it is escaped. */
    String clean() {
        return new String(clean, 0, length, StandardCharsets.UTF_8);
    }

    String escaped() {
        ByteBuilder escaped = new ByteBuilder();
        appendTo(escaped);
        return new String(escaped.bytes(), 0, escaped.length(), StandardCharsets.UTF_8);
    }

    void appendTo(ByteBuilder out) {
        for (int i = 0; i < length; i++) {
            if (escaped(clean[i])) {
                out.append((byte) '\\');
            }
            out.append(clean[i]);
        }
    }

    /** Appends a text as it is, if no rule has anything to say about it; otherwise appends nothing. */
    static boolean appendPlain(byte[] text, ByteBuilder out) {
        for (byte b : text) {
            if (!PLAIN[b & 0xFF]) {
                return false;
            }
        }
        out.append(text);
        return true;
    }

    /** Appends a text as it is, if no rule has anything to say about it; otherwise appends nothing. */
    static boolean appendPlain(String text, ByteBuilder out) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c > 0x7E || !PLAIN[c]) {
                return false;
            }
        }
        out.appendAscii(text);
        return true;
    }
}
