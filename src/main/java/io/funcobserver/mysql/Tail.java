package io.funcobserver.mysql;

import java.io.IOException;
import java.math.BigInteger;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

import io.funcobserver.cluster.Leadership.Term;
import io.funcobserver.lineprotocol.DropListener;
import io.funcobserver.lineprotocol.MapRows;
import io.funcobserver.lineprotocol.Row;
import io.funcobserver.mysql.Gaps.Range;
import io.funcobserver.mysql.TailSettings.Start;
import io.funcobserver.mysql.TailedTable.Facts;
import io.funcobserver.observe.HealthState;
import io.funcobserver.observe.MeasurementRun;
import io.funcobserver.spool.PageAcknowledger;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.NoTypeConversionAvailableException;
import org.apache.camel.component.sql.ResultSetIterator;
import org.apache.camel.component.sql.SqlConstants;
import org.apache.camel.component.sql.SqlHelper;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Follows one table by its tracking column, and the list that holds its records before they have a row; the bean behind
 * {@code kamelet:mysql-tail-source}.
 *
 * <p>A run takes some entries of the list and then a page of the table, each through three steps: {@link #nextPiece} and
 * {@link #nextPage} decide what comes next, {@link #openPiece} and {@link #openPage} hand it on as rows and keep count,
 * {@link #closePiece} and {@link #closePage} decide whether more waits. The cursor moves in between, by {@link
 * PageAcknowledger#acknowledge}, whenever a batch of lines is safe in the spool. If any step fails the cursor stands, and the next
 * page begins there. A record that the list has shown is passed over in the table: an entry leaves the list before its
 * row is inserted, so it is never seen the other way round.
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
    /** So long after a gap was found, its rows are expected any moment. */
    private static final long YOUNG_NANOS = TimeUnit.SECONDS.toNanos(5);
    /** So many windows after an entry was seen, no gap is left that it could explain. */
    private static final int WINDOWS = 4;

    private final LongSupplier nanoTime;
    private final Pace pace;
    private String name;
    private String tableName;
    private String sql = "";
    private String trackingColumn;
    private String identityColumn;
    private String bufferKey = "";
    private TailSettings settings;

    private TailedTable table;
    private volatile TailPosition position;
    private volatile Term term;
    /** What is missing up to this number, another replica may have read. */
    private long othersUpTo;

    private boolean tableWasAbsent;
    private boolean startsNow;
    private volatile long newest;
    private final Queue<Range> late = new ArrayDeque<>();
    private SeenIds seen = new SeenIds();
    private BufferWalk walk = new BufferWalk();
    private final MapRows entries = new MapRows();

    private int limit = FIRST_PAGE;
    /** What the rows of one batch take in memory, in bytes; 0 until a page has filled one. */
    private long batchBytes;

    private boolean moreEntries;
    private boolean moreRows;
    private boolean soon;
    private boolean cutNext;
    private boolean oneNext;
    private boolean looked;
    private long lookedAt;
    private boolean saidMalformed;

    public Tail() {
        this(System::nanoTime, Clock.systemUTC());
    }

    Tail(LongSupplier nanoTime, Clock clock) {
        this.nanoTime = nanoTime;
        this.pace = new Pace(clock);
    }

    public void setName(String name) {
        this.name = name;
    }

    public void setTable(String tableName) {
        this.tableName = tableName;
    }

    /** The query for a page, or where it stands; needed for a row that does not fit into memory. */
    public void setSql(String sql) {
        this.sql = sql;
    }

    public void setTrackingColumn(String trackingColumn) {
        this.trackingColumn = trackingColumn;
    }

    public void setIdentityColumn(String identityColumn) {
        this.identityColumn = identityColumn;
    }

    /** The key of the Redis list; empty where there is none. */
    public void setBuffer(String bufferKey) {
        this.bufferKey = bufferKey;
    }

    public void setSettings(TailSettings settings) {
        this.settings = settings;
    }

    String name() {
        return name;
    }

    String trackingColumn() {
        return trackingColumn;
    }

    String identityColumn() {
        return identityColumn;
    }

    TailSettings settings() {
        return settings;
    }

    long now() {
        return nanoTime.getAsLong();
    }

    /** How long to wait before this run, in milliseconds: a little while Func moves records, else nothing. */
    public long pause() {
        return soon ? pace.shortPause().toMillis() : 0;
    }

    /**
     * Sets the headers for LRANGE, and the variable {@code page}; no variable where there is no list to read now. The table
     * comes first, once: it says where the tail begins.
     */
    public void nextPiece(Exchange exchange) {
        exchange.setProperty(Exchange.SCHEDULER_POLLED_MESSAGES, false);
        exchange.setVariable(MeasurementRun.VARIABLE, name);
        exchange.setVariable(PageAcknowledger.VARIABLE, null);
        soon = false;
        moreEntries = false;
        if (position != null && position.isRolledBack()) {
            LOG.info("{}: begins again behind its last cursor, since lines behind it were not kept", name);
            startOver();
        }
        if (exchange.getContext().isStopping() || !leads() || !readsBuffer() || pace.isBackingOff(now())) {
            return;
        }
        if (!walk.hasBegun()) {
            settings.metrics().listRowsRead(name, 0);
            if (position.buffer() != null) {
                walk.resume(position.buffer());
            } else {
                walk.begin(startsNow);
            }
        }
        int from = walk.from();
        exchange.getMessage().setHeader("CamelRedis.Key", bufferKey);
        exchange.getMessage().setHeader("CamelRedis.Start", Integer.toString(from));
        exchange.getMessage().setHeader("CamelRedis.End", Integer.toString(from + walk.entries() - 1));
        exchange.setVariable(
                PageAcknowledger.VARIABLE,
                new BufferPiece(name, identityColumn, walk, seen, entries, settings.metrics(), now()));
    }

    /** Whether to read. In a new term everything begins with the cursor as it is then: others may have read in between. */
    private boolean leads() {
        Term now = settings.leadership().term();
        if (now != null && !now.equals(term)) {
            term = now;
            startOver();
        }
        return now != null;
    }

    private BooleanSupplier ofTerm(Term own) {
        return () -> settings.leadership().holds(own);
    }

    /** As after a restart: lines are gone that this process takes for safe, or another one has read on. */
    private void startOver() {
        table = null;
        position = null;
        othersUpTo = 0;
        tableWasAbsent = false;
        startsNow = false;
        seen = new SeenIds();
        walk = new BufferWalk();
        late.clear();
        looked = false;
        moreRows = false;
    }

    private boolean readsBuffer() {
        return settings.buffers()
                && !bufferKey.isEmpty()
                && position != null
                && position.hasBegun()
                && position.isKept();
    }

    /** Passes the list's entries on, those that are new. */
    public Iterator<Row> openPiece(@Body List<?> texts, Exchange exchange) {
        HealthState.Down ended = settings.health().clear(bufferPart());
        if (ended != null) {
            LOG.info("{}: the list {} is read again, after it failed since {}", name, bufferKey, ended.since());
        }
        pace.succeeded();
        return exchange.getVariable(PageAcknowledger.VARIABLE, BufferPiece.class)
                .of(texts);
    }

    /** The list cannot be read: the table goes on without it. */
    public void bufferFailed(Exchange exchange) {
        exchange.setVariable(PageAcknowledger.VARIABLE, null);
        pace.failed(now());
        walk.takeAllForNew();
        Throwable failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        String reason = "the list " + bufferKey + " cannot be read ("
                + settings.diagnosis().apply(failure)
                + "): records come from the table " + tableName
                + " only, which lacks what Func trims at once; records.buffers=false switches the list off";
        if (settings.health().warn(bufferPart(), reason)) {
            LOG.warn("{}: {}", name, reason);
        }
    }

    private String bufferPart() {
        return "measurement." + name + ".buffer";
    }

    /** Ends the piece: its lines are safe. */
    public void closePiece(Exchange exchange) throws IOException {
        BufferPiece piece = exchange.getVariable(PageAcknowledger.VARIABLE, BufferPiece.class);
        moreEntries = piece.close();
        exchange.setVariable(PageAcknowledger.VARIABLE, null);
        position.buffer(walk.state());
        position.writeWithLines(now());
        if (piece.malformed() > 0 && !saidMalformed) {
            saidMalformed = true;
            LOG.warn(
                    "{}: the list {} holds entries that are no records (no JSON object, or without {}); they are passed"
                            + " over, and counted as values_dropped with the reason {}",
                    name,
                    bufferKey,
                    identityColumn,
                    DropListener.Reason.MALFORMED.label());
        }
        if (!moreEntries && walk.sawPops()) {
            pace.moved(now());
        }
        if (!moreEntries && walk.holdsOnlyMalformed()) {
            // Each pass would go through all of it.
            pace.failed(now());
        }
    }

    /**
     * Sets the headers {@code after}, {@code upTo} and {@code limit} that the page's query takes, and the variable {@code
     * page}; no variable where there is nothing to read.
     */
    public void nextPage(Exchange exchange) throws IOException {
        exchange.setVariable(PageAcknowledger.VARIABLE, null);
        if (exchange.getContext().isStopping() || !leads()) {
            return;
        }
        boolean goOn = moreRows && now() - lookedAt < LOOK_NANOS;
        // Set again by a page that comes to its end: a failed one waits for the next poll.
        moreRows = false;
        if (!goOn && !look()) {
            finish(exchange);
            return;
        }
        Range range = late.poll();
        boolean isLate = range != null;
        if (!isLate) {
            if (!goOn && Long.compareUnsigned(newest, position.cursor()) <= 0) {
                position.writeLazily(now());
                finish(exchange);
                return;
            }
            range = new Range(position.cursor() + 1, LAST_NUMBER);
        }
        int rows = oneNext || cutNext ? 1 : isLate ? (int) Math.min(limit, range.size()) : limit;
        String after = Long.toUnsignedString(range.from() - 1);
        String upTo = Long.toUnsignedString(range.to());
        exchange.getMessage().setHeader("after", new BigInteger(after));
        exchange.getMessage().setHeader("upTo", new BigInteger(upTo));
        exchange.getMessage().setHeader("limit", rows);
        exchange.getMessage().removeHeader(SqlConstants.SQL_QUERY);
        int cut = cutNext ? cut(exchange, after, upTo) : -1;
        exchange.setVariable(
                PageAcknowledger.VARIABLE,
                new TablePage(
                        new TablePage.Request(range, isLate, rows, cut), this, position, readsBuffer() ? seen : null));
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onFailure(Exchange failed) {
                // The first row of the page; nothing else was read.
                cutNext |= cut < 0 && TablePage.isTooLarge(failed.getException());
            }
        });
    }

    /** @return how many texts of the row the server is asked to cut */
    private int cut(Exchange exchange, String after, String upTo) throws IOException {
        cutNext = false;
        try {
            String query = SqlHelper.resolveQuery(exchange.getContext(), sql, "#");
            CutQuery cut =
                    CutQuery.of(new JdbcTemplate(settings.mysql()), query, after, upTo, settings.largestRow() / 2);
            exchange.getMessage().setHeader(SqlConstants.SQL_QUERY, cut.sql());
            return cut.texts();
        } catch (NoTypeConversionAvailableException | DataAccessException e) {
            throw new IOException(
                    "a row of " + tableName + " does not fit into memory, and its query cannot be changed to cut it",
                    e);
        }
    }

    /** Passes the query's rows on, one by one, up to the page's limits. */
    public Iterator<Row> openPage(@Body ResultSetIterator rows, Exchange exchange) {
        return page(exchange).of(rows);
    }

    /** Ends the page: everything that was read counts as safe, also rows that gave no line. */
    public void closePage(Exchange exchange) throws IOException {
        TablePage page = page(exchange);
        page.close();
        if (page.rest() != null) {
            late.add(page.rest());
        }
        if (page.request().cut() > 0 && page.rows() > 0) {
            settings.metrics()
                    .valuesDropped(name, DropListener.Reason.CUT, page.request().cut());
            LOG.warn(
                    "{}: a row of {} does not fit into memory; {} of its texts were cut. Give the process more memory to"
                            + " have such rows whole",
                    name,
                    tableName,
                    page.request().cut());
        }
        // The row before the large one is read by itself, as the query's result is read one row ahead.
        cutNext = oneNext;
        oneNext = page.endedByLargeRow();
        moreRows = page.isFull() || !late.isEmpty() || cutNext;
        if (page.rows() > 0 && page.request().limit() > 1) {
            limit = nextLimit(page);
        }
        if (page.rows() > 0) {
            pace.moved(now());
        }
        newest = Long.compareUnsigned(newest, position.cursor()) < 0 ? position.cursor() : newest;
        finish(exchange);
    }

    private static TablePage page(Exchange exchange) {
        return exchange.getVariable(PageAcknowledger.VARIABLE, TablePage.class);
    }

    /** Says whether the next run follows at once. */
    private void finish(Exchange exchange) {
        boolean more = moreRows || moreEntries;
        soon = !more
                && readsBuffer()
                && !pace.isBackingOff(now())
                && (!walk.hasBegun() || walk.holdsEntries() && pace.isDense(now()));
        exchange.setProperty(Exchange.SCHEDULER_POLLED_MESSAGES, more || soon);
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
        long fitting = Math.min(settings.pageSize(), settings.pageBytes() / rowBytes);
        long ofBatch = batchBytes / rowBytes;
        if (ofBatch > 0 && fitting > ofBatch) {
            // A little less, since rows differ.
            fitting = fitting / ofBatch * ofBatch * 97 / 100;
        }
        return (int) Math.max(1, fitting);
    }

    /** @return false when there is nothing new in the table */
    private boolean look() throws IOException {
        if (table == null) {
            table = new TailedTable(settings.mysql(), tableName, trackingColumn, identityColumn);
            position = new TailPosition(
                    settings.cursors() == null ? null : settings.cursors().apply(name), ofTerm(term));
            settings.metrics().gauge("lag_rows", this, Tail::lag, "measurement", name);
        }
        late.clear();
        position.load(now());
        position.retryWrite(now());
        if (looked && readsBuffer() && now() - lookedAt < LOOK_NANOS && glance()) {
            return true;
        }
        Facts facts = table.facts();
        if (facts == null) {
            tableWasAbsent |= !position.hasBegun();
            throw new IllegalStateException(
                    "table " + tableName + " does not exist, or the MySQL user may not SELECT from"
                            + " it; it is read as soon as it is there");
        }
        lookedAt = now();
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
        Range young = position.gaps().spanSince(now() - YOUNG_NANOS);
        if (young != null) {
            late.addAll(table.late(position.gaps(), List.of(young)));
        }
        return true;
    }

    private void begin(Facts facts) throws IOException {
        Start start = settings.start();
        if (start instanceof Start.Now && term.takesOver()) {
            // Now is when the first replica began to read. Where the last one has come to, nobody here knows: what it
            // had not
            // read yet is in the table or the list, and what it had is sent once more, to the same points.
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
        LOG.info("{}: begins after {} {} of {}", name, trackingColumn, Long.toUnsignedString(at), tableName);
        position.write(now());
    }

    private static long beforeOldest(Facts facts) {
        return facts.oldest() == null || facts.oldest() == 0 ? 0 : facts.oldest() - 1;
    }

    private void takeSample(long upTo) {
        TableFingerprint sample = position.sample();
        sample.clear();
        Map<String, String> rows = table.identitiesUpTo(upTo, SAMPLED_AT_START);
        long[] numbers = new long[rows.size()];
        Object[] identities = new Object[rows.size()];
        int oldestFirst = rows.size();
        for (Map.Entry<String, String> row : rows.entrySet()) {
            numbers[--oldestFirst] = Long.parseUnsignedLong(row.getKey());
            identities[oldestFirst] = row.getValue();
        }
        sample.add(numbers, identities, 0, numbers.length);
        sample.oldest(table.oldestIdentitiesUpTo(upTo, TableFingerprint.OLDEST));
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
            position.sample().oldest(table.oldestIdentitiesUpTo(cursor, TableFingerprint.OLDEST));
            return;
        }
        LOG.info("{}: the table {} has been truncated or created anew; it is read from its beginning", name, tableName);
        // Where it may be the old table, what is missing up to the old cursor has been read or counted.
        othersUpTo = 0;
        position.restart(isOther ? 0 : beforeOldest(facts), isOther ? 0 : cursor);
        position.write(now());
    }

    private void lookAtGaps() {
        Gaps gaps = position.gaps();
        if (gaps.count() == 0) {
            return;
        }
        late.addAll(table.late(gaps));
        long now = now();
        long window = settings.lateWindow().toNanos();
        long missed = gaps.expire(now, window, othersUpTo);
        for (Range range : late) {
            // A row that is visible now is late, not missed, however old its gap is.
            if (!gaps.contains(range.from())) {
                gaps.add(range.from(), range.to(), now);
                missed -= range.sizeAbove(othersUpTo);
            }
        }
        if (missed > 0) {
            missed -= seen.takeWithoutRow(now - window, missed);
        }
        seen.forgetWithoutRow(now - WINDOWS * window);
        settings.metrics().rowsMissed(name, missed);
    }

    private double lag() {
        TailPosition own = position;
        if (own == null || !settings.leadership().holds(term)) {
            return 0;
        }
        long cursor = own.cursor();
        long rows = newest - cursor;
        return Long.compareUnsigned(newest, cursor) <= 0 ? 0 : rows >= 0 ? rows : rows + 0x1p64;
    }
}
