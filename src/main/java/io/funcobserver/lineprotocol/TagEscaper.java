package io.funcobserver.lineprotocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;

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

    /** @param cut whether the text had to be cut */
    record Escaped(byte[] bytes, boolean cut) {
        /** True if nothing remains of the text: the tag or field is left out. */
        boolean isEmpty() {
            return bytes.length == 0;
        }

        @Override
        public String toString() {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    /** The order of keys on the wire: that of their bytes before they were escaped. */
    static final Comparator<Escaped> BY_KEY = Comparator.comparing(
            key -> key.toString().replaceAll("\\\\([,= ])", "$1").getBytes(StandardCharsets.UTF_8),
            Arrays::compareUnsigned);

    private TagEscaper() {}

    static Escaped key(String name) {
        return escaped(name, MAX_KEY_BYTES);
    }

    static Escaped value(String text) {
        return escaped(text, MAX_TAG_VALUE_BYTES);
    }

    private static Escaped escaped(String text, int limit) {
        ByteBuilder escaped = new ByteBuilder(2 * limit);
        boolean cut = !append(Utf8.of(text, limit), limit, escaped);
        return new Escaped(escaped.toByteArray(), cut);
    }

    /**
     * Appends what is left of a text of UTF-8, which need not be well-formed.
     *
     * @return false if it had to be cut
     */
    static boolean append(byte[] text, int limit, ByteBuilder out) {
        int end = Utf8.cut(text, 0, text.length, limit);
        int backslashes = 0;
        int i = 0;
        while (i < end) {
            int piece = Utf8.piece(text, i, text.length);
            byte b = text[i];
            if (b == '\\') {
                backslashes++;
            } else if (b == ',' || b == '=' || b >= 0 && b <= ' ' || b == 0x7F) {
                backslashes = 0;
                out.append((byte) '\\');
                out.append(b == ',' || b == '=' ? b : (byte) ' ');
            } else {
                for (; backslashes > 0; backslashes--) {
                    out.append((byte) '\\');
                }
                out.append(piece < 0 ? Utf8.REPLACEMENT : text, piece < 0 ? 0 : i, piece < 0 ? 3 : piece);
            }
            i += Math.abs(piece);
        }
        return end == text.length;
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
}
