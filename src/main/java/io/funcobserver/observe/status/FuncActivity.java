package io.funcobserver.observe.status;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What Func did in the last hour, from the points that pass through: told call by call, read when somebody looks.
 *
 * <p>Bounded to about 500 kB whatever passes. Of a call older than an hour nothing is kept. May be used by several
 * threads: a call costs a lock that is held for less than a microsecond, and for some 100 µs by one who looks.
 */
public final class FuncActivity {
    /** A cost that is not known. */
    public static final long UNKNOWN = Long.MIN_VALUE;

    static final int MAX_FUNCTIONS = 500;
    static final int MAX_QUEUES = 64;
    private static final int TOP = 10;
    private static final int STEPS = Ring.LENGTH;
    private static final long STEP_MILLIS = Ring.STEP_SECONDS * 1000L;
    private static final int MINUTES = 60;
    private static final long MINUTE_MILLIS = 60_000;

    private final Periods<int[]> calls = new Periods<>(STEPS, () -> new int[CallStatus.values().length]);
    private final Periods<Costs> costs = new Periods<>(MINUTES, Costs::new);
    private final FunctionTable functions = new FunctionTable(MAX_FUNCTIONS, new SplittableRandom());
    private final Map<String, Queue> queues =
            new TreeMap<>(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()));

    /** How many calls of a minute waited and ran how long. */
    private record Costs(int[] waits, int[] runs) {
        Costs() {
            this(new int[CostHistogram.CLASSES], new int[CostHistogram.CLASSES]);
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

    private static void count(int[] classes, long millis) {
        if (millis != UNKNOWN) {
            classes[CostHistogram.classOf(millis)]++;
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
        Map<String, Long> counted = new LinkedHashMap<>();
        Map<String, Double> perSecond = new LinkedHashMap<>();
        long all = 0;
        for (CallStatus status : CallStatus.values()) {
            long hour = 0;
            long latest = 0;
            for (int back = 0; back < STEPS; back++) {
                int count = ended(status, step - back);
                hour += count;
                // The step that is under way, and the five before.
                latest += back < 6 ? count : 0;
            }
            counted.put(status.id(), hour);
            double seconds = 5 * Ring.STEP_SECONDS + (nowMillis % STEP_MILLIS) / 1000.0;
            perSecond.put(status.id(), latest / seconds);
            all += hour;
        }
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
                top(known, calls -> true, calls -> (double) calls.calls()),
                top(known, calls -> calls.runs() > 0, FuncActivity::meanRun),
                top(known, calls -> calls.failing() > 0, calls -> (double) calls.failing()),
                withHistory ? series(step) : null,
                withHistory ? minutes(nowMillis / MINUTE_MILLIS) : null);
    }

    private static double meanRun(FunctionTable.Calls calls) {
        return calls.runs() == 0 ? 0 : (double) calls.runMillis() / calls.runs();
    }

    private static List<StatusReport.FunctionCalls> top(
            List<FunctionTable.Calls> known,
            Predicate<FunctionTable.Calls> which,
            Function<FunctionTable.Calls, Double> by) {
        return known.stream()
                .filter(which)
                .sorted(Comparator.comparing(by).reversed().thenComparing(FunctionTable.Calls::function))
                .limit(TOP)
                .map(calls -> new StatusReport.FunctionCalls(
                        calls.function(),
                        calls.calls(),
                        calls.failing(),
                        calls.runs() == 0 ? null : meanRun(calls),
                        calls.runs() == 0 ? null : calls.longestRun()))
                .toList();
    }

    private int ended(CallStatus status, long step) {
        int[] all = calls.of(step);
        return all == null ? 0 : all[status.ordinal()];
    }

    private StatusReport.Percentiles percentiles(Function<Costs, int[]> which, long nowMillis) {
        int[] sums = new int[CostHistogram.CLASSES];
        costs.upTo(nowMillis / MINUTE_MILLIS)
                .map(which)
                .forEach(counts -> Arrays.setAll(sums, i -> sums[i] + counts[i]));
        return new StatusReport.Percentiles(
                CostHistogram.percentile(sums, 0.5),
                CostHistogram.percentile(sums, 0.95),
                CostHistogram.percentile(sums, 0.99));
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

    private StatusReport.Series series(long step) {
        Map<String, int[]> byStatus = new LinkedHashMap<>();
        for (CallStatus status : CallStatus.values()) {
            int[] values = new int[STEPS];
            for (int back = 0; back < STEPS; back++) {
                // The step that is under way is left out.
                values[STEPS - 1 - back] = ended(status, step - 1 - back);
            }
            byStatus.put(status.id(), values);
        }
        return new StatusReport.Series(step * Ring.STEP_SECONDS, Ring.STEP_SECONDS, byStatus);
    }

    private StatusReport.CostSeries minutes(long newest) {
        Map<String, Long[]> lines = new LinkedHashMap<>();
        for (String line : List.of("wait p50", "wait p95", "run p50", "run p95")) {
            lines.put(line, new Long[MINUTES]);
        }
        for (int back = 0; back < MINUTES; back++) {
            Costs minute = costs.of(newest - back);
            if (minute != null) {
                int place = MINUTES - 1 - back;
                lines.get("wait p50")[place] = CostHistogram.percentile(minute.waits(), 0.5);
                lines.get("wait p95")[place] = CostHistogram.percentile(minute.waits(), 0.95);
                lines.get("run p50")[place] = CostHistogram.percentile(minute.runs(), 0.5);
                lines.get("run p95")[place] = CostHistogram.percentile(minute.runs(), 0.95);
            }
        }
        return new StatusReport.CostSeries(newest * 60, 60, lines);
    }
}
