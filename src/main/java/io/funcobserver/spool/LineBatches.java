package io.funcobserver.spool;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.zip.GZIPOutputStream;

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
        private final OutputStream gzip = fastGzip(compressed);
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

        /** Level 1 is several times as fast as the default, and lines compress well all the same. */
        private static OutputStream fastGzip(OutputStream out) {
            try {
                return new java.io.BufferedOutputStream(
                        new GZIPOutputStream(out, 8 * 1024) {
                            {
                                def.setLevel(java.util.zip.Deflater.BEST_SPEED);
                            }
                        },
                        32 * 1024);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
