package io.funcobserver.observe.status;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;

import org.HdrHistogram.AbstractHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.IntCountsHistogram;

/**
 * What Func did in the last hour, from the points that pass through: told call by call, read when somebody looks.
 *
 * <p>Bounded to about 500 kB whatever passes. Of a call older than an hour nothing is kept. May be used by several
 * threads: a call costs a lock that is held for less than a microsecond, and for some 100 µs by one who looks.
 */
public final class FuncActivity {
    /** A cost that is not known. */
    public static final long UNKNOWN = Long.MIN_VALUE;

    static final int MAX_QUEUES = 64;
    private static final int TOP = 10;
    private static final int STEPS = History.LENGTH;
    private static final int RATE_STEPS = 5;
    private static final long STEP_MILLIS = History.STEP_SECONDS * 1000L;
    private static final int MINUTES = 60;
    private static final long MINUTE_MILLIS = 60_000;

    /** In ms: 37 hours. What takes longer counts as that. */
    static final long MAX_COST = 1 << 27;

    /** Of a cost: a percentile is right within a tenth of its value. */
    private static final int DIGITS = 1;

    private final Periods<int[]> calls = new Periods<>(STEPS, () -> new int[CallStatus.values().length]);
    private final Periods<Costs> costs = new Periods<>(MINUTES, Costs::new);
    private final FunctionTable functions = new FunctionTable();
    private final Map<String, Queue> queues =
            new TreeMap<>(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()));

    /** How many calls of a minute waited and ran how long, in ms. */
    private record Costs(IntCountsHistogram waits, IntCountsHistogram runs) {
        Costs() {
            this(new IntCountsHistogram(MAX_COST, DIGITS), new IntCountsHistogram(MAX_COST, DIGITS));
        }
    }

    private static final class Queue {
        private final Periods<int[]> longest = new Periods<>(MINUTES, () -> new int[1]);
        private long length;
        private long atMillis;
    }

    /**
     * A call of a user function came to its end.
     *
     * @param status as in the tag {@code task_status}
     * @param waitMillis from its trigger to its start, {@link #UNKNOWN} where it is not known
     * @param runMillis from its start to its end, {@link #UNKNOWN} where it is not known
     * @param epochMillis when
     */
    public synchronized void call(String funcId, String status, long waitMillis, long runMillis, long epochMillis) {
        int[] step = calls.take(epochMillis / STEP_MILLIS);
        if (step == null) {
            return;
        }
        CallStatus ended = CallStatus.of(status);
        step[ended.ordinal()]++;
        Costs minute = costs.take(epochMillis / MINUTE_MILLIS);
        if (minute != null) {
            count(minute.waits(), waitMillis);
            count(minute.runs(), runMillis);
        }
        if (funcId != null && !funcId.isEmpty()) {
            functions.call(funcId, ended.isFailing(), runMillis == UNKNOWN ? -1 : Math.max(0, runMillis), epochMillis);
        }
    }

    /** A negative cost, which clocks that differ make, counts as 0. */
    private static void count(IntCountsHistogram costs, long millis) {
        if (millis != UNKNOWN) {
            costs.recordValue(Math.max(0, Math.min(MAX_COST, millis)));
        }
    }

    /** A worker queue had this many tasks waiting. Of more than {@value #MAX_QUEUES} queues, the first ones count. */
    public synchronized void queue(String queue, long length, long epochMillis) {
        if (!queues.containsKey(queue) && queues.size() >= MAX_QUEUES) {
            return;
        }
        Queue one = queues.computeIfAbsent(queue, name -> new Queue());
        int[] longest = one.longest.take(epochMillis / MINUTE_MILLIS);
        if (longest == null) {
            return;
        }
        longest[0] = (int) Math.max(longest[0], Math.min(Integer.MAX_VALUE, length));
        if (epochMillis >= one.atMillis) {
            one.length = length;
            one.atMillis = epochMillis;
        }
    }

    /**
     * The last hour.
     *
     * @param withHistory whether the series are wanted too
     */
    synchronized StatusReport.Func report(long nowMillis, boolean withHistory) {
        long step = nowMillis / STEP_MILLIS;
        Map<String, int[]> steps = new LinkedHashMap<>();
        Map<String, Long> counted = new LinkedHashMap<>();
        Map<String, Double> perSecond = new LinkedHashMap<>();
        double seconds = RATE_STEPS * History.STEP_SECONDS + (nowMillis % STEP_MILLIS) / 1000.0;
        for (CallStatus status : CallStatus.values()) {
            // The step that is under way comes last, and is none of the series.
            int[] counts = new int[STEPS + 1];
            Arrays.setAll(counts, i -> ended(status, step - STEPS + i));
            steps.put(status.id(), Arrays.copyOf(counts, STEPS));
            counted.put(status.id(), IntStream.of(counts).skip(1).asLongStream().sum());
            perSecond.put(
                    status.id(), IntStream.of(counts).skip(STEPS - RATE_STEPS).sum() / seconds);
        }
        long all = counted.values().stream().mapToLong(Long::longValue).sum();
        if (all == 0 && queues.isEmpty()) {
            return null;
        }
        List<FunctionTable.Calls> known = functions.all(nowMillis);
        return new StatusReport.Func(
                all,
                counted,
                perSecond,
                percentiles(Costs::waits, nowMillis),
                percentiles(Costs::runs, nowMillis),
                queues(nowMillis),
                known.size(),
                functions.unranked(),
                top(known, calls -> true, calls -> (double) calls.calls),
                top(known, calls -> calls.runs > 0, FuncActivity::meanRun),
                top(known, calls -> calls.failing > 0, calls -> (double) calls.failing),
                withHistory ? new StatusReport.Series(step * History.STEP_SECONDS, History.STEP_SECONDS, steps) : null,
                withHistory ? minutes(nowMillis / MINUTE_MILLIS) : null);
    }

    private static double meanRun(FunctionTable.Calls calls) {
        return calls.runs == 0 ? 0 : (double) calls.runMillis / calls.runs;
    }

    private static List<StatusReport.FunctionCalls> top(
            List<FunctionTable.Calls> known,
            Predicate<FunctionTable.Calls> which,
            Function<FunctionTable.Calls, Double> by) {
        return known.stream()
                .filter(which)
                .sorted(Comparator.comparing(by).reversed().thenComparing(calls -> calls.function))
                .limit(TOP)
                .map(calls -> new StatusReport.FunctionCalls(
                        calls.function,
                        calls.calls,
                        calls.failing,
                        calls.runs == 0 ? null : meanRun(calls),
                        calls.runs == 0 ? null : Long.valueOf(calls.longestRun)))
                .toList();
    }

    private int ended(CallStatus status, long step) {
        int[] all = calls.of(step);
        return all == null ? 0 : all[status.ordinal()];
    }

    private StatusReport.Percentiles percentiles(Function<Costs, IntCountsHistogram> which, long nowMillis) {
        Histogram hour = new Histogram(MAX_COST, DIGITS);
        costs.upTo(nowMillis / MINUTE_MILLIS).map(which).forEach(hour::add);
        return new StatusReport.Percentiles(percentile(hour, 50), percentile(hour, 95), percentile(hour, 99));
    }

    /** Null where there is no cost. */
    private static Long percentile(AbstractHistogram costs, double percent) {
        return costs.getTotalCount() == 0 ? null : (Long) costs.getValueAtPercentile(percent);
    }

    private List<StatusReport.Queue> queues(long nowMillis) {
        List<StatusReport.Queue> all = new ArrayList<>();
        queues.forEach((name, queue) -> {
            int longest = queue.longest
                    .upTo(nowMillis / MINUTE_MILLIS)
                    .mapToInt(minute -> minute[0])
                    .max()
                    .orElse(0);
            all.add(new StatusReport.Queue(name, queue.length, longest));
        });
        return all;
    }

    private StatusReport.CostSeries minutes(long newest) {
        Map<String, Long[]> lines = new LinkedHashMap<>();
        lines.put("wait p50", minutes(newest, Costs::waits, 50));
        lines.put("wait p95", minutes(newest, Costs::waits, 95));
        lines.put("run p50", minutes(newest, Costs::runs, 50));
        lines.put("run p95", minutes(newest, Costs::runs, 95));
        return new StatusReport.CostSeries(newest * 60, 60, lines);
    }

    private Long[] minutes(long newest, Function<Costs, IntCountsHistogram> which, double percent) {
        Long[] minutes = new Long[MINUTES];
        Arrays.setAll(minutes, i -> {
            Costs minute = costs.of(newest - MINUTES + 1 + i);
            return minute == null ? null : percentile(which.apply(minute), percent);
        });
        return minutes;
    }
}
