package io.funcobserver.spool;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Queue;

import io.funcobserver.lineprotocol.LineEncoder;
import io.funcobserver.lineprotocol.Row;

/**
 * Turns rows into gzipped batches, reading a row only when its batch is asked for: a page is never in memory whole.
 */
final class LineBatches implements Iterator<LineBatch> {
    /** Gives a batch its file name, of the lines and the bytes that it holds. */
    @FunctionalInterface
    interface Naming {
        String name(long lines, long bytes);
    }

    private final Iterator<? extends Row> rows;
    private final LineEncoder encoder;
    private final long nowNanos;
    private final BatchLimits limits;
    private final Naming naming;

    private final Queue<LineBatch> finished = new ArrayDeque<>();
    private Open open;
    private long rowsRead;

    LineBatches(Iterator<? extends Row> rows, LineEncoder encoder, long nowNanos, BatchLimits limits, Naming naming) {
        this.rows = rows;
        this.encoder = encoder;
        this.nowNanos = nowNanos;
        this.limits = limits;
        this.naming = naming;
        encoder.beginPage();
    }

    @Override
    public boolean hasNext() {
        while (finished.isEmpty() && rows.hasNext()) {
            encoder.encode(rows.next(), nowNanos, this::add);
            rowsRead++;
        }
        if (finished.isEmpty()) {
            finish();
        }
        return !finished.isEmpty();
    }

    @Override
    public LineBatch next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return finished.remove();
    }

    private void add(byte[] bytes, int offset, int length) {
        if (open != null && (open.lines == limits.maxLines() || open.bytes + length > limits.maxBytes())) {
            finish();
        }
        if (open == null) {
            open = new Open();
        }
        open.add(bytes, offset, length);
    }

    private void finish() {
        if (open != null) {
            finished.add(open.close());
            open = null;
        }
    }

    private final class Open {
        private final ByteArrayOutputStream compressed = new ByteArrayOutputStream(64 * 1024);
        private final OutputStream gzip = packing(compressed);
        private long lines;
        private long bytes;

        void add(byte[] line, int offset, int length) {
            try {
                gzip.write(line, offset, length);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            lines++;
            bytes += length;
        }

        LineBatch close() {
            try {
                gzip.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return new LineBatch(naming.name(lines, bytes), compressed.toByteArray(), lines, rowsRead);
        }

        private static OutputStream packing(OutputStream out) {
            try {
                return new BufferedOutputStream(Gzip.packing(out), 32 * 1024);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
