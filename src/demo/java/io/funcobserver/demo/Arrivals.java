package io.funcobserver.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import io.funcobserver.config.Catalogue;

/** What has arrived at the receiver, by measurement. */
final class Arrivals {
    /** The measurements of the product; each has to arrive. */
    static final List<String> EXPECTED = Catalogue.measurements().stream()
            .map(Catalogue.Measurement::name)
            .sorted()
            .toList();

    /**
     * One measurement so far.
     *
     * @param last its newest line; empty when there is none
     */
    record Arrived(String measurement, long points, String last) {}

    private static final class Count {
        private final AtomicLong points = new AtomicLong();
        private final AtomicReference<String> last = new AtomicReference<>("");
    }

    private final Map<String, Count> counts = new ConcurrentSkipListMap<>();
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicReference<String> lastRefusal = new AtomicReference<>("");

    Arrivals() {
        EXPECTED.forEach(measurement -> counts.put(measurement, new Count()));
    }

    void line(Line line) {
        Count count = counts.computeIfAbsent(line.measurement(), measurement -> new Count());
        count.points.incrementAndGet();
        count.last.set(line.text());
    }

    void request(Request request) {
        requests.incrementAndGet();
        if (request.status() >= 300) {
            refused.incrementAndGet();
            lastRefusal.set(request.status() + " for " + request.path());
        }
    }

    /** Each measurement, the expected ones even when nothing has arrived, by name. */
    List<Arrived> all() {
        List<Arrived> all = new ArrayList<>();
        counts.forEach((measurement, count) -> all.add(new Arrived(measurement, count.points.get(), count.last.get())));
        return all;
    }

    Map<String, Long> points() {
        Map<String, Long> points = new TreeMap<>();
        counts.forEach((measurement, count) -> points.put(measurement, count.points.get()));
        return points;
    }

    /** Points of the measurements that Func uploads: all but the one that is read from Redis in any case. */
    long uploaded() {
        return points().entrySet().stream()
                .filter(entry -> !entry.getKey().equals("DFF_cache_db_key"))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    List<String> missing() {
        return EXPECTED.stream()
                .filter(measurement -> counts.get(measurement).points.get() == 0)
                .toList();
    }

    long requests() {
        return requests.get();
    }

    long refused() {
        return refused.get();
    }

    /** Status and path of the last request that was refused; empty when none was. */
    String lastRefusal() {
        return lastRefusal.get();
    }
}
