package io.funcobserver.lineprotocol;

import java.util.Arrays;

/** A byte array that grows, is written over again and again, and gives back what a giant took. */
final class ByteBuilder {
    /** The longest array that every JVM can make. */
    static final int MAX_LENGTH = Integer.MAX_VALUE - 8;

    private static final int INITIAL_CAPACITY = 8 << 10;
    private static final int KEPT_CAPACITY = 4 << 20;
    /** Texts are taken in chunks, so that room for the worst case is asked for a chunk only. */
    private static final int CHUNK = 16 << 10;

    private byte[] bytes;
    private int length;

    ByteBuilder() {
        this(INITIAL_CAPACITY);
    }

    ByteBuilder(int capacity) {
        bytes = new byte[capacity];
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }

    void truncate(int newLength) {
        length = newLength;
    }

    /** Empties the builder; what it took beyond a few MiB goes back to the heap. */
    void clear() {
        length = 0;
        if (bytes.length > KEPT_CAPACITY) {
            bytes = new byte[INITIAL_CAPACITY];
        }
    }

    private void reserve(int more) {
        if (more > bytes.length - length) {
            grow(more);
        }
    }

    private void grow(int more) {
        long needed = (long) length + more;
        if (needed > MAX_LENGTH) {
            throw new IllegalStateException("a text of " + needed + " bytes is longer than a Java array can be");
        }
        bytes = Arrays.copyOf(bytes, (int) Math.max(needed, Math.min(2L * bytes.length, MAX_LENGTH)));
    }

    void append(byte b) {
        reserve(1);
        bytes[length++] = b;
    }

    void append(byte[] other) {
        append(other, 0, other.length);
    }

    void append(byte[] other, int offset, int count) {
        reserve(count);
        byte[] out = bytes;
        int at = length;
        if (count <= 32) {
            // Keys are short: a loop beats the call.
            for (int i = 0; i < count; i++) {
                out[at + i] = other[offset + i];
            }
        } else {
            System.arraycopy(other, offset, out, at, count);
        }
        length = at + count;
    }

    /** Appends text that is known to be ASCII. */
    void appendAscii(String ascii) {
        int count = ascii.length();
        reserve(count);
        for (int i = 0; i < count; i++) {
            bytes[length++] = (byte) ascii.charAt(i);
        }
    }

    void appendDigits(long value) {
        reserve(20);
        long rest = value;
        if (rest < 0) {
            bytes[length++] = '-';
        } else {
            // Negative numbers reach further: Long.MIN_VALUE has no positive.
            rest = -rest;
        }
        int digits = 1;
        for (long power = -10; digits < 19 && rest <= power; power *= 10) {
            digits++;
        }
        int at = length + digits;
        length = at;
        while (rest <= -10) {
            long next = rest / 10;
            bytes[--at] = (byte) ('0' + (next * 10 - rest));
            rest = next;
        }
        bytes[--at] = (byte) ('0' - rest);
    }

    /**
     * Appends UTF-8 as the inside of a quoted string: quotes and backslashes escaped, malformed pieces replaced.
     *
     * @param limit what the builder may be long afterwards
     * @return false where it would be longer; what was appended so far is then for the caller to truncate
     */
    boolean appendQuotable(byte[] text, int from, int end, int limit) {
        int i = from;
        while (i < end) {
            int chunkEnd = Math.min(end, i + CHUNK);
            int worst = (chunkEnd - i + 4) * Utf8.REPLACEMENT.length;
            if (length > limit - worst) {
                return false;
            }
            reserve(worst);
            byte[] out = bytes;
            int at = length;
            while (i < chunkEnd) {
                byte b = text[i];
                if (b >= 0) {
                    if (b == '"' || b == '\\') {
                        out[at++] = '\\';
                    }
                    out[at++] = b;
                    i++;
                } else {
                    int piece = Utf8.piece(text, i, end);
                    at = copyPiece(text, i, piece, out, at);
                    i += Math.abs(piece);
                }
            }
            length = at;
        }
        return true;
    }

    private static int copyPiece(byte[] text, int from, int piece, byte[] out, int at) {
        if (piece < 0) {
            return copyPiece(Utf8.REPLACEMENT, 0, Utf8.REPLACEMENT.length, out, at);
        }
        for (int k = 0; k < piece; k++) {
            out[at + k] = text[from + k];
        }
        return at + piece;
    }
}
