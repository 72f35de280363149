package io.funcobserver.mysql;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Some of the rows that a tail has read, by number and a hash of their identity: how it recognises its table again.
 *
 * <p>A number alone does not tell: after a TRUNCATE the numbers begin anew, and the table may grow past the old ones between
 * two looks. The creation time does not tell either: on MariaDB a TRUNCATE keeps it, and an ALTER TABLE changes it. Func
 * trims rows by origin, so any single row may be gone. Kept here are the newest, some further back, and the oldest that the
 * table holds, which belong to origins that are seldom called.
 */
final class TableFingerprint {
    static final int OLDEST = 16;

    private static final int KEPT = 32;
    private static final int STRIDE = 64;

    private record Sampled(long number, String hash) {}

    private final Map<String, String> oldest = new LinkedHashMap<>();
    private final Deque<Sampled> newest = new ArrayDeque<>();
    private final Deque<Sampled> sparse = new ArrayDeque<>();
    private long rows;

    /**
     * Adds rows that were read one after the other; of many, only those that will be kept are looked at.
     *
     * @param identities of the rows; a row without one is not kept
     * @param from index of the first row
     * @param to index behind the last row
     */
    void add(long[] numbers, Object[] identities, int from, int to) {
        for (int i = from; i < to && oldest.size() < OLDEST; i++) {
            if (identities[i] != null) {
                oldest.put(Long.toUnsignedString(numbers[i]), hash(text(identities[i])));
            }
        }
        rows += to - from;
        // Counted from the first row ever read, each STRIDE-th one.
        int last = to - 1 - (int) (rows % STRIDE);
        if (last >= from) {
            int first = Math.max(from + (last - from) % STRIDE, last - (KEPT - 1) * STRIDE);
            for (int i = first; i <= last; i += STRIDE) {
                keep(sparse, numbers[i], identities[i]);
            }
        }
        for (int i = Math.max(from, to - KEPT); i < to; i++) {
            keep(newest, numbers[i], identities[i]);
        }
    }

    private static void keep(Deque<Sampled> kept, long number, Object identity) {
        if (identity != null) {
            keep(kept, new Sampled(number, hash(text(identity))));
        }
    }

    private static void keep(Deque<Sampled> kept, Sampled row) {
        if (kept.size() == KEPT) {
            kept.removeFirst();
        }
        kept.addLast(row);
    }

    /** The oldest rows of the table have changed: identities by number. */
    void oldest(Map<String, String> identities) {
        oldest.clear();
        identities.forEach((number, identity) -> oldest.put(number, hash(identity)));
    }

    /** Hashes by number; numbers as unsigned decimals. */
    Map<String, String> rows() {
        Map<String, String> all = new LinkedHashMap<>(oldest);
        for (Deque<Sampled> kept : List.of(sparse, newest)) {
            kept.forEach(row -> all.put(Long.toUnsignedString(row.number()), row.hash()));
        }
        return all;
    }

    void restore(Map<String, String> rows) {
        clear();
        rows.entrySet().stream().limit(OLDEST).forEach(row -> oldest.put(row.getKey(), row.getValue()));
        rows.forEach((number, hash) -> {
            Sampled row = new Sampled(Long.parseUnsignedLong(number), hash);
            // Which of them are the newest is not written down: the last ones are.
            if (newest.size() == KEPT) {
                keep(sparse, newest.removeFirst());
            }
            newest.addLast(row);
        });
    }

    void clear() {
        oldest.clear();
        newest.clear();
        sparse.clear();
    }

    static String hash(String identity) {
        return Integer.toHexString(identity.hashCode());
    }

    /** The UTF-8 of an identity, as the driver gives it. */
    static byte[] bytes(Object identity) {
        return identity instanceof byte[] utf8 ? utf8 : identity.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String text(Object identity) {
        return identity instanceof byte[] utf8 ? new String(utf8, StandardCharsets.UTF_8) : Objects.toString(identity);
    }
}
