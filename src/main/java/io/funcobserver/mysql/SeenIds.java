package io.funcobserver.mysql;

import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The records that a buffer has shown lately, by the hashes of their ids: their rows need not be read again.
 *
 * <p>Memory is bounded: two generations of ids, of which the older one is forgotten when the younger one is full. What is
 * forgotten is read once more from the table, with the same bytes.
 */
final class SeenIds {
    private static final int FIRST_SIZE = 1 << 8;
    private static final int LARGEST_SIZE = 1 << 18;
    /** Ids are counted by the time at which they were seen, in steps of this. */
    private static final long STEP_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final int NO_COUNT = Integer.MIN_VALUE;

    private Generation young = new Generation(FIRST_SIZE);
    private Generation old = new Generation(FIRST_SIZE);
    /** How many ids of each step have no row yet. */
    private final TreeMap<Integer, Integer> withoutRow = new TreeMap<>();
    /** Whether the buffer may still show what has been popped from it. */
    private BooleanSupplier showsLate = () -> false;

    void showsLate(BooleanSupplier mayShow) {
        showsLate = mayShow;
    }

    /** Whether the entry of a row that has been read may still come; while none can, rows need not be remembered. */
    boolean mayBeShownLate() {
        return showsLate.getAsBoolean();
    }

    boolean isEmpty() {
        return young.count == 0 && old.count == 0;
    }

    boolean contains(long id) {
        return young.slot(id) >= 0 || old.slot(id) >= 0;
    }

    /** The buffer holds the record. */
    void add(long id, long nowNanos) {
        if (contains(id)) {
            return;
        }
        int step = step(nowNanos);
        put(id, step);
        withoutRow.merge(step, 1, Integer::sum);
    }

    /** Something that will never have a row, and so explains no gap. */
    void addWithoutRow(long id) {
        if (!contains(id)) {
            put(id, NO_COUNT);
        }
    }

    private void put(long id, int step) {
        if (young.isFull()) {
            if (young.size() == LARGEST_SIZE) {
                old = young;
                young = new Generation(FIRST_SIZE);
            } else {
                young = young.larger();
            }
        }
        young.put(id, step);
    }

    /**
     * The table has a row of this id.
     *
     * @return whether the buffer had shown it
     */
    boolean hasRow(long id) {
        Generation of = young.slot(id) >= 0 ? young : old;
        int slot = of.slot(id);
        if (slot < 0) {
            return false;
        }
        if (of.steps[slot] != NO_COUNT) {
            withoutRow.computeIfPresent(of.steps[slot], (step, count) -> count == 1 ? null : count - 1);
            of.steps[slot] = NO_COUNT;
        }
        return true;
    }

    /**
     * Takes ids out of the count that were seen before this time, or within one step of it, and have never had a row.
     *
     * @return how many, at most {@code most}
     */
    long takeWithoutRow(long beforeNanos, long most) {
        long taken = 0;
        Iterator<Map.Entry<Integer, Integer>> steps =
                withoutRow.headMap(step(beforeNanos), true).entrySet().iterator();
        while (taken < most && steps.hasNext()) {
            Map.Entry<Integer, Integer> step = steps.next();
            int some = (int) Math.min(step.getValue(), most - taken);
            taken += some;
            if (some == step.getValue()) {
                steps.remove();
            } else {
                step.setValue(step.getValue() - some);
            }
        }
        return taken;
    }

    /** Forgets the counts of ids that were seen before this time: the gaps that they explain are gone. */
    void forgetWithoutRow(long beforeNanos) {
        withoutRow.headMap(step(beforeNanos)).clear();
    }

    private static int step(long nanos) {
        return (int) (nanos / STEP_NANOS);
    }

    /** Open addressing, at most three quarters full. */
    private static final class Generation {
        private final long[] ids;
        private final int[] steps;
        private final boolean[] taken;
        private int count;

        Generation(int size) {
            ids = new long[size];
            steps = new int[size];
            taken = new boolean[size];
        }

        int size() {
            return ids.length;
        }

        boolean isFull() {
            return count >= ids.length / 4 * 3;
        }

        /** @return where the id stands, or -1 */
        int slot(long id) {
            int slot = first(id);
            while (taken[slot]) {
                if (ids[slot] == id) {
                    return slot;
                }
                slot = slot + 1 & ids.length - 1;
            }
            return -1;
        }

        void put(long id, int step) {
            int slot = first(id);
            while (taken[slot]) {
                slot = slot + 1 & ids.length - 1;
            }
            taken[slot] = true;
            ids[slot] = id;
            steps[slot] = step;
            count++;
        }

        private int first(long id) {
            return (int) (id * 0x9E3779B97F4A7C15L >>> 32) & ids.length - 1;
        }

        Generation larger() {
            Generation larger = new Generation(ids.length * 2);
            for (int i = 0; i < ids.length; i++) {
                if (taken[i]) {
                    larger.put(ids[i], steps[i]);
                }
            }
            return larger;
        }
    }
}
