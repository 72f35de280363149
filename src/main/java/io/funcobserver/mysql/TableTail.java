package io.funcobserver.mysql;

import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

import io.funcobserver.cluster.Leadership.Term;
import io.funcobserver.lineprotocol.DropListener;
import io.funcobserver.mysql.Gaps.Range;
import io.funcobserver.mysql.TailSettings.Start;
import io.funcobserver.mysql.TailedTable.Facts;
import io.funcobserver.spool.PageAcknowledger;
import org.apache.camel.Exchange;
import org.apache.camel.NoTypeConversionAvailableException;
import org.apache.camel.component.sql.SqlConstants;
import org.apache.camel.component.sql.SqlHelper;
import org.apache.camel.support.SynchronizationAdapter;
import org.mariadb.jdbc.export.MaxAllowedPacketException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Follows one table by its tracking column, page by page.
 *
 * <p>{@link #next} decides what comes next, {@link #open} hands it on as rows and keeps count, {@link #close} decides
 * whether more waits. The cursor moves in between, by {@link PageAcknowledger#acknowledge}, whenever a batch of lines is
 * safe in the spool. If any step fails the cursor stands, and the next page begins there.
 */
final class TableTail {
    private static final Logger LOG = LoggerFactory.getLogger(TableTail.class);

    private static final long LAST_NUMBER = -1L; // 2^64-1, unsigned
    /** A page of unknown rows is small, so that rows of 100 MB do not come by the thousand. */
    private static final int FIRST_PAGE = 100;

    private static final int SAMPLED_AT_START = 32;
    /** How often the table itself is looked at while page follows page. */
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(5);
    /** So long after a gap was found, its rows are expected any moment. */
    private static final long YOUNG_NANOS = TimeUnit.SECONDS.toNanos(5);
    /** So many windows after an entry was seen, no gap is left that it could explain. */
    private static final int WINDOWS = 4;

    private final TailSource source;
    private final TailSettings settings;
    /** What the list has shown; null where there is no list. */
    private final SeenIds seen;

    private final Term term;
    /** What is missing up to this number, another replica may have read. */
    private long othersUpTo;

    private final TailedTable table;
    private final TailPosition position;

    private boolean tableWasAbsent;
    private boolean startsNow;
    private volatile long newest;
    private final Queue<Range> late = new ArrayDeque<>();

    private int limit = FIRST_PAGE;
    /** What the rows of one batch take in memory, in bytes; 0 until a page has filled one. */
    private long batchBytes;

    private boolean moreRows;
    /** How many rows come next by themselves, with their texts cut where they do not fit into memory. */
    private int cutRows;

    private boolean looked;
    private long lookedAt;

    /** @param term in which this process reads; the tail ends with it */
    TableTail(TailSource source, SeenIds seen, Term term) {
        this.source = source;
        this.settings = source.settings();
        this.seen = seen;
        this.term = term;
        this.table = new TailedTable(source);
        this.position = new TailPosition(
                settings.cursors() == null ? null : settings.cursors().apply(source.name()),
                source.nanoTime(),
                this::leads);
        settings.metrics().gauge("lag_rows", this, TableTail::lag, "measurement", source.name());
    }

    private boolean leads() {
        return settings.leadership().holds(term);
    }

    TailPosition position() {
        return position;
    }

    /** Whether what stood in the list at the start counts as known. */
    boolean startsNow() {
        return startsNow;
    }

    /** Whether the next page follows at once. */
    boolean hasMore() {
        return moreRows;
    }

    /**
     * Sets the headers {@code after}, {@code upTo} and {@code limit} that the page's query takes.
     *
     * @return the page; null where there is nothing to read
     */
    TablePage next(Exchange exchange) throws IOException {
        boolean goOn = moreRows && source.now() - lookedAt < LOOK_NANOS;
        // Set again by a page that comes to its end: a failed one waits for the next poll.
        moreRows = false;
        if (!goOn && !look()) {
            return null;
        }
        Range range = late.poll();
        boolean isLate = range != null;
        if (!isLate) {
            if (!goOn && Long.compareUnsigned(newest, position.cursor()) <= 0) {
                position.writeLazily();
                return null;
            }
            range = new Range(position.cursor() + 1, LAST_NUMBER);
        }
        int rows = cutRows > 0 ? 1 : isLate ? (int) Math.min(limit, range.size()) : limit;
        String after = Long.toUnsignedString(range.from() - 1);
        String upTo = Long.toUnsignedString(range.to());
        exchange.getMessage().setHeader("after", new BigInteger(after));
        exchange.getMessage().setHeader("upTo", new BigInteger(upTo));
        exchange.getMessage().setHeader("limit", rows);
        exchange.getMessage().removeHeader(SqlConstants.SQL_QUERY);
        int cut = cutRows > 0 ? cut(exchange, after, upTo) : -1;
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onFailure(Exchange failed) {
                // The first row of the page; nothing else was read.
                if (cut < 0 && failed.getException(MaxAllowedPacketException.class) != null) {
                    cutRows = 1;
                }
            }
        });
        return new TablePage(new TablePage.Request(range, isLate, rows, cut), source, position, seen);
    }

    /** @return how many texts of the row the server is asked to cut */
    private int cut(Exchange exchange, String after, String upTo) throws IOException {
        cutRows--;
        try {
            String query = SqlHelper.resolveQuery(exchange.getContext(), source.sql(), "#");
            CutQuery cut = CutQuery.of(new JdbcTemplate(settings.mysql()), query, after, upTo);
            exchange.getMessage().setHeader(SqlConstants.SQL_QUERY, cut.sql());
            return cut.texts();
        } catch (NoTypeConversionAvailableException | DataAccessException e) {
            throw new IOException(
                    "a row of " + source.table()
                            + " does not fit into memory, and its query cannot be changed to cut it",
                    e);
        }
    }

    /** Ends the page: everything that was read counts as safe, also rows that gave no line. */
    void close(TablePage page) throws IOException {
        page.close();
        if (page.rest() != null) {
            late.add(page.rest());
        }
        if (page.request().cut() > 0 && page.rows() > 0) {
            source.dropped(DropListener.Reason.CUT, page.request().cut());
            LOG.warn(
                    "{}: a row of {} does not fit into memory; {} of its texts were cut. Give the process more memory to"
                            + " have such rows whole",
                    source.name(),
                    source.table(),
                    page.request().cut());
        }
        if (page.endedByLargeRow()) {
            // And the row before it, which comes again, as the query's result is read one row ahead.
            cutRows = 2;
        }
        moreRows = page.isFull() || !late.isEmpty() || cutRows > 0;
        if (page.rows() > 0 && page.request().limit() > 1) {
            limit = nextLimit(page);
        }
        newest = Long.compareUnsigned(newest, position.cursor()) < 0 ? position.cursor() : newest;
    }

    /**
     * As many rows as fill a page by bytes, going by what these took; and whole batches, for a small rest at the end of each
     * page would cost a file and a request of its own.
     */
    private int nextLimit(TablePage page) {
        long rowBytes = page.bytesOfRow();
        if (page.rowsOfBatch() > 0) {
            batchBytes = rowBytes * page.rowsOfBatch();
        }
        long fitting = Math.min(settings.page().rows(), settings.page().bytes() / rowBytes);
        long ofBatch = batchBytes / rowBytes;
        if (ofBatch > 0 && fitting > ofBatch) {
            // A little less, since rows differ.
            fitting = fitting / ofBatch * ofBatch * 97 / 100;
        }
        return (int) Math.max(1, fitting);
    }

    /** @return false when there is nothing new in the table */
    private boolean look() throws IOException {
        late.clear();
        position.load();
        position.retryWrite();
        if (looked && seen != null && source.now() - lookedAt < LOOK_NANOS && glance()) {
            return true;
        }
        Facts facts = table.facts();
        if (facts == null) {
            tableWasAbsent |= !position.hasBegun();
            throw new IllegalStateException(
                    "table " + source.table() + " does not exist, or the MySQL user may not SELECT from"
                            + " it; it is read as soon as it is there");
        }
        lookedAt = source.now();
        newest = facts.newest() == null ? 0 : facts.newest();
        if (!looked && term.takesOver() && !position.isShared()) {
            othersUpTo = newest;
        }
        looked = true;
        if (position.hasBegun()) {
            recognise(facts);
        } else {
            begin(facts);
        }
        lookAtGaps();
        return true;
    }

    /**
     * Looks for what a flush has just inserted, and nothing else.
     *
     * @return false when the table has to be looked at as a whole
     */
    private boolean glance() {
        newest = table.newest();
        if (Long.compareUnsigned(newest, position.cursor()) < 0) {
            return false;
        }
        Range young = position.gaps().spanSince(source.now() - YOUNG_NANOS);
        if (young != null) {
            late.addAll(table.late(position.gaps(), List.of(young)));
        }
        return true;
    }

    private void begin(Facts facts) throws IOException {
        Start start = settings.start();
        if (start instanceof Start.Now && term.takesOver()) {
            // Now is when the first replica began to read. Where the last one has come to, nobody here knows: what it
            // had not read yet is in the table or the list, and what it had is sent once more, to the same points.
            start = new Start.Beginning();
        }
        startsNow = start instanceof Start.Now;
        long at;
        if (start instanceof Start.Newest most) {
            at = table.beforeNewest(most.rows());
        } else if (start instanceof Start.After after) {
            at = after.seq();
        } else if (start instanceof Start.Beginning) {
            // What was trimmed before the product first ran was never its to read.
            at = beforeOldest(facts);
        } else {
            // In a table that was not there at the first look, every row is new.
            at = tableWasAbsent ? 0 : newest;
        }
        // The table may be empty, and not always have been.
        boolean wasEmptied = facts.newest() == null && facts.nextNumber() != null;
        takeSample(at);
        position.begin(at, wasEmptied ? facts.nextNumber() - 1 : 0, facts.created());
        LOG.info(
                "{}: begins after {} {} of {}",
                source.name(),
                source.trackingColumn(),
                Long.toUnsignedString(at),
                source.table());
        position.write();
    }

    private static long beforeOldest(Facts facts) {
        return facts.oldest() == null || facts.oldest() == 0 ? 0 : facts.oldest() - 1;
    }

    /** Of the oldest rows and of the newest, oldest first. */
    private void takeSample(long upTo) {
        Map<String, String> rows = table.oldestIdentities(upTo, TableFingerprint.OLDEST);
        new ArrayDeque<>(table.newestIdentities(upTo, SAMPLED_AT_START).entrySet())
                .descendingIterator()
                .forEachRemaining(row -> rows.put(row.getKey(), row.getValue()));
        rows.replaceAll((number, identity) -> TableFingerprint.hash(identity));
        position.sample().restore(rows);
    }

    /**
     * Begins again where the numbers of the table have: it was truncated, or dropped and created.
     *
     * <p>If unsure, re-read: duplicates are harmless, gaps are not.
     */
    private void recognise(Facts facts) throws IOException {
        boolean altered = !Objects.equals(position.created(), facts.created());
        if (altered) {
            table.changed();
        }
        long cursor = position.cursor();
        Map<String, String> known = position.sample().rows();
        Map<String, String> there = table.identities(known.keySet());
        boolean isOther = facts.nextNumber() != null && Long.compareUnsigned(facts.nextNumber(), cursor) <= 0;
        for (Map.Entry<String, String> row : there.entrySet()) {
            isOther |= !TableFingerprint.hash(row.getValue()).equals(known.get(row.getKey()));
        }
        boolean isUnknown = there.isEmpty()
                && (altered || !known.isEmpty())
                && facts.oldest() != null
                && Long.compareUnsigned(facts.oldest(), cursor) <= 0;
        position.created(facts.created());
        if (!isOther && !isUnknown) {
            position.sample().oldest(table.oldestIdentities(cursor, TableFingerprint.OLDEST));
            return;
        }
        LOG.info(
                "{}: the table {} has been truncated or created anew; it is read from its beginning",
                source.name(),
                source.table());
        othersUpTo = 0;
        // Where it may be the old table, what is missing up to the old cursor has been read or counted.
        position.restart(isOther ? 0 : beforeOldest(facts), isOther ? 0 : cursor);
        position.write();
    }

    private void lookAtGaps() {
        Gaps gaps = position.gaps();
        if (gaps.count() == 0) {
            return;
        }
        late.addAll(table.late(gaps));
        long now = source.now();
        long window = settings.lateWindow().toNanos();
        long missed = gaps.expire(now, window, othersUpTo);
        for (Range range : late) {
            // A row that is visible now is late, not missed, however old its gap is.
            if (!gaps.contains(range.from())) {
                gaps.add(range, now);
                missed -= range.sizeAbove(othersUpTo);
            }
        }
        if (missed > 0 && seen != null) {
            missed -= seen.takeWithoutRow(now - window, missed);
        }
        if (seen != null) {
            seen.forgetWithoutRow(now - WINDOWS * window);
        }
        settings.metrics().rowsMissed(source.name(), missed);
    }

    private double lag() {
        if (!leads()) {
            return 0;
        }
        long cursor = position.cursor();
        long rows = newest - cursor;
        return Long.compareUnsigned(newest, cursor) <= 0 ? 0 : rows >= 0 ? rows : rows + 0x1p64;
    }
}
