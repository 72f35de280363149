package io.funcobserver.observe;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Function calls that are on their way, safe on disk, against those that Func itself counted: over the last sixty full
 * minutes, of which the youngest ended two minutes ago, since Func counts at its flushes.
 *
 * <p>A minute counts from the first full one after the start: what was delivered before is not remembered. Of a function
 * that was called more often than it was counted in a minute, as a resend can make it look, no more counts than was
 * counted. Memory: sixty-six numbers for each of a bounded number of functions.
 */
public final class Completeness implements FuncCalls {
    /** The most functions followed, by this and by what counts Func's calls. */
    public static final int MOST_FUNCTIONS = 2000;

    private static final int MINUTES = 60;
    private static final int SETTLING_MINUTES = 2;

    /** One slot more than is ever looked at, for the minute that is being written. */
    private static final int SLOTS = MINUTES + SETTLING_MINUTES + 4;

    /** Gives what Func counted. */
    @FunctionalInterface
    public interface Counted {
        /** By function and minute (UNIX seconds), from the first to the last, both included. */
        Map<String, Map<Long, Long>> between(long firstMinute, long lastMinute);
    }

    /**
     * One function.
     *
     * @param counted by Func
     * @param seen of those, on their way or delivered
     */
    public record Share(String funcId, long counted, long seen) {
        /** From 0 to 1; not a number where nothing was counted. */
        public double ratio() {
            return counted == 0 ? Double.NaN : (double) seen / counted;
        }

        long missing() {
            return counted - seen;
        }
    }

    private final Map<String, Minutes> seen = new ConcurrentHashMap<>();
    private final Clock clock;
    private volatile long startMinute;
    private volatile List<Share> shares = List.of();

    public Completeness(Clock clock) {
        this.clock = clock;
        restart();
    }

    /** Compares from the next full minute on. */
    public void restart() {
        startMinute = minute(clock.millis()) + 1;
    }

    /** Compares nothing until {@link #restart}: this process does not see the calls. */
    public void pause() {
        startMinute = Long.MAX_VALUE;
        shares = List.of();
    }

    @Override
    public void seen(String funcId, long triggerTimeMs) {
        long minute = minute(triggerTimeMs);
        long age = minute(clock.millis()) - minute;
        // An old backlog costs nothing, and a clock that is ahead does not reach into the future.
        if (funcId == null || age < -1 || age >= SLOTS - 2 || minute < startMinute) {
            return;
        }
        Minutes minutes = seen.get(funcId);
        if (minutes == null) {
            if (seen.size() >= MOST_FUNCTIONS) {
                return;
            }
            minutes = seen.computeIfAbsent(funcId, id -> new Minutes(minute));
        }
        minutes.add(minute);
    }

    /** Compares anew; by one thread at a time. */
    public void refresh(Counted counted) {
        long last = minute(clock.millis()) - SETTLING_MINUTES - 1;
        long first = Math.max(last - MINUTES + 1, startMinute);
        List<Share> compared = new ArrayList<>();
        if (first <= last) {
            counted.between(first * 60, last * 60).forEach((funcId, minutes) -> {
                Minutes ours = seen.get(funcId);
                long all = 0;
                long found = 0;
                for (Map.Entry<Long, Long> entry : minutes.entrySet()) {
                    long delivered = ours == null ? 0 : ours.of(entry.getKey() / 60);
                    all += entry.getValue();
                    found += Math.min(entry.getValue(), delivered);
                }
                compared.add(new Share(funcId, all, found));
            });
        }
        compared.sort(Comparator.comparingLong(Share::missing).reversed().thenComparing(Share::funcId));
        shares = List.copyOf(compared);
        seen.values().removeIf(minutes -> minutes.newest < first);
    }

    /** By function, those that lack the most calls first. */
    public List<Share> worstFirst() {
        return shares;
    }

    /** All functions together. */
    public Share total() {
        return shares.stream()
                .reduce(
                        new Share("", 0, 0),
                        (sum, each) -> new Share("", sum.counted() + each.counted(), sum.seen() + each.seen()));
    }

    private static long minute(long epochMillis) {
        return Math.floorDiv(epochMillis, Duration.ofMinutes(1).toMillis());
    }

    /** A ring of the last minutes, each slot with the minute it is of in its upper half. */
    private static final class Minutes {
        private final AtomicLongArray slots = new AtomicLongArray(SLOTS);
        private volatile long newest;

        Minutes(long minute) {
            newest = minute;
        }

        void add(long minute) {
            int slot = (int) (minute % SLOTS);
            slots.updateAndGet(
                    slot, old -> old >>> 32 == minute ? old + 1 : old >>> 32 < minute ? minute << 32 | 1 : old);
            if (minute > newest) {
                newest = minute;
            }
        }

        long of(long minute) {
            long slot = slots.get((int) (minute % SLOTS));
            return slot >>> 32 == minute ? slot & 0xffffffffL : 0;
        }
    }
}
