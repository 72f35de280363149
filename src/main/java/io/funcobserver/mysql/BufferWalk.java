package io.funcobserver.mysql;

import io.funcobserver.mysql.Cursor.Buffer;

/**
 * Where a tail stands in the buffer of its table: a Redis list whose newest entry stands at the head.
 *
 * <p>A pass goes in pieces from the head to the newest entry of the pass before, or to the end where that one has been
 * popped: then everything behind it has been popped too. Entries are pushed at the head and popped at the end meanwhile,
 * so that an entry only ever moves away from the head, and a piece that begins where the last one ended skips none.
 *
 * <p>After a restart the first pass goes on behind that entry, and remembers what still waits there for its row. What a
 * pass had sent that a restart broke off is sent once more: the same points.
 */
final class BufferWalk {
    private static final int MOST_ENTRIES = 2000;
    private static final long MOST_BYTES = 1 << 20;
    private static final int FIRST_ENTRIES = 10;

    /** What a piece may change, and what counts when it is safe. */
    private record Pass(int index, Long head, boolean behindAnchor, long found) {
        private static final Pass NONE = new Pass(0, null, false, 0);

        Pass at(int next) {
            return new Pass(next, head, behindAnchor, found);
        }
    }

    /** The newest entry of the last whole pass. */
    private Long anchor;
    /** Everything that stands there is known, and nothing is new. */
    private boolean silent;

    private boolean remembers;

    private Pass pass = Pass.NONE;
    private Pass piece = Pass.NONE;
    private int asked = 1;
    private long bytesOfEntry = MOST_BYTES / FIRST_ENTRIES;
    private int lastAsked = FIRST_ENTRIES;
    private long lastFound;
    private boolean completed;
    /** How many entries fit before one that is too large; 0 where none is known. */
    private int fitting;

    /** Begins with what stands in the list, as new or as known. */
    void begin(boolean known) {
        silent = known;
    }

    /** Goes on where an earlier process stood. */
    void resume(Buffer stored) {
        anchor = stored.head() == null ? null : Long.valueOf(Long.parseUnsignedLong(stored.head(), 16));
        remembers = true;
    }

    /** Nobody can tell any more what stood there when the tail began. */
    void takeAllForNew() {
        silent = false;
    }

    /** What a restart needs to know. */
    Buffer state() {
        return new Buffer(anchor == null ? null : Long.toHexString(anchor));
    }

    /** The index of the next piece's first entry, counted from the head. */
    int from() {
        piece = pass;
        return pass.index();
    }

    /** How many entries the next piece asks for: as many as are likely to be new, and what memory holds. */
    int entries() {
        long likely = pass.index() == 0 ? lastFound + lastFound / 4 + 1 : lastAsked * 8L;
        long most = fitting > 0 ? fitting : Math.min(MOST_ENTRIES, MOST_BYTES / Math.max(1, bytesOfEntry));
        asked = (int) Math.max(1, Math.min(likely, most));
        return asked;
    }

    /**
     * The piece could not be read, since an entry of it, or all together, are too large.
     *
     * @param index how many entries of the piece would have fitted
     * @return whether the pass goes on behind an entry that does not fit by itself
     */
    boolean tooLarge(int index) {
        fitting = index;
        if (index == 0) {
            pass = pass.at(pass.index() + 1);
        }
        return index == 0;
    }

    /** Everything up to this entry is safe, by another way than a pass. */
    void pushed(Long newest) {
        if (newest != null && completed && !isUnderWay()) {
            anchor = newest;
        }
    }

    /** What is to be done with the entry that comes next in a piece. */
    enum Step {
        DELIVER,
        REMEMBER,
        STOP
    }

    Step step(long id) {
        boolean isAnchor = anchor != null && anchor == id;
        boolean behind = piece.behindAnchor() || isAnchor;
        boolean known = silent || behind;
        Long head = piece.head() == null ? Long.valueOf(id) : piece.head();
        piece = new Pass(piece.index(), head, behind, piece.found() + (known ? 0 : 1));
        return isAnchor && !remembers ? Step.STOP : known ? Step.REMEMBER : Step.DELIVER;
    }

    /**
     * The piece is safe; the pass may be at its end.
     *
     * @param there how many entries there were
     * @param bytes how large they were, about
     */
    void end(int there, long bytes) {
        lastAsked = asked;
        fitting = 0;
        if (there > 0) {
            bytesOfEntry = Math.max(1, bytes / there);
        }
        boolean metAnchor = piece.behindAnchor() && !remembers;
        if (!metAnchor && there == asked) {
            pass = piece.at(piece.index() + there);
            return;
        }
        lastFound = piece.found();
        // Where there is none the list is empty: whatever comes is new.
        anchor = piece.head();
        silent = false;
        remembers = false;
        completed = true;
        pass = Pass.NONE;
    }

    boolean isUnderWay() {
        return pass.index() > 0;
    }
}
