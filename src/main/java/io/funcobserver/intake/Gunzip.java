package io.funcobserver.intake;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * Unpacks gzip (RFC 1952) of one member or several, to the last byte.
 *
 * <p>{@code GZIPInputStream} is not strict enough for a body that is answered 200: it passes over whatever follows a member
 * and is not the head of another, and calls itself for each empty member, until the stack is full.
 */
final class Gunzip extends InputStream {
    private static final int BUFFER = 8 << 10;
    private static final int MAGIC = 0x8b1f;
    private static final int DEFLATE = 8;
    private static final int WITH_CHECKSUM = 2;
    private static final int WITH_EXTRA = 4;
    private static final int WITH_NAME = 8;
    private static final int WITH_COMMENT = 16;
    private static final int REST_OF_FIXED_HEAD = 6;

    private final InputStream packed;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 checksum = new CRC32();
    private final byte[] input = new byte[BUFFER];
    private int at;
    private int end;
    private boolean inMember;

    /** @throws IOException when the first member's head is broken */
    Gunzip(InputStream packed) throws IOException {
        this.packed = packed;
        if (!beginMember()) {
            throw new EOFException("no gzip member");
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /** @throws IOException when the bytes are not whole gzip members to their end */
    @Override
    public int read(byte[] target, int offset, int count) throws IOException {
        if (count == 0) {
            return 0;
        }
        while (inMember || beginMember()) {
            int read = inflate(target, offset, count);
            if (read > 0) {
                checksum.update(target, offset, read);
                return read;
            }
            if (inflater.finished()) {
                endMember();
            } else {
                feed();
            }
        }
        return -1;
    }

    private int inflate(byte[] target, int offset, int count) throws ZipException {
        try {
            return inflater.inflate(target, offset, count);
        } catch (DataFormatException e) {
            throw new ZipException(e.getMessage());
        }
    }

    private void feed() throws IOException {
        if (!inflater.needsInput()) {
            throw new ZipException("a preset dictionary");
        }
        if (at == end && !fill()) {
            throw new EOFException("a member ends too early");
        }
        inflater.setInput(input, at, end - at);
        at = end;
    }

    /** @return false where there is nothing more */
    private boolean beginMember() throws IOException {
        if (at == end && !fill()) {
            return false;
        }
        if (twoBytes() != MAGIC || oneByte() != DEFLATE) {
            throw new ZipException("no gzip member");
        }
        int flags = oneByte();
        skip(REST_OF_FIXED_HEAD);
        if ((flags & WITH_EXTRA) != 0) {
            skip(twoBytes());
        }
        if ((flags & WITH_NAME) != 0) {
            skipText();
        }
        if ((flags & WITH_COMMENT) != 0) {
            skipText();
        }
        if ((flags & WITH_CHECKSUM) != 0) {
            skip(2);
        }
        inflater.reset();
        checksum.reset();
        inMember = true;
        return true;
    }

    private void endMember() throws IOException {
        at = end - inflater.getRemaining();
        long expected = twoBytes() | (long) twoBytes() << 16;
        long length = twoBytes() | (long) twoBytes() << 16;
        if (expected != checksum.getValue() || length != (inflater.getBytesWritten() & 0xffffffffL)) {
            throw new ZipException("a checksum differs");
        }
        inMember = false;
    }

    private int oneByte() throws IOException {
        if (at == end && !fill()) {
            throw new EOFException("a member ends too early");
        }
        return input[at++] & 0xff;
    }

    private int twoBytes() throws IOException {
        return oneByte() | oneByte() << 8;
    }

    private void skip(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            oneByte();
        }
    }

    private void skipText() throws IOException {
        int read;
        do {
            read = oneByte();
        } while (read != 0);
    }

    private boolean fill() throws IOException {
        at = 0;
        end = Math.max(0, packed.read(input, 0, input.length));
        return end > 0;
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        packed.close();
    }
}
