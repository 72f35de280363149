package io.funcobserver.bench;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.funcobserver.demo.FreeRunningFunc.Finished;
import io.funcobserver.lineprotocol.Fnv;

/** Which tasks of a Func have arrived as which points, when, and whether any came again with other bytes. */
final class Arrived implements CountingReceiver.Listener {
    private static final int NANOS_PER_MILLI = 1_000_000;

    private record Point(int bytes, long nanoTime) {}

    /** By measurement and timestamp, which is a task's own. */
    private final Map<String, Map<Long, Point>> points = new ConcurrentHashMap<>();

    private long again;
    private long otherBytes;

    /**
     * One measurement's share of some tasks.
     *
     * @param nanos from each task's end to the answer, sorted
     */
    record Share(int sent, int arrived, long[] nanos) {
        String percent() {
            return String.format(Locale.ROOT, "%.3f %% (%d of %d)", 100.0 * arrived / sent, arrived, sent);
        }
    }

    Share share(String measurement, List<Finished> tasks) {
        Map<Long, Point> there = points.getOrDefault(measurement, Map.of());
        Map<Finished, Point> found = new HashMap<>();
        for (Finished task : tasks) {
            Point point = there.get(timestamp(task));
            if (point != null) {
                found.put(task, point);
            }
        }
        long[] nanos = found.entrySet().stream()
                .mapToLong(each -> each.getValue().nanoTime() - each.getKey().endNanos())
                .sorted()
                .toArray();
        return new Share(tasks.size(), found.size(), nanos);
    }

    private static long timestamp(Finished task) {
        long hash = Fnv.hash(task.id().getBytes(StandardCharsets.UTF_8));
        return task.triggerMs() * NANOS_PER_MILLI + Long.remainderUnsigned(hash, NANOS_PER_MILLI);
    }

    /** How many points came again. */
    synchronized long again() {
        return again;
    }

    /** How many of those had other bytes. */
    synchronized long otherBytes() {
        return otherBytes;
    }

    @Override
    public void body(byte[] bytes, int length, long nanoTime) {
        int begin = 0;
        while (begin < length) {
            int end = begin;
            boolean quoted = false;
            while (bytes[end] != '\n' || quoted) {
                if (bytes[end] == '\\') {
                    end++;
                } else {
                    quoted ^= bytes[end] == '"';
                }
                end++;
            }
            line(new String(bytes, begin, end - begin, StandardCharsets.UTF_8), nanoTime);
            begin = end + 1;
        }
    }

    private void line(String line, long nanoTime) {
        String measurement = line.substring(0, line.indexOf(','));
        long timestamp = Long.parseLong(line.substring(line.lastIndexOf(' ') + 1));
        Point point = new Point(line.hashCode(), nanoTime);
        Point other = points.computeIfAbsent(measurement, name -> new ConcurrentHashMap<>())
                .putIfAbsent(timestamp, point);
        if (other != null) {
            synchronized (this) {
                again++;
                otherBytes += other.bytes() == point.bytes() ? 0 : 1;
            }
        }
    }
}
