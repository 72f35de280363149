package io.funcobserver.intake;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/** A growing sequence of bytes that is paid for before it grows, and never copied. */
final class Segments {
    private static final int FIRST = 4 << 10;
    private static final int LARGEST = 256 << 10;

    private final MemoryBudget.Share share;
    private final List<byte[]> segments = new ArrayList<>();
    private long length;
    private byte[] last = new byte[0];
    private int used;

    Segments(MemoryBudget.Share share) {
        this.share = share;
    }

    /** @throws UploadRefusedException when there is no memory for them */
    void append(byte[] bytes) {
        int from = 0;
        while (from < bytes.length) {
            if (used == last.length) {
                grow(bytes.length - from);
            }
            int part = Math.min(bytes.length - from, last.length - used);
            System.arraycopy(bytes, from, last, used, part);
            used += part;
            from += part;
        }
        length += bytes.length;
    }

    private void grow(int wanted) {
        int size = Math.min(LARGEST, Math.max(wanted, Math.max(FIRST, 2 * last.length)));
        share.receive(size);
        last = new byte[size];
        used = 0;
        segments.add(last);
    }

    long length() {
        return length;
    }

    /** All bytes, from the beginning. */
    InputStream open() {
        return new Reader();
    }

    private final class Reader extends InputStream {
        private int segment;
        private int at;
        private long left = length;

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int count) {
            if (count == 0) {
                return 0;
            }
            if (left == 0) {
                return -1;
            }
            byte[] source = segments.get(segment);
            int part = (int) Math.min(left, Math.min(count, source.length - at));
            System.arraycopy(source, at, target, offset, part);
            at += part;
            left -= part;
            if (at == source.length) {
                segment++;
                at = 0;
            }
            return part;
        }

        @Override
        public int available() {
            return (int) Math.min(left, Integer.MAX_VALUE);
        }
    }
}
