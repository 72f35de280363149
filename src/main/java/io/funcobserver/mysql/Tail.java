package io.funcobserver.mysql;

import java.io.IOException;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import com.zaxxer.hikari.HikariDataSource;
import io.funcobserver.lineprotocol.Row;
import io.funcobserver.mysql.Gaps.Range;
import io.funcobserver.mysql.TailSettings.Start;
import io.funcobserver.mysql.TailedTable.Facts;
import io.funcobserver.spool.Progress;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.component.sql.ResultSetIterator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows one table by its tracking column; the bean behind {@code kamelet:tail}.
 *
 * <p>A page goes through three steps: {@link #nextPage} decides which rows come next, {@link #open} hands the query's rows
 * on and keeps count, {@link #close} decides whether more wait. The cursor moves in between, by {@link Progress#confirm},
 * whenever a batch of lines is safe in the spool. If any step fails the cursor stands, and the next page begins there.
 *
 * <p>Used by one thread at a time: that of its route.
 */
public final class Tail {
    private static final Logger LOG = LoggerFactory.getLogger(Tail.class);

    private static final long LAST_NUMBER = -1L; // 2^64-1, unsigned
    /** A page of unknown rows is small, so that rows of 100 MB do not come by the thousand. */
    private static final int FIRST_PAGE = 100;

    private static final int SAMPLED_AT_START = 32;
    /** How often the table itself is looked at while page follows page. */
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final LongSupplier nanoTime;
    private String name;
    private String tableName;
    private String trackingColumn;
    private String identityColumn;
    private TailSettings settings;

    private TailedTable table;
    private CursorFile file;

    private boolean loaded;
    private boolean unwritten;
    private boolean tableWasAbsent;
    private volatile long cursor;
    private volatile long newest;
    private String created;
    private final RowSample sample = new RowSample();
    /** Numbers up to this one are not looked at again, nor counted as missed, where they are not there. */
    private long notMissedUpTo;

    private final Gaps gaps = new Gaps();
    private final Queue<Range> late = new ArrayDeque<>();

    private int limit = FIRST_PAGE;
    /** What the rows of one batch take in memory, in bytes; 0 until a page has filled one. */
    private long batchBytes;

    private boolean more;
    private long lookedAt;

    public Tail() {
        this(System::nanoTime);
    }

    Tail(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    public void setName(String name) {
        this.name = name;
    }

    public void setTable(String tableName) {
        this.tableName = tableName;
    }

    public void setTrackingColumn(String trackingColumn) {
        this.trackingColumn = trackingColumn;
    }

    public void setIdentityColumn(String identityColumn) {
        this.identityColumn = identityColumn;
    }

    public void setSettings(TailSettings settings) {
        this.settings = settings;
    }

    /**
     * Sets the headers {@code after}, {@code upTo} and {@code limit} that the page's query takes, and the variable {@code
     * page}; no variable where there is nothing to read.
     */
    public void nextPage(Exchange exchange) throws IOException {
        exchange.setProperty(Exchange.SCHEDULER_POLLED_MESSAGES, false);
        exchange.setVariable(Progress.MEASUREMENT, name);
        exchange.setVariable(Progress.VARIABLE, null);
        if (exchange.getContext().isStopping()) {
            return;
        }
        boolean goOn = more && nanoTime.getAsLong() - lookedAt < LOOK_NANOS;
        // Set again by a page that comes to its end: a failed one waits for the next poll.
        more = false;
        if (!goOn && !look()) {
            return;
        }
        Range range = late.poll();
        boolean isLate = range != null;
        if (!isLate) {
            if (!goOn && Long.compareUnsigned(newest, cursor) <= 0) {
                return;
            }
            range = new Range(cursor + 1, LAST_NUMBER);
        }
        int rows = isLate ? (int) Math.min(limit, range.size()) : limit;
        exchange.getMessage().setHeader("after", new BigInteger(Long.toUnsignedString(range.from() - 1)));
        exchange.getMessage().setHeader("upTo", new BigInteger(Long.toUnsignedString(range.to())));
        exchange.getMessage().setHeader("limit", rows);
        exchange.setVariable(Progress.VARIABLE, new Page(range, isLate, rows));
    }

    /** Passes the query's rows on, one by one, up to the page's limits. */
    public Iterator<Row> open(@Body ResultSetIterator rows, Exchange exchange) {
        Page page = page(exchange);
        page.rows = rows;
        return page;
    }

    /** Ends the page: everything that was read counts as safe, also rows that gave no line. */
    public void close(Exchange exchange) throws IOException {
        Page page = page(exchange);
        page.confirm(page.read);
        if (page.late && page.read < page.range.size() && page.read > 0) {
            late.add(new Range(page.numbers[page.read - 1] + 1, page.range.to()));
        }
        more = page.isFull() || !late.isEmpty();
        limit = page.nextLimit();
        exchange.setProperty(Exchange.SCHEDULER_POLLED_MESSAGES, more);
    }

    private static Page page(Exchange exchange) {
        return exchange.getVariable(Progress.VARIABLE, Page.class);
    }

    /** @return false when there is no table to read */
    private boolean look() throws IOException {
        if (table == null) {
            table = new TailedTable(settings.mysql(), tableName, trackingColumn, identityColumn);
            file = settings.cursors() == null ? null : new CursorFile(settings.cursors(), name);
            settings.metrics().gauge("lag_rows", this, Tail::lag, "measurement", name);
        }
        late.clear();
        Cursor stored = loaded || file == null ? null : file.read();
        if (stored != null) {
            if (unwritten) {
                // Rows that are read while it cannot be written would be sent with every poll.
                file.write(stored);
            }
            restore(stored);
        }
        unwritten = false;
        Facts facts = table.facts();
        if (facts == null) {
            tableWasAbsent |= !loaded;
            throw new IllegalStateException(
                    "table " + tableName + " does not exist, or the MySQL user may not SELECT from"
                            + " it; it is read as soon as it is there");
        }
        lookedAt = nanoTime.getAsLong();
        newest = facts.newest() == null ? 0 : facts.newest();
        if (loaded) {
            recognise(facts);
        } else {
            begin(facts);
        }
        lookAtGaps();
        return true;
    }

    private void restore(Cursor stored) {
        cursor = Long.parseUnsignedLong(stored.seq());
        sample.restore(stored.sample() == null ? Map.of() : stored.sample());
        created = stored.tableCreated();
        gaps.clear();
        if (stored.gaps() != null) {
            for (List<String> gap : stored.gaps()) {
                gaps.add(Long.parseUnsignedLong(gap.get(0)), Long.parseUnsignedLong(gap.get(1)), nanoTime.getAsLong());
            }
        }
        loaded = true;
    }

    private void begin(Facts facts) throws IOException {
        Start start = settings.start();
        if (start instanceof Start.Newest most) {
            cursor = table.beforeNewest(most.rows());
        } else if (start instanceof Start.After after) {
            cursor = after.seq();
        } else if (start instanceof Start.Beginning) {
            // What was trimmed before the product first ran was never its to read.
            cursor = facts.oldest() == null ? 0 : facts.oldest() - 1;
        } else {
            // In a table that was not there at the first look, every row is new.
            cursor = tableWasAbsent ? 0 : newest;
        }
        if (facts.newest() == null && facts.nextNumber() != null) {
            // The table is empty, but has not always been.
            notMissedUpTo = facts.nextNumber() - 1;
        }
        takeSample(facts);
        loaded = true;
        write();
        LOG.info("{}: begins after {} {} of {}", name, trackingColumn, Long.toUnsignedString(cursor), tableName);
    }

    private void takeSample(Facts facts) {
        created = facts.created();
        sample.clear();
        Map<String, String> rows = table.identitiesUpTo(cursor, SAMPLED_AT_START);
        long[] numbers = new long[rows.size()];
        Object[] identities = new Object[rows.size()];
        int oldestFirst = rows.size();
        for (Map.Entry<String, String> row : rows.entrySet()) {
            numbers[--oldestFirst] = Long.parseUnsignedLong(row.getKey());
            identities[oldestFirst] = row.getValue();
        }
        sample.add(numbers, identities, 0, numbers.length);
        sample.oldest(table.oldestIdentitiesUpTo(cursor, RowSample.OLDEST));
    }

    /**
     * Begins again where the numbers of the table have: it was truncated, or dropped and created.
     *
     * <p>Where that can be neither proved nor ruled out, reading again what is there is the lesser evil: the same points are
     * written once more.
     */
    private void recognise(Facts facts) throws IOException {
        boolean altered = !Objects.equals(created, facts.created());
        if (altered) {
            table.changed();
        }
        Map<String, String> known = sample.rows();
        Map<String, String> there = table.identities(known.keySet());
        boolean isOther = facts.nextNumber() != null && Long.compareUnsigned(facts.nextNumber(), cursor) <= 0;
        for (Map.Entry<String, String> row : there.entrySet()) {
            isOther |= !RowSample.hash(row.getValue()).equals(known.get(row.getKey()));
        }
        boolean isUnknown = there.isEmpty()
                && (altered || !known.isEmpty())
                && facts.oldest() != null
                && Long.compareUnsigned(facts.oldest(), cursor) <= 0;
        created = facts.created();
        if (!isOther && !isUnknown) {
            sample.oldest(table.oldestIdentitiesUpTo(cursor, RowSample.OLDEST));
            return;
        }
        LOG.info("{}: the table {} has been truncated or created anew; it is read from its beginning", name, tableName);
        // Where it may be the old table, what is missing up to the old cursor has been read or counted.
        notMissedUpTo = isOther ? 0 : cursor;
        cursor = isOther ? 0 : facts.oldest() - 1;
        sample.clear();
        gaps.clear();
        write();
    }

    private void lookAtGaps() {
        if (gaps.count() == 0) {
            return;
        }
        late.addAll(table.late(gaps));
        long now = nanoTime.getAsLong();
        long missed = gaps.expire(now, settings.lateWindow().toNanos());
        for (Range range : late) {
            // A row that is visible now is late, not missed, however old its gap is.
            if (!gaps.contains(range.from())) {
                gaps.add(range.from(), range.to(), now);
                missed -= range.size();
            }
        }
        settings.metrics().rowsMissed(name, missed);
    }

    private void write() throws IOException {
        if (file == null) {
            return;
        }
        List<List<String>> ranges = new ArrayList<>(gaps.count());
        for (Range range : gaps.ranges()) {
            ranges.add(List.of(Long.toUnsignedString(range.from()), Long.toUnsignedString(range.to())));
        }
        file.write(new Cursor(Long.toUnsignedString(cursor), sample.rows(), created, ranges.isEmpty() ? null : ranges));
    }

    private double lag() {
        long rows = newest - cursor;
        return Long.compareUnsigned(newest, cursor) <= 0 ? 0 : rows >= 0 ? rows : rows + 0x1p64;
    }

    /** The rows of one query, on their way to the spool. */
    private final class Page implements Iterator<Row>, Progress {
        private final Range range;
        private final boolean late;
        private final int asked;
        private ResultSetIterator rows;

        private long[] numbers = new long[FIRST_PAGE];
        private Object[] identities = new Object[FIRST_PAGE];
        private int read;
        private int confirmed;
        private int batches;
        private int firstBatch;
        private long bytes;
        private boolean endedByBytes;

        private int trackingIndex = -1;
        private int identityIndex = -1;

        Page(Range range, boolean late, int asked) {
            this.range = range;
            this.late = late;
            this.asked = asked;
        }

        @Override
        public boolean hasNext() {
            return !endedByBytes && rows.hasNext();
        }

        @Override
        public Row next() {
            SqlRows.SqlRow row = (SqlRows.SqlRow) rows.next();
            if (read == 0) {
                trackingIndex = row.columns().indexOf(trackingColumn);
                identityIndex = row.columns().indexOf(identityColumn);
                if (trackingIndex < 0) {
                    throw new IllegalStateException("the query of " + name + " does not select its tracking column "
                            + trackingColumn + "; add it");
                }
            }
            if (read == numbers.length) {
                numbers = Arrays.copyOf(numbers, read * 2);
                identities = Arrays.copyOf(identities, read * 2);
            }
            numbers[read] = ((Number) row.value(trackingIndex)).longValue();
            identities[read] = identityIndex < 0 ? null : row.value(identityIndex);
            read++;
            bytes += row.size();
            if (bytes >= settings.pageBytes() && rows.hasNext()) {
                endedByBytes = true;
                cutOff(row);
            }
            return row;
        }

        /**
         * Gives the connection up instead of reading the rest of the result, which may be gigabytes: to close a streamed
         * result means to read it to its end.
         */
        private void cutOff(SqlRows.SqlRow row) {
            try {
                Connection connection = row.source().getStatement().getConnection();
                if (settings.mysql() instanceof HikariDataSource pool) {
                    pool.evictConnection(connection);
                }
                connection.abort(Runnable::run);
            } catch (SQLException e) {
                LOG.debug("{}: the rest of a page is read to its end", name, e);
            }
            rows.close();
        }

        @Override
        public void confirm(long count) throws IOException {
            if (count <= confirmed) {
                return;
            }
            if (late) {
                for (int i = confirmed; i < count; i++) {
                    gaps.remove(numbers[i]);
                }
            } else {
                moveCursor((int) count);
            }
            settings.metrics().rowsRead(name, count - confirmed);
            confirmed = (int) count;
            batches++;
            if (batches == 1) {
                firstBatch = confirmed;
            }
            try {
                write();
            } catch (IOException | RuntimeException e) {
                // What is in memory is ahead of the disk now: the next page goes by the disk.
                loaded = false;
                unwritten = true;
                throw e;
            }
        }

        /** Behind these many rows of the page; numbers that are left out on the way are gaps. */
        private void moveCursor(int count) {
            long now = nanoTime.getAsLong();
            long read = cursor;
            for (int i = confirmed; i < count; i++) {
                long expected = Long.compareUnsigned(read, notMissedUpTo) < 0 ? notMissedUpTo + 1 : read + 1;
                if (Long.compareUnsigned(numbers[i], expected) > 0) {
                    gaps.add(expected, numbers[i] - 1, now);
                }
                read = numbers[i];
            }
            cursor = read;
            sample.add(numbers, identities, confirmed, count);
        }

        boolean isFull() {
            return endedByBytes || read == asked;
        }

        /**
         * As many rows as fill a page by bytes, going by what these took; and whole batches, for a small rest at the end of
         * each page would cost a file and a request of its own.
         */
        int nextLimit() {
            if (read == 0) {
                return limit;
            }
            long rowBytes = Math.max(1, bytes / read);
            if (batches > 1) {
                batchBytes = rowBytes * firstBatch;
            }
            long fitting = Math.min(settings.pageSize(), settings.pageBytes() / rowBytes);
            long ofBatch = batchBytes / rowBytes;
            if (ofBatch > 0 && fitting > ofBatch) {
                // A little less, since rows differ.
                fitting = fitting / ofBatch * ofBatch * 97 / 100;
            }
            return (int) Math.max(1, fitting);
        }
    }
}
