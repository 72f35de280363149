package io.funcobserver.spool;

import java.io.Closeable;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/**
 * Encodes the next batch while the last one is brought to the disk, which takes about as long, and costs no processor time.
 *
 * <p>Batches come out one by one and in order, whatever comes of them: only the encoding runs ahead, by one batch. Nothing
 * runs ahead of a batch above the limit, so that two rows of 100 MB are not in memory at once.
 *
 * <p>Used by one thread at a time; the source is only ever read by one thread too, and never after {@link #close}.
 */
final class ReadAhead implements Iterator<LineBatch>, Closeable {
    private final Iterator<LineBatch> source;
    private final long mostBytes;
    private final Executor executor;

    private CompletableFuture<LineBatch> coming;
    private LineBatch next;
    private boolean ended;

    /**
     * @param mostBytes gzipped size of a batch from which on the next one is not begun
     * @param executor runs what runs ahead
     */
    ReadAhead(Iterator<LineBatch> source, long mostBytes, Executor executor) {
        this.source = source;
        this.mostBytes = mostBytes;
        this.executor = executor;
    }

    @Override
    public boolean hasNext() {
        if (next == null && !ended) {
            next = coming == null ? read() : joined();
            ended = next == null;
        }
        return !ended;
    }

    @Override
    public LineBatch next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        LineBatch batch = next;
        next = null;
        if (batch.bytes().length <= mostBytes) {
            coming = CompletableFuture.supplyAsync(this::read, executor);
        }
        return batch;
    }

    private LineBatch read() {
        return source.hasNext() ? source.next() : null;
    }

    private LineBatch joined() {
        try {
            return coming.join();
        } catch (CompletionException e) {
            ended = true;
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        } finally {
            coming = null;
        }
    }

    /** Waits for what runs ahead: whoever closes the rows comes after this. */
    @Override
    public void close() {
        ended = true;
        next = null;
        if (coming != null) {
            coming.handle((batch, failure) -> null).join();
            coming = null;
        }
    }
}
