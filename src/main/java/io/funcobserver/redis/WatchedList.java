package io.funcobserver.redis;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What has been pushed onto a list since it is watched, for each of its readers to take: entries that have been popped
 * again are still here.
 *
 * <p>Memory is bounded: beyond {@value #MOST_CHARACTERS} characters the oldest entries go, and whoever has not taken them
 * is told so.
 */
public final class WatchedList {
    static final int MOST_CHARACTERS = 8 << 20;
    /** A reader that has not asked for so long is away: another replica reads, or its route was stopped. */
    private static final long IDLE_NANOS = TimeUnit.MINUTES.toNanos(2);

    private final String key;
    private final Deque<String> entries = new ArrayDeque<>();
    private final List<Reader> readers = new ArrayList<>();
    /** The number of the first of the entries. */
    private long first;

    private long characters;
    private boolean followed;
    /** Whether the list is being read: what is found may have been popped, and had its row, when it comes here. */
    private boolean beingRead;

    private long losses;
    private long tooLarge;

    WatchedList(String key) {
        this.key = key;
    }

    String key() {
        return key;
    }

    synchronized Reader newReader() {
        Reader reader = new Reader(first + entries.size());
        readers.add(reader);
        return reader;
    }

    /** Whether anyone takes what is here; where nobody does, it is let go. */
    synchronized boolean isRead(long nowNanos) {
        for (Reader reader : readers) {
            if (nowNanos - reader.lastNanos < IDLE_NANOS) {
                return true;
            }
        }
        while (!entries.isEmpty()) {
            removeFirst();
        }
        return false;
    }

    /** @param newestFirst as they stand in the list, from its head */
    synchronized void add(List<String> newestFirst) {
        for (int i = newestFirst.size() - 1; i >= 0; i--) {
            entries.add(newestFirst.get(i));
            characters += newestFirst.get(i).length();
        }
        while (characters > MOST_CHARACTERS) {
            removeFirst();
        }
    }

    private void removeFirst() {
        characters -= entries.remove().length();
        first++;
    }

    synchronized void beingRead(boolean now) {
        beingRead = now;
    }

    synchronized void following() {
        followed = true;
        losses++;
    }

    synchronized void stopped() {
        followed = false;
    }

    /** Entries may have been pushed that were not seen; they may stand in the list still. */
    synchronized void lost() {
        losses++;
    }

    synchronized void countTooLarge() {
        tooLarge++;
    }

    /** One who takes every entry once. Used by one thread at a time. */
    public final class Reader {
        private long position;
        private long lastNanos = System.nanoTime();
        private long tooLargeTold;
        private long overtaken;

        private Reader(long position) {
            this.position = position;
        }

        /** Whether so many entries are there to take, or about so many characters of them. */
        public boolean hasAtLeast(int number, long size) {
            synchronized (WatchedList.this) {
                lastNanos = System.nanoTime();
                long waiting = first + entries.size() - Math.max(position, first);
                return waiting >= number || waiting > 0 && characters >= size;
            }
        }

        /** Whether an entry that was in the list until now may still come to this reader. */
        public boolean mayHaveMore() {
            synchronized (WatchedList.this) {
                return beingRead || first + entries.size() > position;
            }
        }

        /** The oldest entries not yet taken, up to a number and about so many characters; the oldest first. */
        public List<String> next(int most, long mostCharacters) {
            synchronized (WatchedList.this) {
                lastNanos = System.nanoTime();
                if (position < first) {
                    position = first;
                    overtaken++;
                }
                List<String> next = new ArrayList<>();
                long size = 0;
                for (Iterator<String> newer =
                                entries.stream().skip(position - first).iterator();
                        newer.hasNext() && next.size() < most && size < mostCharacters; ) {
                    String entry = newer.next();
                    next.add(entry);
                    size += entry.length();
                }
                return next;
            }
        }

        /** The first of those that {@link #next} gave are safe. */
        public void take(int count) {
            synchronized (WatchedList.this) {
                position += count;
                long taken = readers.stream()
                        .mapToLong(reader -> reader.position)
                        .min()
                        .orElse(position);
                while (first < taken && !entries.isEmpty()) {
                    removeFirst();
                }
            }
        }

        /** Takes no more. */
        public void leave() {
            synchronized (WatchedList.this) {
                readers.remove(this);
            }
        }

        /**
         * How often entries may have passed unseen; while it grows, the list itself has to be read.
         *
         * @return -1 while the list is not followed
         */
        public long losses() {
            synchronized (WatchedList.this) {
                return followed ? losses + overtaken : -1;
            }
        }

        /** How many entries were found since the last call that are too large to be read. */
        public long newTooLarge() {
            synchronized (WatchedList.this) {
                long found = tooLarge - tooLargeTold;
                tooLargeTold = tooLarge;
                return found;
            }
        }
    }
}
