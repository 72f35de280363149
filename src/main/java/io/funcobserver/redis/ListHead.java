package io.funcobserver.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import redis.clients.jedis.Connection;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * The head of one list that is watched: finds what has been pushed since the last look.
 *
 * <p>Entries are pushed at the head and popped at the tail, so one only ever moves away from the head. A piece that begins
 * with the last entry of the one before skips none, however much is pushed meanwhile.
 *
 * <p>An entry too large to be read stands for itself: it cannot be told from another such one, and reading it costs Redis
 * a copy of it, so it is touched as seldom as possible.
 */
final class ListHead {
    /** How many entries a look reads at most; beyond, the readers are told to read the list themselves. */
    private static final int MOST_ENTRIES = 5000;

    private static final int MOST_CHARACTERS = 4 << 20;
    private static final int LARGEST_PIECE = 500;
    private static final int PIECE_CHARACTERS = 1 << 20;
    /** Around a flush it is read a thousand times a second. */
    private static final int FIRST_PIECE = 2;

    private static final int FIRST_PIECE_CHARACTERS = 64 << 10;
    private static final int MOST_TRIES = 20;
    private static final long REREAD_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long REREAD_LARGE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final Duration UNREAD = Duration.ofSeconds(1);
    /** A list of which Redis has told nothing is looked at so often: a notice may have been lost. */
    private static final long UNTOLD_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final Duration AFTER_REFUSAL = Duration.ofSeconds(5);

    private static final long REFUSED = -1;

    private final WatchedList list;
    private final byte[] key;
    private final ListPace pace;

    /** Whether Redis has told of a change since the last look began. */
    private final AtomicBoolean changed = new AtomicBoolean(true);

    private boolean told;

    /** Whether a look is under way, whether something new is likely, and what LLEN said. */
    private boolean asked;

    private boolean likely;
    /** How many entries were asked for together with the length, and those that came; none and null where not. */
    private int askedFirst;

    private List<String> first;

    private long length;

    private boolean begun;
    /** The newest entry of the last look; null where there was none, or it was too large. */
    private String known;

    private boolean knownTooLarge;
    /** Whether entries have been popped since the newest one was too large: how many are new cannot be told any more. */
    private boolean uncertain;

    private long lastLength;
    private long readNanos;
    private long lookedNanos = System.nanoTime();
    private long nextNanos = lookedNanos;
    private long charactersOfEntry = 1000;

    /** The index of an entry that is too large, as the last try has shown; -1 for none. */
    private int tooLargeAt = -1;

    /** The index of an entry that has to be read by itself; -1 for none. */
    private int suspectAt = -1;

    private int tries;

    ListHead(WatchedList list, ListPace pace) {
        this.list = list;
        this.key = list.key().getBytes(StandardCharsets.UTF_8);
        this.pace = pace;
    }

    WatchedList list() {
        return list;
    }

    /** Redis has told of a change. May be called by any thread. */
    void changed() {
        changed.set(true);
    }

    /**
     * Asks for the length where it is time for a look, and where something new is likely for the newest entries with it:
     * what is popped within a millisecond is not there for a second question.
     *
     * @param told whether Redis tells of changes
     */
    void ask(Connection connection, long nowNanos, boolean told) {
        this.told = told;
        asked = nextNanos() - nowNanos <= 0;
        if (!asked) {
            return;
        }
        if (!list.isRead(nowNanos)) {
            stop();
            nextNanos = nowNanos + UNREAD.toNanos();
            asked = false;
            return;
        }
        // Before the question: a change after its answer is another one.
        boolean hasChanged = changed.getAndSet(false);
        likely = told ? hasChanged : pace.isShrinking(nowNanos);
        lookedNanos = nowNanos;
        connection.sendCommand(Protocol.Command.LLEN, key);
        askedFirst = begun && likely && !knownTooLarge && tooLargeAt < 0 && suspectAt < 0 ? firstPiece() : 0;
        if (askedFirst > 0) {
            list.beingRead(true);
            connection.sendCommand(
                    Protocol.Command.LRANGE, key, Protocol.toByteArray(0), Protocol.toByteArray(askedFirst - 1));
        }
    }

    boolean isAsked() {
        return asked;
    }

    /** @throws RuntimeException when the connection is of no use any more */
    void readAnswers(Connection connection) {
        first = null;
        try {
            length = connection.getIntegerReply();
        } catch (JedisDataException refused) {
            length = REFUSED;
        }
        if (askedFirst > 0) {
            try {
                first = piece(connection::getMultiBulkReply, 0);
            } catch (JedisDataException refused) {
                length = REFUSED;
            }
        }
    }

    long nextNanos() {
        return told && !changed.get() ? Math.max(nextNanos, lookedNanos + UNTOLD_NANOS) : nextNanos;
    }

    /** The look has ended, also by a failure. */
    void endLook() {
        list.beingRead(false);
    }

    /** Nothing is known any more: the connection has failed. */
    void stop() {
        begun = false;
        list.stopped();
    }

    /**
     * Looks once, knowing the length.
     *
     * @throws RuntimeException when the connection is of no use any more; the next look goes on
     */
    void look(Jedis jedis, long nowNanos) {
        if (length == REFUSED) {
            refused(nowNanos);
            return;
        }
        list.beingRead(true);
        try {
            if (!begun) {
                begin(jedis);
            } else if (length != lastLength || likely) {
                read(jedis, length, nowNanos);
            } else if (length > 0 && nowNanos - readNanos >= (knownTooLarge ? REREAD_LARGE_NANOS : REREAD_NANOS)) {
                // As many may have been popped as were pushed.
                if (knownTooLarge) {
                    lookAgainAtLarge(jedis, nowNanos);
                } else {
                    read(jedis, length, nowNanos);
                }
            }
            lastLength = length;
            tries = 0;
            nextNanos = nowNanos + pace.pause(length, nowNanos, told).toNanos();
        } catch (JedisDataException refused) {
            refused(nowNanos);
        }
    }

    /** No list, or no right to read it: the readers find out, and say so. */
    private void refused(long nowNanos) {
        stop();
        nextNanos = nowNanos + AFTER_REFUSAL.toNanos();
    }

    private void begin(Jedis jedis) {
        knownTooLarge = tooLargeAt == 0;
        known = knownTooLarge ? null : piece(jedis, 0, 1).stream().findFirst().orElse(null);
        begun = true;
        uncertain = false;
        tooLargeAt = -1;
        list.following();
    }

    private void lookAgainAtLarge(Jedis jedis, long nowNanos) {
        readNanos = nowNanos;
        if (tooLargeAt == 0) {
            tooLargeAt = -1;
        } else {
            keep(piece(jedis, 0, 1), false);
            list.lost();
        }
    }

    private void read(Jedis jedis, long length, long nowNanos) {
        readNanos = nowNanos;
        if (length < lastLength) {
            pace.shrunk(nowNanos);
        }
        if (length == 0) {
            known = null;
            knownTooLarge = false;
            pace.emptied();
        } else if (!knownTooLarge) {
            readToKnown(jedis, length, nowNanos);
        } else if (length > lastLength) {
            readAsManyAsCame(jedis, (int) Math.min(length - lastLength, MOST_ENTRIES));
        } else if (length < lastLength) {
            uncertain = true;
        } else if (told) {
            lookAgainAtLarge(jedis, nowNanos);
        }
    }

    private void readAsManyAsCame(Jedis jedis, int count) {
        List<String> fresh = piece(jedis, 0, count);
        if (uncertain || fresh.size() < count) {
            list.lost();
        }
        keep(fresh, false);
    }

    private void readToKnown(Jedis jedis, long length, long nowNanos) {
        List<String> fresh = new ArrayList<>();
        long characters = 0;
        boolean found = false;
        boolean ends = false;
        boolean skipped = false;
        int from = 0;
        // The last entry of the piece before is read again: what is pushed between two pieces moves it away.
        String last = null;
        int most = length > lastLength ? pieceOf(length - lastLength + 1) : firstPiece();
        while (!found && !ends) {
            if (from == tooLargeAt) {
                skipped = true;
                from++;
                last = null;
            }
            boolean behindLast = last == null || from == suspectAt;
            int start = behindLast ? from : from - 1;
            boolean isFirst = first != null;
            int count = isFirst ? askedFirst : from == suspectAt ? 1 : Math.min(most, readableFrom(start));
            List<String> piece = isFirst ? first : piece(jedis, start, count);
            first = null;
            for (String entry : piece) {
                if (!behindLast) {
                    behindLast = entry.equals(last);
                    continue;
                }
                found = entry.equals(known);
                if (found) {
                    break;
                }
                fresh.add(entry);
                characters += entry.length();
            }
            ends = piece.size() < count;
            from = start + piece.size();
            last = behindLast && !piece.isEmpty() ? piece.get(piece.size() - 1) : last;
            most = isFirst ? most : Math.max(2, pieceOf(most * 4L));
            if (!found && !ends && (fresh.size() >= MOST_ENTRIES || characters >= MOST_CHARACTERS)) {
                list.lost();
                ends = true;
                known = null;
            }
        }
        if (known != null && !found) {
            pace.shrunk(nowNanos);
            pace.emptied();
        }
        if (skipped) {
            list.countTooLarge();
        }
        keep(fresh, tooLargeAt == 0);
    }

    /** How many entries from this index on can be read at once, as far as tries have shown. */
    private int readableFrom(int start) {
        int tooLarge = tooLargeAt > start ? tooLargeAt - start : Integer.MAX_VALUE;
        int suspect = suspectAt > start ? suspectAt - start : Integer.MAX_VALUE;
        return Math.min(tooLarge, suspect);
    }

    private int firstPiece() {
        return (int) Math.max(1, Math.min(FIRST_PIECE, FIRST_PIECE_CHARACTERS / charactersOfEntry));
    }

    private int pieceOf(long entries) {
        long fitting = Math.min(LARGEST_PIECE, PIECE_CHARACTERS / charactersOfEntry);
        return (int) Math.max(1, Math.min(entries, fitting));
    }

    private void keep(List<String> fresh, boolean newestIsTooLarge) {
        list.add(fresh);
        if (newestIsTooLarge || !fresh.isEmpty()) {
            known = newestIsTooLarge ? null : fresh.get(0);
            knownTooLarge = newestIsTooLarge;
            uncertain = false;
        }
        tooLargeAt = -1;
        suspectAt = -1;
    }

    private List<String> piece(Jedis jedis, int from, int count) {
        return piece(() -> jedis.lrange(list.key(), from, from + count - 1L), from);
    }

    private List<String> piece(Supplier<List<String>> answer, int from) {
        try {
            List<String> entries = answer.get();
            if (!entries.isEmpty()) {
                charactersOfEntry =
                        1 + entries.stream().mapToInt(String::length).sum() / entries.size();
            }
            return entries;
        } catch (RuntimeException e) {
            AnswerTooLargeException tooLarge = AnswerTooLargeException.in(e);
            if (tooLarge != null) {
                if (tooLarge.index() == 0) {
                    tooLargeAt = from;
                } else {
                    // By itself, or together with those before it: it is tried alone.
                    suspectAt = from + tooLarge.index();
                }
                if (++tries > MOST_TRIES) {
                    stop();
                    nextNanos = System.nanoTime() + AFTER_REFUSAL.toNanos();
                }
            }
            throw e;
        }
    }
}
