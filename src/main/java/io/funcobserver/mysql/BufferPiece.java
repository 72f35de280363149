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
import io.funcobserver.spool.PageAcknowledger;

/** Some entries of the buffer, on their way to the spool: those that are new. */
final class BufferPiece implements Iterator<Row>, PageAcknowledger {
    private final TailSource source;
    private final BufferWalk walk;
    private final SeenIds seen;
    private final MapRows maps;
    private final TailSettings settings;
    private final long nowNanos;

    private List<?> entries = List.of();
    private int position;
    private long bytes;
    private boolean ended;
    private Row next;
    private long malformed;
    private Long newest;

    /** An entry that was handed on. */
    private record Handed(long id, boolean getsRow) {}

    private final List<Handed> handedOn = new ArrayList<>();
    private final Set<Long> unconfirmed = new HashSet<>();
    private int confirmed;

    /** @param walk where the piece is one of the list itself, newest first; null where it comes from the watch */
    BufferPiece(TailSource source, BufferWalk walk, SeenIds seen, MapRows maps, TailSettings settings, long nowNanos) {
        this.source = source;
        this.walk = walk;
        this.seen = seen;
        this.maps = maps;
        this.settings = settings;
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
        BufferEntry entry = BufferEntry.of(text, source.identityColumn(), maps);
        if (entry.row() == null) {
            if (!seen.contains(entry.id())) {
                malformed++;
                settings.metrics().valuesDropped(source.name(), DropListener.Reason.MALFORMED, 1);
                seen.addWithoutRow(entry.id());
            }
            return;
        }
        newest = entry.id();
        boolean getsRow = settings.buffers().getsRow().test(entry.row());
        switch (walk == null ? BufferWalk.Step.DELIVER : walk.step(entry.id())) {
            case STOP -> ended = true;
            case REMEMBER -> remember(new Handed(entry.id(), getsRow));
            default -> {
                if (!seen.contains(entry.id()) && unconfirmed.add(entry.id())) {
                    handedOn.add(new Handed(entry.id(), getsRow));
                    next = entry.row();
                }
            }
        }
    }

    private void remember(Handed entry) {
        if (entry.getsRow()) {
            seen.add(entry.id(), nowNanos);
        } else {
            seen.addWithoutRow(entry.id());
        }
    }

    @Override
    public void acknowledge(long rows) {
        if (rows > confirmed) {
            handedOn.subList(confirmed, (int) rows).forEach(this::remember);
            settings.metrics().rowsRead(source.name(), rows - confirmed);
            settings.metrics().listRowsRead(source.name(), rows - confirmed);
            confirmed = (int) rows;
        }
    }

    /**
     * The piece's lines are safe.
     *
     * @return false where nobody has read it, since its category is not sent
     */
    boolean close() {
        if (next != null || !ended && position < entries.size()) {
            return false;
        }
        acknowledge(handedOn.size());
        if (walk != null) {
            walk.end(entries.size(), position == 0 ? 0 : bytes * entries.size() / position);
        }
        return true;
    }

    /** Whether it was read from the list itself. */
    boolean isOfList() {
        return walk != null;
    }

    int size() {
        return entries.size();
    }

    /** The id of the last entry that was looked at; null where none has one. */
    Long newest() {
        return newest;
    }

    /** How many entries were passed over because they are no records. */
    long malformed() {
        return malformed;
    }
}
