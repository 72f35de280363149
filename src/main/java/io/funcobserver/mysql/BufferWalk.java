package io.funcobserver.mysql;

import io.funcobserver.mysql.Cursor.Buffer;

/**
 * Where a tail stands in the buffer of its table: a Redis list whose newest entry stands at the head.
 *
 * <p>A pass goes in pieces from the head to the newest entry of the pass before, or to the end where that one has been
 * popped: then everything behind it has been popped too. Entries are pushed at the head and popped at the end meanwhile,
 * so that an entry only ever moves away from the head, and a piece that begins where the last one ended skips none.
 *
 * <p>After a restart the first pass goes on behind that entry, and remembers what still waits there for its row.
 */
final class BufferWalk {
    private static final int MOST_ENTRIES = 2000;
    private static final long MOST_BYTES = 1 << 20;
    private static final int FIRST_ENTRIES = 10;

    /** How far a pass has come. */
    private static final class Pass implements Cloneable {
        private int index;
        private Long head;
        private Long reached;
        private boolean behindAnchor;
        private boolean inBrokenOff;
        private boolean pastBrokenOff;
        private long found;

        Pass copy() {
            try {
                return (Pass) clone();
            } catch (CloneNotSupportedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private Long anchor;
    /** The run of entries that a pass had read which ended before it came to the anchor: from its head to this one. */
    private Long brokenOffHead;

    private Long brokenOffReached;
    /** Everything that stands there is known, and nothing is new. */
    private boolean silent;

    private boolean remembers;

    private Pass pass = new Pass();
    /** The pass as it will be when the piece under way is safe. */
    private Pass piece = pass;

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
        anchor = hash(stored.head());
        brokenOffHead = hash(stored.passHead());
        brokenOffReached = hash(stored.reached());
        remembers = true;
    }

    /** Nobody can tell any more what stood there when the tail began. */
    void takeAllForNew() {
        silent = false;
    }

    /** What a restart needs to know. */
    Buffer state() {
        boolean unfinished = pass.head != null && (brokenOffHead == null || pass.pastBrokenOff);
        Long head = unfinished ? pass.head : brokenOffHead;
        Long reached = unfinished ? pass.reached : brokenOffReached;
        return new Buffer(text(anchor), text(silent ? null : head), text(silent ? null : reached));
    }

    private static String text(Long hash) {
        return hash == null ? null : Long.toHexString(hash);
    }

    private static Long hash(String text) {
        return text == null ? null : Long.valueOf(Long.parseUnsignedLong(text, 16));
    }

    /** The index of the next piece's first entry, counted from the head. */
    int from() {
        piece = pass.copy();
        return pass.index;
    }

    /** How many entries the next piece asks for: as many as are likely to be new, and what memory holds. */
    int entries() {
        long likely = pass.index == 0 ? lastFound + lastFound / 4 + 1 : lastAsked * 8L;
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
            pass.index++;
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
        piece.head = piece.head == null ? Long.valueOf(id) : piece.head;
        piece.reached = id;
        if (anchor != null && anchor == id) {
            piece.behindAnchor = true;
            if (!remembers) {
                return Step.STOP;
            }
        }
        piece.inBrokenOff |= brokenOffHead != null && brokenOffHead == id;
        boolean known = silent || piece.behindAnchor || piece.inBrokenOff;
        if (piece.inBrokenOff && brokenOffReached != null && brokenOffReached == id) {
            piece.inBrokenOff = false;
            piece.pastBrokenOff = true;
        }
        piece.found += known ? 0 : 1;
        return known ? Step.REMEMBER : Step.DELIVER;
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
        boolean metAnchor = piece.behindAnchor && !remembers;
        if (!metAnchor && there == asked) {
            pass = piece;
            pass.index += there;
            return;
        }
        lastFound = piece.found;
        // Where there is none the list is empty: whatever comes is new.
        anchor = piece.head;
        brokenOffHead = null;
        brokenOffReached = null;
        silent = false;
        remembers = false;
        completed = true;
        pass = new Pass();
    }

    boolean isUnderWay() {
        return pass.index > 0;
    }
}
