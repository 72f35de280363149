package io.funcobserver.mysql;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;

import com.zaxxer.hikari.HikariDataSource;
import io.funcobserver.lineprotocol.Fnv;
import io.funcobserver.lineprotocol.Row;
import io.funcobserver.lineprotocol.Utf8;
import io.funcobserver.lineprotocol.WholeNumber;
import io.funcobserver.mysql.Gaps.Range;
import io.funcobserver.spool.PageAcknowledger;
import org.apache.camel.component.sql.ResultSetIterator;
import org.apache.camel.util.ObjectHelper;
import org.mariadb.jdbc.export.MaxAllowedPacketException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The rows of one query, on their way to the spool: those that no buffer has shown. */
final class TablePage implements Iterator<Row>, PageAcknowledger {
    private static final Logger LOG = LoggerFactory.getLogger(TablePage.class);

    private static final int FIRST_SIZE = 100;

    /**
     * What a page is asked for.
     *
     * @param late whether the rows stand in gaps
     * @param limit the most rows
     * @param cut how many texts of the one row are cut by the server, or -1
     */
    record Request(Range range, boolean late, int limit, int cut) {}

    private final Request request;
    private final TailSource source;
    private final TailPosition position;
    private final SeenIds seen;
    private ResultSetIterator rows;
    private Row next;

    private long[] numbers = new long[FIRST_SIZE];
    private Object[] identities = new Object[FIRST_SIZE];
    private int read;
    /** How many rows had been read when each of the rows that were handed on was. */
    private int[] handedOn = new int[FIRST_SIZE];

    private int handed;
    private int confirmed;
    private int confirmedHanded;
    private int batches;
    private int firstBatch;
    private long bytes;
    private boolean ended;
    private boolean tooLarge;

    private int trackingIndex = -1;
    private int identityIndex = -1;

    /** @param seen null where there is no buffer */
    TablePage(Request request, TailSource source, TailPosition position, SeenIds seen) {
        this.request = request;
        this.source = source;
        this.position = position;
        this.seen = seen;
    }

    TablePage of(ResultSetIterator result) {
        rows = result;
        return this;
    }

    @Override
    public boolean hasNext() {
        while (next == null && !ended && rows.hasNext()) {
            read();
        }
        return next != null;
    }

    @Override
    public Row next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        Row row = next;
        next = null;
        return row;
    }

    private void read() {
        SqlRows.SqlRow row;
        try {
            row = (SqlRows.SqlRow) rows.next();
        } catch (RuntimeException e) {
            if (ObjectHelper.getException(MaxAllowedPacketException.class, e) == null) {
                throw e;
            }
            // The iterator reads ahead: it is the row behind this one, and this one comes again.
            tooLarge = true;
            ended = true;
            rows.close();
            return;
        }
        if (read == 0) {
            trackingIndex = row.columns().indexOf(source.trackingColumn());
            identityIndex = row.columns().indexOf(source.identityColumn());
            if (trackingIndex < 0) {
                throw new IllegalStateException("the query of " + source.name()
                        + " does not select its tracking column " + source.trackingColumn() + "; add it");
            }
        }
        if (read == numbers.length) {
            numbers = Arrays.copyOf(numbers, read * 2);
            identities = Arrays.copyOf(identities, read * 2);
            handedOn = Arrays.copyOf(handedOn, read * 2);
        }
        numbers[read] = number(row.value(trackingIndex));
        identities[read] = identityIndex < 0 ? null : row.value(identityIndex);
        Object identity = identities[read];
        read++;
        bytes += row.size();
        if (bytes >= source.settings().page().bytes() && rows.hasNext()) {
            ended = true;
            cutOff(row);
        }
        if (seen == null || seen.isEmpty() || identity == null || !seen.hasRow(hash(identity))) {
            handedOn[handed++] = read;
            next = row;
        }
    }

    private long number(Object value) {
        Number whole = WholeNumber.of(value);
        boolean isUnsigned = whole instanceof Long || whole instanceof BigInteger big && big.bitLength() <= Long.SIZE;
        if (!isUnsigned) {
            Object shown = value instanceof byte[] text ? new String(text, StandardCharsets.UTF_8) : value;
            throw TailedTable.noNumber(source, shown);
        }
        return whole.longValue();
    }

    private static long hash(Object identity) {
        return Fnv.hash(Utf8.of(identity));
    }

    /**
     * Gives the connection up instead of reading the rest of the result, which may be gigabytes: to close a streamed result
     * means to read it to its end.
     */
    private void cutOff(SqlRows.SqlRow row) {
        try {
            Connection connection = row.source().getStatement().getConnection();
            if (source.settings().mysql() instanceof HikariDataSource pool) {
                pool.evictConnection(connection);
            }
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            LOG.debug("{}: the rest of a page is read to its end", source.name(), e);
        }
        rows.close();
    }

    @Override
    public void acknowledge(long count) throws IOException {
        if (count <= confirmedHanded) {
            return;
        }
        moveTo(handedOn[(int) count - 1]);
        source.settings().metrics().rowsRead(source.name(), count - confirmedHanded);
        confirmedHanded = (int) count;
        batches++;
        if (batches == 1) {
            firstBatch = confirmed;
        }
        position.write();
    }

    private void moveTo(int count) {
        boolean mayBeShown = seen != null && seen.mayBeShownLate();
        for (int i = confirmed; i < count && mayBeShown; i++) {
            if (identities[i] != null) {
                seen.addWithoutRow(hash(identities[i]));
            }
        }
        if (request.late()) {
            for (int i = confirmed; i < count; i++) {
                position.filled(numbers[i]);
            }
        } else if (count > confirmed) {
            position.move(numbers, identities, confirmed, count);
        }
        confirmed = Math.max(confirmed, count);
    }

    /** Everything that was read is safe, also rows that gave no line. */
    void close() throws IOException {
        if (rows == null || next != null || !ended && rows.hasNext()) {
            // Its category is not sent: nobody has read it.
            return;
        }
        acknowledge(handed);
        moveTo(read);
        position.writeWithLines();
        position.writeLazily();
    }

    Request request() {
        return request;
    }

    /** How many rows were read. */
    int rows() {
        return read;
    }

    /** Where a late page goes on that has not come to its end, or null. */
    Range rest() {
        boolean unfinished =
                request.late() && read > 0 && read < request.range().size();
        return unfinished ? new Range(numbers[read - 1] + 1, request.range().to()) : null;
    }

    /** Whether a row behind this page does not fit into memory. */
    boolean endedByLargeRow() {
        return tooLarge;
    }

    boolean isFull() {
        return ended || read == request.limit();
    }

    /** About, in memory. */
    long bytesOfRow() {
        return Math.max(1, bytes / Math.max(1, read));
    }

    /** How many rows a whole batch had, or 0. */
    int rowsOfBatch() {
        return batches > 1 ? firstBatch : 0;
    }
}
