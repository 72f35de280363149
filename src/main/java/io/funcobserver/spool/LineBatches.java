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

import io.funcobserver.lineprotocol.Category;
import io.funcobserver.lineprotocol.LineEncoder;
import io.funcobserver.lineprotocol.Row;

/**
 * Turns rows into blocks of lines within the limits of one request, reading a row only when its block is asked for: a page
 * is never in memory whole. Blocks are gzipped requests, or lines that share theirs with others.
 */
final class LineBatches implements Iterator<LineBatches.Batch> {
    /**
     * Lines that go to the spool together.
     *
     * @param rows how many rows of the page have all their lines in this block or an earlier one
     */
    record Batch(LineBlock block, long rows) {}

    private final Iterator<? extends Row> rows;
    private final LineEncoder encoder;
    private final long nowNanos;
    private final BatchLimits limits;
    private final String source;
    private final Category category;
    private final Kind kind;
    private final boolean requests;

    private final Queue<Batch> finished = new ArrayDeque<>();
    private Open open;
    private long rowsRead;

    /** @param requests whether each block is a request of its own, and not to be gathered */
    LineBatches(
            Iterator<? extends Row> rows,
            LineEncoder encoder,
            long nowNanos,
            BatchLimits limits,
            String source,
            Category category,
            Kind kind,
            boolean requests) {
        this.rows = rows;
        this.encoder = encoder;
        this.nowNanos = nowNanos;
        this.limits = limits;
        this.source = source;
        this.category = category;
        this.kind = kind;
        this.requests = requests;
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
    public Batch next() {
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
        private final ByteArrayOutputStream content = new ByteArrayOutputStream(64 * 1024);
        private final OutputStream out = requests ? packing(content) : content;
        private long lines;
        private long bytes;

        void add(byte[] line, int offset, int length) {
            try {
                out.write(line, offset, length);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            lines++;
            bytes += length;
        }

        Batch close() {
            try {
                out.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return new Batch(
                    new LineBlock(source, category, kind, content.toByteArray(), requests, lines, bytes), rowsRead);
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
