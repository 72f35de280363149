package io.funcobserver.intake;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

/**
 * Unpacks gzip (RFC 1952) of one member or several, to the last byte.
 *
 * <p>{@code GZIPInputStream} is not strict enough for a body that is answered 200: it passes over whatever follows a member
 * and is not the head of another, and calls itself for each empty member, until the stack is full.
 */
final class Gunzip extends InflaterInputStream {
    private static final int BUFFER = 8 << 10;
    private static final int MAGIC = 0x8b1f;
    private static final int DEFLATE = 8;
    private static final int WITH_CHECKSUM = 2;
    private static final int WITH_EXTRA = 4;
    private static final int WITH_NAME = 8;
    private static final int WITH_COMMENT = 16;
    private static final int REST_OF_FIXED_HEAD = 6;

    private final CRC32 checksum = new CRC32();
    /** Between two members: how much of the buffer is used up. */
    private int at;

    private boolean inMember;

    /** @throws IOException when the first member's head is broken */
    Gunzip(InputStream packed) throws IOException {
        super(packed, new Inflater(true), BUFFER);
        len = 0;
        if (!beginMember()) {
            throw new EOFException("no gzip member");
        }
    }

    /** @throws IOException when the bytes are not whole gzip members to their end */
    @Override
    public int read(byte[] target, int offset, int count) throws IOException {
        while (inMember || beginMember()) {
            int read = super.read(target, offset, count);
            if (read >= 0) {
                checksum.update(target, offset, read);
                return read;
            }
            if (!inf.finished()) {
                throw new ZipException("a preset dictionary");
            }
            endMember();
        }
        return -1;
    }

    /** @return false where there is nothing more */
    private boolean beginMember() throws IOException {
        if (at == len && !refill()) {
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
        inf.reset();
        inf.setInput(buf, at, len - at);
        checksum.reset();
        inMember = true;
        return true;
    }

    private void endMember() throws IOException {
        at = len - inf.getRemaining();
        long expected = twoBytes() | (long) twoBytes() << 16;
        long length = twoBytes() | (long) twoBytes() << 16;
        if (expected != checksum.getValue() || length != (inf.getBytesWritten() & 0xffffffffL)) {
            throw new ZipException("a checksum differs");
        }
        inMember = false;
    }

    private int oneByte() throws IOException {
        if (at == len && !refill()) {
            throw new EOFException("a member ends too early");
        }
        return buf[at++] & 0xff;
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

    private boolean refill() throws IOException {
        at = 0;
        len = Math.max(0, in.read(buf, 0, buf.length));
        return len > 0;
    }

    @Override
    public void close() throws IOException {
        inf.end();
        super.close();
    }
}
