package io.funcobserver.observe.status;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Calls of the last hour by function, in slices of five minutes.
 *
 * <p>Bounded: at most {@value #LIMIT} functions are known. Of the calls of others about every sixteenth makes its function
 * known, in the place of the least called of eight that are drawn at random. So what is called often comes in soon and
 * stays, and thousands of functions that are called now and then cost next to nothing for each call.
 *
 * <p>Not safe for several threads.
 */
final class FunctionTable {
    static final int LIMIT = 500;
    static final int SLICES = 12;
    static final long SLICE_MILLIS = 300_000;
    private static final int DRAWN = 8;
    private static final int LET_IN_ONE_OF = 16;
    private static final int MAX_NAME = 256;

    /** The calls of one function in a slice, or in several. */
    static final class Calls {
        final String function;
        int calls;
        int failing;

        /** Of how many of them it is known how long they ran; the times are of these. */
        int runs;

        long runMillis;
        int longestRun;

        private Calls(String function) {
            this.function = function;
        }

        private void add(Calls other) {
            calls += other.calls;
            failing += other.failing;
            runs += other.runs;
            runMillis += other.runMillis;
            longestRun = Math.max(longestRun, other.longestRun);
        }
    }

    private static final class Entry {
        private final String function;
        private final Periods<Calls> slices;
        private int place;

        Entry(String function) {
            this.function = function;
            this.slices = new Periods<>(SLICES, () -> new Calls(function));
        }

        Calls sum(long newest) {
            Calls sum = new Calls(function);
            slices.upTo(newest).forEach(sum::add);
            return sum;
        }
    }

    private final SplittableRandom random = new SplittableRandom();
    private final Map<String, Entry> known = new HashMap<>();
    private final List<Entry> places = new ArrayList<>();
    private long unranked;

    /** @param runMillis negative when it is not known */
    void call(String function, boolean failing, long runMillis, long epochMillis) {
        String name = function.length() <= MAX_NAME ? function : function.substring(0, MAX_NAME);
        long slice = epochMillis / SLICE_MILLIS;
        Entry entry = known.get(name);
        if (entry == null) {
            if (places.size() >= LIMIT && random.nextInt(LET_IN_ONE_OF) != 0) {
                unranked++;
                return;
            }
            entry = add(name, slice);
        }
        Calls now = entry.slices.take(slice);
        if (now == null) {
            return;
        }
        now.calls++;
        now.failing += failing ? 1 : 0;
        if (runMillis >= 0) {
            now.runs++;
            now.runMillis += runMillis;
            now.longestRun = (int) Math.max(now.longestRun, Math.min(Integer.MAX_VALUE, runMillis));
        }
    }

    private Entry add(String name, long slice) {
        Entry entry = new Entry(name);
        if (places.size() < LIMIT) {
            entry.place = places.size();
            places.add(entry);
        } else {
            entry.place = leastCalledOfSome(slice);
            Entry forgotten = places.set(entry.place, entry);
            known.remove(forgotten.function);
            unranked += forgotten.sum(slice).calls;
        }
        known.put(name, entry);
        return entry;
    }

    private int leastCalledOfSome(long slice) {
        int least = random.nextInt(places.size());
        long fewest = Long.MAX_VALUE;
        for (int i = 0; i < DRAWN; i++) {
            int place = random.nextInt(places.size());
            long calls = places.get(place).sum(slice).calls;
            if (calls < fewest) {
                fewest = calls;
                least = place;
            }
        }
        return least;
    }

    /** Every known function with a call in the last hour. */
    List<Calls> all(long nowMillis) {
        long newest = nowMillis / SLICE_MILLIS;
        return places.stream()
                .map(entry -> entry.sum(newest))
                .filter(calls -> calls.calls > 0)
                .toList();
    }

    /** Calls since the start of functions that were not known, or were forgotten to make room for others. */
    long unranked() {
        return unranked;
    }
}
