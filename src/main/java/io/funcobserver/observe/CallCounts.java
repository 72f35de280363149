package io.funcobserver.observe;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * How often functions were called, minute by minute, over the last {@value #SLOTS} minutes.
 *
 * <p>Memory is bounded: half a kB for each of at most {@value Completeness#MOST_FUNCTIONS} functions; those that come later
 * are not counted. Not safe for several threads.
 */
final class CallCounts {
    /** More than are ever compared, by those that are still being written. */
    static final int SLOTS = 66;

    private final Map<String, Ring> functions = new HashMap<>();

    /** A count for each of the last minutes, beside the minute that it is of. */
    private static final class Ring {
        private final int[] minutes = new int[SLOTS];
        private final int[] counts = new int[SLOTS];
        private int newest;

        void add(int minute, int calls) {
            int slot = minute % SLOTS;
            if (minutes[slot] < minute) {
                minutes[slot] = minute;
                counts[slot] = 0;
            }
            if (minutes[slot] == minute) {
                counts[slot] += calls;
                newest = Math.max(newest, minute);
            }
        }
    }

    /**
     * @param minute counted from 1970 on
     * @param calls may be negative
     */
    void add(String funcId, int minute, int calls) {
        Ring ring = functions.get(funcId);
        if (ring == null) {
            if (functions.size() >= Completeness.MOST_FUNCTIONS) {
                return;
            }
            ring = new Ring();
            functions.put(funcId, ring);
        }
        ring.add(minute, calls);
    }

    void addAll(CallCounts others) {
        others.functions.forEach((funcId, ring) -> {
            for (int i = 0; i < SLOTS; i++) {
                if (ring.counts[i] != 0) {
                    add(funcId, ring.minutes[i], ring.counts[i]);
                }
            }
        });
    }

    Set<String> functions() {
        return functions.keySet();
    }

    int of(String funcId, long minute) {
        Ring ring = functions.get(funcId);
        int slot = (int) (minute % SLOTS);
        return ring == null || ring.minutes[slot] != minute ? 0 : ring.counts[slot];
    }

    /** Forgets functions that were last called before this minute. */
    void forgetBefore(long minute) {
        functions.values().removeIf(ring -> ring.newest < minute);
    }
}
