package io.funcobserver.lineprotocol;

/** Reads UTF-8 that may be malformed, as it comes out of MySQL, piece by piece. */
final class Utf8 {
    /** U+FFFD, which stands in for each malformed piece. */
    static final byte[] REPLACEMENT = {(byte) 0xEF, (byte) 0xBF, (byte) 0xBD};

    private Utf8() {}

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
    static int cut(byte[] bytes, int from, int end, int limit) {
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
