package io.funcobserver.mysql;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

import io.funcobserver.lineprotocol.DropListener;
import io.funcobserver.lineprotocol.Row;
import io.funcobserver.spool.PageAcknowledger;

/** Some entries of the buffer, on their way to the spool: those that are new. */
final class BufferPiece implements PageAcknowledger {
    /** An entry that is new, and whether a row of the table will follow it. */
    private record New(long id, boolean getsRow, Row row) {}

    private final TailSource source;
    private final BufferWalk walk;
    private final SeenIds seen;

    private final int size;
    private long bytes;
    private int looked;
    private Long newest;
    private boolean malformed;
    private final List<New> fresh = new ArrayList<>();
    private final Iterator<Row> rows;
    private int confirmed;

    /**
     * Looks at the entries, up to the one where the walk stops.
     *
     * @param walk where the piece is one of the list itself, newest first; null where it comes from the watch
     */
    BufferPiece(List<?> entries, TailSource source, BufferWalk walk, SeenIds seen) {
        this.source = source;
        this.walk = walk;
        this.seen = seen;
        this.size = entries.size();
        Set<Long> inPiece = new HashSet<>();
        boolean ended = false;
        while (looked < size && !ended) {
            String text = entries.get(looked++).toString();
            bytes += text.length();
            BufferEntry entry = BufferEntry.of(text, source.identityColumn());
            if (entry.row() == null) {
                passOver(entry.id());
                continue;
            }
            newest = entry.id();
            New found =
                    new New(entry.id(), source.settings().buffers().getsRow().test(entry.row()), entry.row());
            switch (walk == null ? BufferWalk.Step.DELIVER : walk.step(entry.id())) {
                case STOP -> ended = true;
                case REMEMBER -> remember(found);
                case DELIVER -> {
                    if (!seen.contains(entry.id()) && inPiece.add(entry.id())) {
                        fresh.add(found);
                    }
                }
            }
        }
        rows = fresh.stream().map(New::row).iterator();
    }

    private void passOver(long id) {
        if (!seen.contains(id)) {
            malformed = true;
            source.dropped(DropListener.Reason.MALFORMED, 1);
            seen.addWithoutRow(id);
        }
    }

    private void remember(New entry) {
        if (entry.getsRow()) {
            seen.add(entry.id(), source.now());
        } else {
            seen.addWithoutRow(entry.id());
        }
    }

    Iterator<Row> rows() {
        return rows;
    }

    @Override
    public void acknowledge(long count) {
        if (count > confirmed) {
            fresh.subList(confirmed, (int) count).forEach(this::remember);
            source.settings().metrics().rowsRead(source.name(), count - confirmed);
            source.settings().metrics().listRowsRead(source.name(), count - confirmed);
            confirmed = (int) count;
        }
    }

    /**
     * The piece's lines are safe.
     *
     * @return false where nobody has read it, since its category is not sent
     */
    boolean close() {
        if (rows.hasNext()) {
            return false;
        }
        acknowledge(fresh.size());
        if (walk != null) {
            walk.end(size, looked == 0 ? 0 : bytes * size / looked);
        }
        return true;
    }

    /** Whether it was read from the list itself. */
    boolean isOfList() {
        return walk != null;
    }

    int size() {
        return size;
    }

    /** The id of the last entry that was looked at; null where none has one. */
    Long newest() {
        return newest;
    }

    /** Whether entries were passed over because they are no records. */
    boolean hasMalformed() {
        return malformed;
    }
}
