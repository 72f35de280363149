package io.funcobserver.mysql;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

import io.funcobserver.mysql.Gaps.Range;

/**
 * How far a tail has come, in memory and in its cursor.
 *
 * <p>What is in memory counts. While the cursor cannot be written, nothing further is read: only the write is tried again.
 * So a row that is safe in the spool is not sent again and again, and none is skipped.
 */
final class TailPosition {
    /** What could be read again without harm is not written more often. */
    private static final long LAZY_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final CursorStore store;
    private final LongSupplier nanoTime;
    private final BooleanSupplier leads;

    private boolean begun;
    private boolean kept;
    private volatile long cursor;
    private String created;
    private final TableFingerprint sample = new TableFingerprint();
    private final Gaps gaps = new Gaps();
    /** Numbers up to this one are not looked at again, nor counted as missed, where they are not there. */
    private long notMissedUpTo;

    private Cursor.Buffer buffer;
    private boolean unwritten;
    private boolean changed;
    private long writtenNanos;

    /**
     * @param store null where the position is not kept
     * @param nanoTime the monotonic clock
     * @param leads whether this process still reads in the term in which this position was loaded
     */
    TailPosition(CursorStore store, LongSupplier nanoTime, BooleanSupplier leads) {
        this.store = store;
        this.nanoTime = nanoTime;
        this.leads = leads;
        this.kept = store == null;
    }

    /** Reads the cursor, where this is the first look. */
    void load() throws IOException {
        Cursor stored = begun || store == null ? null : Cursor.read(store);
        if (stored == null) {
            return;
        }
        cursor = Long.parseUnsignedLong(stored.seq());
        sample.restore(stored.sample());
        created = stored.tableCreated();
        stored.gaps().forEach(gap -> gaps.add(gap, nanoTime.getAsLong()));
        buffer = stored.buffer();
        begun = true;
        kept = true;
    }

    boolean hasBegun() {
        return begun;
    }

    /** @param upTo numbers up to this one were never this tail's to read */
    void begin(long at, long upTo, String tableCreated) {
        cursor = at;
        notMissedUpTo = upTo;
        created = tableCreated;
        begun = true;
        unwritten = true;
    }

    /** The table is another one, or has begun anew. */
    void restart(long at, long upTo) {
        cursor = at;
        notMissedUpTo = upTo;
        sample.clear();
        gaps.clear();
    }

    boolean isShared() {
        return store != null && store.isShared();
    }

    long cursor() {
        return cursor;
    }

    String created() {
        return created;
    }

    void created(String when) {
        created = when;
    }

    TableFingerprint sample() {
        return sample;
    }

    Gaps gaps() {
        return gaps;
    }

    Cursor.Buffer buffer() {
        return buffer;
    }

    void buffer(Cursor.Buffer state) {
        changed |= !state.equals(buffer);
        buffer = state;
    }

    /** Behind these rows; numbers that are left out on the way are gaps. */
    void move(long[] numbers, Object[] identities, int from, int to) {
        cursor = findGaps(numbers, from, to);
        sample.add(numbers, identities, from, to);
        changed = true;
    }

    /**
     * By itself, since it goes through all rows: the compiler would optimise all that is called beside it too, at a cost of
     * 30 MiB.
     *
     * @return the last number
     */
    private long findGaps(long[] numbers, int from, int to) {
        long now = nanoTime.getAsLong();
        long read = cursor;
        for (int i = from; i < to; i++) {
            long expected = Long.compareUnsigned(read, notMissedUpTo) < 0 ? notMissedUpTo + 1 : read + 1;
            if (Long.compareUnsigned(numbers[i], expected) > 0) {
                gaps.add(new Range(expected, numbers[i] - 1), now);
            }
            read = numbers[i];
        }
        return read;
    }

    void filled(long number) {
        gaps.remove(number);
        changed = true;
    }

    /** Whether a restart would begin where this tail has begun. */
    boolean isKept() {
        return kept;
    }

    /** Whether the position in memory is ahead of lines that are gone. */
    boolean isRolledBack() {
        return store != null && store.isRolledBack();
    }

    /** Makes lines safe that are only safe together with the position. */
    void writeWithLines() throws IOException {
        if (store != null && store.holdsLines()) {
            write();
        }
    }

    /** Tries again what could not be written. */
    void retryWrite() throws IOException {
        if (unwritten) {
            write();
        }
    }

    void writeLazily() throws IOException {
        if (changed && nanoTime.getAsLong() - writtenNanos >= LAZY_NANOS) {
            write();
        }
    }

    /**
     * @throws IOException when the cursor cannot be written, {@link #retryWrite} is then to be called before anything else; or
     *     when another replica may be reading by now
     */
    void write() throws IOException {
        if (!leads.getAsBoolean()) {
            throw new IOException("another replica may be reading by now: the cursor stays where it is");
        }
        unwritten = store != null;
        if (store == null) {
            return;
        }
        Cursor written = new Cursor(Long.toUnsignedString(cursor), sample.rows(), created, gaps.ranges(), buffer);
        store.write(written.json());
        unwritten = false;
        kept = true;
        changed = false;
        writtenNanos = nanoTime.getAsLong();
    }
}
