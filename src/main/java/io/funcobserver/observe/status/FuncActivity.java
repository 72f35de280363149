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
 * <p>Bounded to about 300 kB whatever passes. Of a call older than an hour nothing is kept. May be used by several
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

    private final int[][] calls = new int[CallStatus.values().length][STEPS];
    private final long[] callStep = new long[STEPS];
    private final int[][] waits = new int[MINUTES][CostHistogram.CLASSES];
    private final int[][] runs = new int[MINUTES][CostHistogram.CLASSES];
    private final long[] minute = new long[MINUTES];
    private final FunctionTable functions = new FunctionTable(MAX_FUNCTIONS, new SplittableRandom());
    private final Map<String, Queue> queues =
            new TreeMap<>(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()));

    private static final class Queue {
        private final long[] minute = new long[MINUTES];
        private final int[] longest = new int[MINUTES];
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
        CallStatus ended = CallStatus.of(status);
        long step = epochMillis / STEP_MILLIS;
        int i = (int) Math.floorMod(step, (long) STEPS);
        if (callStep[i] > step) {
            return;
        }
        if (callStep[i] < step) {
            callStep[i] = step;
            for (int[] one : calls) {
                one[i] = 0;
            }
        }
        calls[ended.ordinal()][i]++;
        cost(waitMillis, runMillis, epochMillis / MINUTE_MILLIS);
        if (funcId != null && !funcId.isEmpty()) {
            functions.call(funcId, ended.isFailing(), runMillis == UNKNOWN ? -1 : Math.max(0, runMillis), epochMillis);
        }
    }

    private void cost(long waitMillis, long runMillis, long number) {
        int i = (int) Math.floorMod(number, (long) MINUTES);
        if (minute[i] > number) {
            return;
        }
        if (minute[i] < number) {
            minute[i] = number;
            Arrays.fill(waits[i], 0);
            Arrays.fill(runs[i], 0);
        }
        if (waitMillis != UNKNOWN) {
            waits[i][CostHistogram.classOf(waitMillis)]++;
        }
        if (runMillis != UNKNOWN) {
            runs[i][CostHistogram.classOf(runMillis)]++;
        }
    }

    /** A worker queue had this many tasks waiting. Of more than {@value #MAX_QUEUES} queues, the first ones count. */
    public synchronized void queue(String queue, long length, long epochMillis) {
        Queue one = queues.get(queue);
        if (one == null) {
            if (queues.size() >= MAX_QUEUES) {
                return;
            }
            one = new Queue();
            queues.put(queue, one);
        }
        long number = epochMillis / MINUTE_MILLIS;
        int i = (int) Math.floorMod(number, (long) MINUTES);
        if (one.minute[i] > number) {
            return;
        }
        int bounded = (int) Math.max(0, Math.min(Integer.MAX_VALUE, length));
        one.longest[i] = one.minute[i] == number ? Math.max(one.longest[i], bounded) : bounded;
        one.minute[i] = number;
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
                int count = at(calls[status.ordinal()], step - back);
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
                percentiles(waits, nowMillis),
                percentiles(runs, nowMillis),
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

    private int at(int[] counts, long step) {
        int i = (int) Math.floorMod(step, (long) STEPS);
        return callStep[i] == step ? counts[i] : 0;
    }

    private StatusReport.Percentiles percentiles(int[][] costs, long nowMillis) {
        long newest = nowMillis / MINUTE_MILLIS;
        long[] sums = new long[CostHistogram.CLASSES];
        for (int i = 0; i < MINUTES; i++) {
            if (minute[i] > newest - MINUTES && minute[i] <= newest) {
                add(sums, costs[i]);
            }
        }
        return new StatusReport.Percentiles(
                CostHistogram.percentile(sums, 0.5),
                CostHistogram.percentile(sums, 0.95),
                CostHistogram.percentile(sums, 0.99));
    }

    private static void add(long[] sums, int[] counts) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += counts[i];
        }
    }

    private List<StatusReport.Queue> queues(long nowMillis) {
        long newest = nowMillis / MINUTE_MILLIS;
        List<StatusReport.Queue> all = new ArrayList<>();
        queues.forEach((name, queue) -> {
            long longest = 0;
            for (int i = 0; i < MINUTES; i++) {
                if (queue.minute[i] > newest - MINUTES && queue.minute[i] <= newest) {
                    longest = Math.max(longest, queue.longest[i]);
                }
            }
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
                values[STEPS - 1 - back] = at(calls[status.ordinal()], step - 1 - back);
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
            long number = newest - back;
            int i = (int) Math.floorMod(number, (long) MINUTES);
            if (minute[i] == number) {
                int place = MINUTES - 1 - back;
                long[] wait = new long[CostHistogram.CLASSES];
                long[] run = new long[CostHistogram.CLASSES];
                add(wait, waits[i]);
                add(run, runs[i]);
                lines.get("wait p50")[place] = CostHistogram.percentile(wait, 0.5);
                lines.get("wait p95")[place] = CostHistogram.percentile(wait, 0.95);
                lines.get("run p50")[place] = CostHistogram.percentile(run, 0.5);
                lines.get("run p95")[place] = CostHistogram.percentile(run, 0.95);
            }
        }
        return new StatusReport.CostSeries(newest * 60, 60, lines);
    }
}
