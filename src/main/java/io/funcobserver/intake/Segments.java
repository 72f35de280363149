package io.funcobserver.intake;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.Collections;
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
        List<InputStream> parts = new ArrayList<>();
        long left = length;
        for (byte[] segment : segments) {
            int part = (int) Math.min(left, segment.length);
            parts.add(new ByteArrayInputStream(segment, 0, part));
            left -= part;
        }
        return new SequenceInputStream(Collections.enumeration(parts));
    }
}
