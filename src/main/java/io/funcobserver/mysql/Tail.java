package io.funcobserver.mysql;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;

import io.funcobserver.cluster.Leadership.Term;
import io.funcobserver.lineprotocol.Row;
import io.funcobserver.observe.MeasurementRun;
import io.funcobserver.spool.PageAcknowledger;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.component.sql.ResultSetIterator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows one table by its tracking column, and the list that holds its records before they have a row; the bean behind
 * {@code kamelet:mysql-tail-source}.
 *
 * <p>A run takes some entries of the list ({@link BufferTail}) and then a page of the table ({@link TableTail}). A record
 * that the list has shown is passed over in the table: an entry leaves the list before its row is inserted, so it is never
 * seen the other way round.
 *
 * <p>Used by one thread at a time: that of its route.
 */
public final class Tail {
    private static final Logger LOG = LoggerFactory.getLogger(Tail.class);

    private final TailSource source;

    private Term term;
    private TableTail table;
    /** Null where there is no list to read. */
    private BufferTail buffer;
    /** What is read in this run. */
    private BufferPiece piece;

    private TablePage page;

    /**
     * @param name of the measurement, and of the cursor
     * @param table the table that grows
     * @param sql the query for a page, or where it stands; needed for a row that does not fit into memory
     * @param trackingColumn the column whose numbers grow with each row
     * @param identityColumn the column that tells a record from every other one
     * @param buffer the key of the Redis list that holds records before they have a row; empty where there is none
     */
    public Tail(
            String name,
            String table,
            String sql,
            String trackingColumn,
            String identityColumn,
            String buffer,
            TailSettings settings) {
        this(new TailSource(name, table, sql, trackingColumn, identityColumn, buffer, settings, System::nanoTime));
    }

    Tail(TailSource source) {
        this.source = source;
    }

    /**
     * Whether to read. In a new term everything begins with the cursor as it is then, as after a restart: others may have
     * read in between.
     */
    private boolean leads() {
        Term now = source.settings().leadership().term();
        if (now != null && !now.equals(term)) {
            term = now;
            close();
        }
        if (now != null && table == null) {
            open();
        }
        return now != null;
    }

    private void open() {
        boolean hasBuffer =
                source.settings().buffers() != null && !source.buffer().isEmpty();
        SeenIds seen = hasBuffer ? new SeenIds() : null;
        table = new TableTail(source, seen, term);
        buffer = seen == null ? null : new BufferTail(source, seen, table.position());
    }

    private void close() {
        if (buffer != null) {
            buffer.leave();
        }
        table = null;
        buffer = null;
    }

    /**
     * Begins a run with some entries of the list, where there are any: see {@link BufferTail#next}. The table comes first,
     * once: it says where the tail begins.
     */
    public void nextPiece(Exchange exchange) {
        exchange.setProperty(Exchange.SCHEDULER_POLLED_MESSAGES, false);
        exchange.setVariable(MeasurementRun.VARIABLE, source.name());
        exchange.setVariable(PageAcknowledger.VARIABLE, null);
        exchange.setVariable(BufferTail.READS_LIST, false);
        if (exchange.getContext().isStopping() || !leads()) {
            return;
        }
        if (table.position().isRolledBack()) {
            LOG.info("{}: begins again behind its last cursor, since lines behind it were not kept", source.name());
            close();
            open();
        }
        if (buffer != null && table.position().hasBegun() && table.position().isKept()) {
            take(buffer.next(exchange, table.startsNow()), exchange);
        }
    }

    /** Takes the list's entries, those that are new. */
    public void openPiece(@Body List<?> entries, Exchange exchange) {
        take(buffer.open(entries), exchange);
    }

    private void take(BufferPiece next, Exchange exchange) {
        piece = next;
        exchange.setVariable(PageAcknowledger.VARIABLE, piece);
        exchange.getMessage().setBody(piece == null ? null : piece.rows());
    }

    /** The list cannot be read: the table goes on without it. */
    public void bufferFailed(Exchange exchange) {
        buffer.failed(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class));
    }

    /** Ends the piece: its lines are safe. */
    public void closePiece() throws IOException {
        buffer.close(piece);
    }

    /** Goes on with a page of the table, where there is one: see {@link TableTail#next}. */
    public void nextPage(Exchange exchange) throws IOException {
        exchange.setVariable(PageAcknowledger.VARIABLE, null);
        if (!exchange.getContext().isStopping() && leads()) {
            boolean begins = !table.position().hasBegun();
            page = table.next(exchange);
            exchange.setVariable(PageAcknowledger.VARIABLE, page);
            if (page == null) {
                finish(exchange, begins);
            }
        }
    }

    /** Passes the query's rows on, one by one, up to the page's limits. */
    public Iterator<Row> openPage(@Body ResultSetIterator rows) {
        return page.of(rows);
    }

    /** Ends the page: everything that was read counts as safe, also rows that gave no line. */
    public void closePage(Exchange exchange) throws IOException {
        table.close(page);
        finish(exchange, false);
    }

    /** Says whether the next run follows at once. */
    private void finish(Exchange exchange, boolean begins) {
        boolean more = table.hasMore() || buffer != null && (begins || buffer.hasMore());
        exchange.setProperty(Exchange.SCHEDULER_POLLED_MESSAGES, more);
    }
}
