package io.funcobserver.mysql;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.funcobserver.lineprotocol.DropListener;
import io.funcobserver.observe.HealthState;
import io.funcobserver.redis.AnswerTooLargeException;
import io.funcobserver.redis.WatchedList;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.backoff.BackOff;
import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;

/**
 * Follows the Redis list that holds a table's records before they have a row.
 *
 * <p>What is pushed while the tail runs comes from the watch, which sees it even where it is popped at once. The list
 * itself is read by LRANGE, pass by pass, at the start and whenever the watch may have missed something.
 */
final class BufferTail {
    private static final Logger LOG = LoggerFactory.getLogger(BufferTail.class);

    /** Exchange variable: whether the list itself is to be read now. */
    static final String READS_LIST = "readsList";

    private static final int MOST_ENTRIES = 500;
    private static final long MOST_CHARACTERS = 1 << 20;
    /** Entries wait in memory for each other so long: a batch costs a file, a request and some flushes to the disk. */
    private static final long GATHER_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);

    private final TailSource source;
    private final TailSettings.Buffers buffers;
    private final SeenIds seen;
    private final TailPosition position;
    private final BufferWalk walk = new BufferWalk();
    /** Up to 30 s. */
    private final BackOff backOff = new ExponentialBackOff(1000, 2);

    private BackOffExecution failures = backOff.start();
    private long retryNanos;
    private WatchedList.Reader watched;

    /** What the watch may have missed, as of the last whole pass and as of the one under way. */
    private long lossesCovered = -1;

    private long lossesOfPass = -1;
    private boolean hasTaken;
    private long takenNanos;
    private boolean more;
    private boolean saidMalformed;

    BufferTail(TailSource source, SeenIds seen, TailPosition position) {
        this.source = source;
        this.buffers = source.settings().buffers();
        this.seen = seen;
        this.position = position;
        this.retryNanos = source.now();
    }

    /** Whether the next run follows at once. */
    boolean hasMore() {
        return more && mayRead(source.now());
    }

    /**
     * Sets the variable {@value #READS_LIST}, and the headers for LRANGE, where a piece of the list itself is to be read.
     *
     * @param startsNow whether what stands in the list counts as known
     * @return the piece that comes from the watch; null where there is none
     */
    BufferPiece next(Exchange exchange, boolean startsNow) {
        more = false;
        if (watched == null) {
            watched = buffers.watch().reader(source.buffer());
            seen.showsLate(watched::mayHaveMore);
            source.settings().metrics().listRowsRead(source.name(), 0);
            begin(startsNow);
        }
        tooLarge(watched.newTooLarge());
        long now = source.now();
        boolean gathers =
                hasTaken && now - takenNanos < GATHER_NANOS && !watched.hasAtLeast(MOST_ENTRIES, MOST_CHARACTERS);
        List<String> pushed = gathers ? List.of() : watched.next(MOST_ENTRIES, MOST_CHARACTERS);
        if (!pushed.isEmpty()) {
            hasTaken = true;
            takenNanos = now;
            return piece(pushed, null);
        }
        if (needsPass() && mayRead(now)) {
            int from = walk.from();
            if (from == 0) {
                lossesOfPass = watched.losses();
            }
            exchange.getMessage().setHeader("CamelRedis.Key", source.buffer());
            exchange.getMessage().setHeader("CamelRedis.Start", Integer.toString(from));
            exchange.getMessage().setHeader("CamelRedis.End", Integer.toString(from + walk.entries() - 1));
            exchange.setVariable(READS_LIST, true);
        }
        return null;
    }

    private void begin(boolean startsNow) {
        if (position.buffer() != null) {
            walk.resume(position.buffer());
        } else {
            walk.begin(startsNow);
        }
    }

    private boolean mayRead(long nowNanos) {
        return nowNanos - retryNanos >= 0;
    }

    private boolean needsPass() {
        return walk.isUnderWay() || lossesCovered < 0 || lossesCovered != watched.losses();
    }

    private BufferPiece piece(List<?> entries, BufferWalk ofList) {
        return new BufferPiece(entries, source, ofList, seen);
    }

    /** Takes what LRANGE gave. */
    BufferPiece open(List<?> entries) {
        HealthState.Down ended = buffers.health().clear(part());
        if (ended != null) {
            LOG.info(
                    "{}: the list {} is read again, after it failed since {}",
                    source.name(),
                    source.buffer(),
                    ended.since());
        }
        failures = backOff.start();
        retryNanos = source.now();
        return piece(entries, walk);
    }

    /** The list cannot be read, or an entry of it: the table goes on without it. */
    void failed(Throwable failure) {
        AnswerTooLargeException tooLarge = AnswerTooLargeException.in(failure);
        if (tooLarge != null) {
            tooLarge(walk.tooLarge(tooLarge.index()) ? 1 : 0);
            more = true;
            return;
        }
        retryNanos = source.now() + TimeUnit.MILLISECONDS.toNanos(failures.nextBackOff());
        walk.takeAllForNew();
        String reason = "the list " + source.buffer() + " cannot be read ("
                + buffers.diagnosis().apply(failure)
                + "): records come from the table " + source.table()
                + " only, which lacks what Func trims at once; records.buffers=false switches the list off";
        if (buffers.health().warn(part(), reason)) {
            LOG.warn("{}: {}", source.name(), reason);
        }
    }

    private void tooLarge(long entries) {
        if (entries > 0) {
            source.dropped(DropListener.Reason.TOO_LARGE, entries);
            LOG.warn(
                    "{}: the list {} holds an entry of more than 16 MiB, which is passed over and counted; see which function"
                            + " returns or prints so much",
                    source.name(),
                    source.buffer());
        }
    }

    /** The list is read no more by this one. */
    void leave() {
        if (watched != null) {
            watched.leave();
        }
    }

    private String part() {
        return "measurement." + source.name() + ".buffer";
    }

    /** Ends the piece: its lines are safe. */
    void close(BufferPiece piece) throws IOException {
        boolean isRead = piece.close();
        if (!piece.isOfList()) {
            watched.take(piece.size());
            walk.pushed(piece.newest());
        } else if (isRead && !walk.isUnderWay()) {
            lossesCovered = lossesOfPass;
        }
        if (!isRead) {
            return;
        }
        // Where the watch cannot read the list, a pass a period will do.
        more = watched.hasAtLeast(MOST_ENTRIES, MOST_CHARACTERS)
                || walk.isUnderWay()
                || lossesCovered >= 0 && needsPass();
        position.buffer(walk.state());
        position.writeWithLines();
        if (piece.hasMalformed() && !saidMalformed) {
            saidMalformed = true;
            LOG.warn(
                    "{}: the list {} holds entries that are no records (no JSON object, or without {}); they are passed"
                            + " over, and counted as values_dropped with the reason {}",
                    source.name(),
                    source.buffer(),
                    source.identityColumn(),
                    DropListener.Reason.MALFORMED.label());
        }
    }
}
