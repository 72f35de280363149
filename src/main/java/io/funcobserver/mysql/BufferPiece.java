package io.funcobserver.mysql;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;

import io.funcobserver.lineprotocol.DropListener;
import io.funcobserver.lineprotocol.MapRows;
import io.funcobserver.lineprotocol.Row;
import io.funcobserver.observe.Metrics;
import io.funcobserver.spool.PageAcknowledger;

/** Some entries of the buffer, newest first, on their way to the spool: those that are new. */
final class BufferPiece implements Iterator<Row>, PageAcknowledger {
    private final String name;
    private final String identityColumn;
    private final BufferWalk walk;
    private final SeenIds seen;
    private final MapRows maps;
    private final Metrics metrics;
    private final long nowNanos;

    private List<?> entries = List.of();
    private int position;
    private long bytes;
    private boolean ended;
    private Row next;
    private long malformed;

    /** The ids of the rows that were handed on, in order; and the same for looking up. */
    private final List<Long> handedOn = new ArrayList<>();

    private final Set<Long> unconfirmed = new HashSet<>();
    private int confirmed;

    BufferPiece(
            String name,
            String identityColumn,
            BufferWalk walk,
            SeenIds seen,
            MapRows maps,
            Metrics metrics,
            long nowNanos) {
        this.name = name;
        this.identityColumn = identityColumn;
        this.walk = walk;
        this.seen = seen;
        this.maps = maps;
        this.metrics = metrics;
        this.nowNanos = nowNanos;
    }

    BufferPiece of(List<?> texts) {
        this.entries = texts;
        return this;
    }

    @Override
    public boolean hasNext() {
        while (next == null && !ended && position < entries.size()) {
            look(entries.get(position++).toString());
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

    private void look(String text) {
        bytes += text.length();
        BufferEntry entry = BufferEntry.of(text, identityColumn, maps);
        if (entry.row() == null) {
            if (!seen.contains(entry.id())) {
                malformed++;
                metrics.valuesDropped(name, DropListener.Reason.MALFORMED, 1);
                seen.addUncounted(entry.id());
            }
            return;
        }
        switch (walk.step(entry.id())) {
            case STOP -> ended = true;
            case REMEMBER -> seen.add(entry.id(), nowNanos);
            default -> {
                if (!seen.contains(entry.id()) && unconfirmed.add(entry.id())) {
                    handedOn.add(entry.id());
                    next = entry.row();
                }
            }
        }
    }

    @Override
    public void acknowledge(long rows) {
        for (; confirmed < rows; confirmed++) {
            seen.add(handedOn.get(confirmed), nowNanos);
            metrics.rowsRead(name, 1);
            metrics.listRowsRead(name, 1);
        }
    }

    /**
     * The piece's lines are safe.
     *
     * @return whether the pass goes on
     */
    boolean close() {
        if (next != null || !ended && position < entries.size()) {
            // Its category is not sent: nobody has read it.
            return false;
        }
        acknowledge(handedOn.size());
        return walk.end(entries.size(), position == 0 ? 0 : bytes * entries.size() / position);
    }

    /** How many entries were passed over because they are no records. */
    long malformed() {
        return malformed;
    }
}
