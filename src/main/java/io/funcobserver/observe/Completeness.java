package io.funcobserver.observe;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Function calls that every target has accepted, against those that Func itself counted: over the last sixty full minutes,
 * of which the youngest ended two minutes ago, since Func counts at its flushes.
 *
 * <p>The drain of a backlog must not pay for this, so no request is looked into. Requests are delivered in the order in
 * which they were spooled: calls that were spooled before the oldest request that still waits are delivered, but for those
 * in the dead letters, which are told of as they are written, and again when a replay delivers them.
 *
 * <p>A minute counts from the first full one after the start: what was delivered before is not remembered. Of a function
 * that was called more often than it was counted in a minute, as a resend can make it look, no more counts than was
 * counted.
 */
public final class Completeness {
    /** The most functions followed, by this and by what counts Func's calls. */
    public static final int MOST_FUNCTIONS = 2000;

    private static final int MINUTES = 60;
    private static final int SETTLING_MINUTES = 2;
    private static final int OLDEST_MINUTES = CallCounts.SLOTS - 2;
    private static final int MOST_WAITING = 4;

    /** Gives what Func counted. */
    @FunctionalInterface
    public interface Counted {
        /**
         * By function and minute (UNIX seconds), from the first to the last, both included.
         *
         * @param called functions that there are, beside those that Func may know of
         */
        Map<String, Map<Long, Long>> between(Set<String> called, long firstMinute, long lastMinute);
    }

    /**
     * One function.
     *
     * @param counted by Func
     * @param delivered of those, to every target
     */
    public record Share(String function, long counted, long delivered) {
        /** From 0 to 1; not a number where nothing was counted. */
        public double ratio() {
            return counted == 0 ? Double.NaN : (double) delivered / counted;
        }
    }

    /** Calls that were spooled up to a time. */
    private record Waiting(CallCounts calls, Instant until) {}

    private final Clock clock;
    private final Duration settling;
    private CallCounts spooled = new CallCounts();
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private final CallCounts delivered = new CallCounts();
    /** What dead letters took from each target, and replays gave back. */
    private final Map<String, CallCounts> corrections = new HashMap<>();

    private volatile long startMinute;
    private volatile List<Share> shares = List.of();

    /** @param settling how long a spooled call may take to become a request */
    public Completeness(Clock clock, Duration settling) {
        this.clock = clock;
        this.settling = settling;
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

    /**
     * Calls are safe on their way to the targets.
     *
     * @param triggerTimeMs UNIX milliseconds
     */
    public synchronized void spooled(String funcId, long triggerTimeMs, int calls) {
        add(spooled, funcId, triggerTimeMs, calls);
    }

    /**
     * Calls of requests that are not delivered as they were spooled.
     *
     * @param calls negative where they are given up, positive where they are delivered after that
     */
    public synchronized void correct(String target, String funcId, long triggerTimeMs, int calls) {
        add(corrections.computeIfAbsent(target, name -> new CallCounts()), funcId, triggerTimeMs, calls);
    }

    private void add(CallCounts counts, String funcId, long triggerTimeMs, int calls) {
        long minute = minute(triggerTimeMs);
        long age = minute(clock.millis()) - minute;
        // An old backlog costs nothing, and a clock that is ahead does not reach into the future.
        if (!funcId.isEmpty() && age >= -1 && age < OLDEST_MINUTES && minute >= startMinute) {
            counts.add(funcId, (int) minute, calls);
        }
    }

    /**
     * Compares anew.
     *
     * @param waitingSince when the oldest request was spooled that waits for any target; null where none waits
     */
    public void refresh(Counted counted, Supplier<Instant> waitingSince) {
        settle(waitingSince.get());
        long last = minute(clock.millis()) - SETTLING_MINUTES - 1;
        long first = Math.max(last - MINUTES + 1, startMinute);
        List<Share> compared = new ArrayList<>();
        if (first <= last) {
            counted.between(called(), first * 60, last * 60)
                    .forEach((funcId, minutes) -> compared.add(share(funcId, minutes)));
        }
        compared.sort(Comparator.comparingDouble(Share::ratio)
                .thenComparing(Comparator.comparingLong(Share::counted).reversed())
                .thenComparing(Share::function));
        shares = List.copyOf(compared);
        synchronized (this) {
            delivered.forgetBefore(first);
            corrections.values().forEach(calls -> calls.forgetBefore(first));
        }
    }

    private synchronized Set<String> called() {
        Set<String> called = new HashSet<>(delivered.functions());
        called.addAll(spooled.functions());
        waiting.forEach(each -> called.addAll(each.calls().functions()));
        return called;
    }

    private synchronized void settle(Instant waitingSince) {
        Instant now = clock.instant();
        Instant since = waitingSince == null ? now : waitingSince;
        while (!waiting.isEmpty() && waiting.element().until().plus(settling).isBefore(since)) {
            delivered.addAll(waiting.remove().calls());
        }
        if (waiting.size() == MOST_WAITING) {
            // The oldest ones stay apart, so that they can be seen to be delivered while others come.
            spooled.addAll(waiting.removeLast().calls());
        }
        waiting.add(new Waiting(spooled, now));
        spooled = new CallCounts();
    }

    private synchronized Share share(String funcId, Map<Long, Long> minutes) {
        long all = 0;
        long found = 0;
        for (Map.Entry<Long, Long> entry : minutes.entrySet()) {
            long minute = entry.getKey() / 60;
            int lacking = corrections.values().stream()
                    .mapToInt(calls -> calls.of(funcId, minute))
                    .min()
                    .orElse(0);
            all += entry.getValue();
            found += Math.max(0, Math.min(entry.getValue(), delivered.of(funcId, minute) + Math.min(0, lacking)));
        }
        return new Share(funcId, all, found);
    }

    /** By function, the least complete first. */
    public List<Share> worstFirst() {
        return shares;
    }

    /** All functions together. */
    public Share total() {
        return shares.stream()
                .reduce(
                        new Share("", 0, 0),
                        (sum, each) ->
                                new Share("", sum.counted() + each.counted(), sum.delivered() + each.delivered()));
    }

    private static long minute(long epochMillis) {
        return Math.floorDiv(epochMillis, Duration.ofMinutes(1).toMillis());
    }
}
