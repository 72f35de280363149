package io.funcobserver.lineprotocol;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/** Reads UTF-8 that may be malformed, as it comes out of MySQL, piece by piece, and writes it. */
public final class Utf8 {
    /** U+FFFD, which stands in for each malformed piece. */
    static final byte[] REPLACEMENT = {(byte) 0xEF, (byte) 0xBF, (byte) 0xBD};

    private Utf8() {}

    /** The UTF-8 of a text, as the rows of {@link Row} have it; empty for null. */
    public static byte[] of(Object text) {
        return of(text, Integer.MAX_VALUE);
    }

    /**
     * The same of a text that will be cut. U+FFFD stands for a lone surrogate.
     *
     * @param enough more bytes than this need not be given: whoever cuts at a limit only has to see that there are more
     */
    static byte[] of(Object text, int enough) {
        if (text instanceof byte[] utf8) {
            return utf8;
        }
        CharSequence characters = text instanceof CharSequence sequence ? sequence : Objects.toString(text, "");
        CharBuffer needed = CharBuffer.wrap(characters, 0, (int) Math.min(characters.length(), enough + 1L));
        try {
            ByteBuffer utf8 = StandardCharsets.UTF_8
                    .newEncoder()
                    .onMalformedInput(CodingErrorAction.REPLACE)
                    .replaceWith(REPLACEMENT)
                    .encode(needed);
            return Arrays.copyOf(utf8.array(), utf8.limit());
        } catch (CharacterCodingException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * The length of the character that begins at {@code at}; where the bytes are malformed, minus the length of the
     * piece that one U+FFFD stands in for. Pieces are those of {@link java.nio.charset.StandardCharsets#UTF_8}: the
     * longest beginning of a character, and the three bytes of a surrogate as one.
     */
    static int piece(byte[] bytes, int at, int end) {
        int first = bytes[at];
        if (first >= 0) {
            return 1;
        }
        first &= 0xFF;
        if (first < 0xC2 || first > 0xF4 || at + 1 >= end) {
            return -1;
        }
        int second = bytes[at + 1] & 0xFF;
        if (second < lowestSecond(first) || second > highestSecond(first)) {
            return -1;
        }
        if (first < 0xE0) {
            return 2;
        }
        if (!continues(bytes, at + 2, end)) {
            return -2;
        }
        if (first < 0xF0) {
            boolean surrogate = first == 0xED && second >= 0xA0;
            return surrogate ? -3 : 3;
        }
        return continues(bytes, at + 3, end) ? 4 : -3;
    }

    private static int lowestSecond(int first) {
        return switch (first) {
            case 0xE0 -> 0xA0;
            case 0xF0 -> 0x90;
            default -> 0x80;
        };
    }

    private static int highestSecond(int first) {
        return first == 0xF4 ? 0x8F : 0xBF;
    }

    private static boolean continues(byte[] bytes, int at, int end) {
        return at < end && (bytes[at] & 0xC0) == 0x80;
    }

    /** Where a text must be cut to take at most {@code limit} bytes once its malformed pieces are replaced. */
    public static int cut(byte[] bytes, int from, int end, int limit) {
        if (end - from <= limit / REPLACEMENT.length) {
            return end;
        }
        int at = from;
        int left = limit;
        while (at < end) {
            int piece = bytes[at] >= 0 ? 1 : piece(bytes, at, end);
            left -= piece > 0 ? piece : REPLACEMENT.length;
            if (left < 0) {
                return at;
            }
            at += Math.abs(piece);
        }
        return end;
    }
}
