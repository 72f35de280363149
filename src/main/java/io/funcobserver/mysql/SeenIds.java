package io.funcobserver.mysql;

import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import io.netty.util.collection.LongObjectHashMap;
import io.netty.util.collection.LongObjectMap;

/**
 * The records that a buffer has shown lately, by the hashes of their ids: their rows need not be read again.
 *
 * <p>Memory is bounded: two generations of ids, of which the older one is forgotten when the younger one is full. What is
 * forgotten is read once more from the table, with the same bytes.
 */
final class SeenIds {
    private static final int MOST_OF_GENERATION = 3 << 16;
    /** Ids are counted by the time at which they were seen, in steps of this. */
    private static final long STEP_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final Integer NO_COUNT = Integer.MIN_VALUE;

    /** The step in which each id was seen; {@link #NO_COUNT} for one that is not counted, or not any more. */
    private LongObjectMap<Integer> young = generation();

    private LongObjectMap<Integer> old = generation();
    /** How many ids of each step have no row yet. */
    private final TreeMap<Integer, Integer> withoutRow = new TreeMap<>();
    /** One object for all ids of a step. */
    private Integer latest = 0;
    /** Whether the buffer may still show what has been popped from it. */
    private BooleanSupplier showsLate = () -> false;

    private static LongObjectMap<Integer> generation() {
        return new LongObjectHashMap<>(1 << 8, 0.75f);
    }

    void showsLate(BooleanSupplier mayShow) {
        showsLate = mayShow;
    }

    /** Whether the entry of a row that has been read may still come; while none can, rows need not be remembered. */
    boolean mayBeShownLate() {
        return showsLate.getAsBoolean();
    }

    boolean isEmpty() {
        return young.isEmpty() && old.isEmpty();
    }

    boolean contains(long id) {
        return young.containsKey(id) || old.containsKey(id);
    }

    /** The buffer holds the record. */
    void add(long id, long nowNanos) {
        if (contains(id)) {
            return;
        }
        int step = step(nowNanos);
        latest = latest == step ? latest : Integer.valueOf(step);
        put(id, latest);
        withoutRow.merge(latest, 1, Integer::sum);
    }

    /** Something that will never have a row, and so explains no gap. */
    void addWithoutRow(long id) {
        if (!contains(id)) {
            put(id, NO_COUNT);
        }
    }

    private void put(long id, Integer step) {
        if (young.size() == MOST_OF_GENERATION) {
            old = young;
            young = generation();
        }
        young.put(id, step);
    }

    /**
     * The table has a row of this id.
     *
     * @return whether the buffer had shown it
     */
    boolean hasRow(long id) {
        LongObjectMap<Integer> generation = young.containsKey(id) ? young : old;
        Integer seen = generation.get(id);
        if (seen != null && !seen.equals(NO_COUNT)) {
            withoutRow.computeIfPresent(seen, (step, count) -> count == 1 ? null : count - 1);
            generation.put(id, NO_COUNT);
        }
        return seen != null;
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
}
