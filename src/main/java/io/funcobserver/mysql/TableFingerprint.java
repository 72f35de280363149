package io.funcobserver.mysql;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

import io.funcobserver.lineprotocol.Utf8;

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

    private final Map<String, String> oldest = new LinkedHashMap<>();
    private final Map<String, String> newest = new Latest();
    private final Map<String, String> sparse = new Latest();
    private long rows;

    /** Hashes by number: those that were put here last. */
    private static final class Latest extends LinkedHashMap<String, String> {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > KEPT;
        }
    }

    /**
     * Adds rows that were read one after the other; of many, only those that will be kept are looked at.
     *
     * @param identities of the rows; a row without one is not kept
     * @param from index of the first row
     * @param to index behind the last row
     */
    void add(long[] numbers, Object[] identities, int from, int to) {
        for (int i = from; i < to && oldest.size() < OLDEST; i++) {
            keep(oldest, numbers[i], identities[i]);
        }
        for (int i = from + (int) (STRIDE - 1 - rows % STRIDE); i < to; i += STRIDE) {
            keep(sparse, numbers[i], identities[i]);
        }
        for (int i = Math.max(from, to - KEPT); i < to; i++) {
            keep(newest, numbers[i], identities[i]);
        }
        rows += to - from;
    }

    private static void keep(Map<String, String> kept, long number, Object identity) {
        if (identity != null) {
            kept.put(Long.toUnsignedString(number), hash(new String(Utf8.of(identity), StandardCharsets.UTF_8)));
        }
    }

    /** The oldest rows of the table have changed: identities by number. */
    void oldest(Map<String, String> identities) {
        oldest.clear();
        identities.forEach((number, identity) -> oldest.put(number, hash(identity)));
    }

    /** Hashes by number; numbers as unsigned decimals. */
    Map<String, String> rows() {
        Map<String, String> all = new LinkedHashMap<>(oldest);
        all.putAll(sparse);
        all.putAll(newest);
        return all;
    }

    /** Goes on with what {@link #rows} gave. Which of them are the newest is not written down: the last ones are. */
    void restore(Map<String, String> rows) {
        clear();
        int index = 0;
        for (Map.Entry<String, String> row : rows.entrySet()) {
            if (index < OLDEST) {
                oldest.put(row.getKey(), row.getValue());
            }
            (index < rows.size() - KEPT ? sparse : newest).put(row.getKey(), row.getValue());
            index++;
        }
    }

    void clear() {
        oldest.clear();
        newest.clear();
        sparse.clear();
    }

    static String hash(String identity) {
        return Integer.toHexString(identity.hashCode());
    }
}
