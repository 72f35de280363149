package io.funcobserver.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

import io.funcobserver.func.PrefixCounts;
import io.funcobserver.func.WorkerQueues;
import org.springframework.data.redis.core.Cursor;
import org.springframework.data.redis.core.ScanOptions;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Counts Func's keys by prefix, with {@code SCAN} only, resting after each step so that a busy Redis does not notice.
 *
 * <p>Memory grows with the prefixes, not with the keys, and not beyond a bound.
 */
public final class Keyspace {
    private final StringRedisTemplate redis;
    private final String target;
    private final PrefixCounts.Rule rule;
    private final WorkerQueues queues;
    private final Pace pace;
    private final int maxPrefixes;
    private final BooleanSupplier stopping;

    /**
     * @param keys how many keys one SCAN asks for
     * @param rest between two SCANs
     */
    public record Pace(int keys, Duration rest) {}

    /**
     * @param target as the tag shows it: {@code host:port/db}
     * @param maxPrefixes how many prefixes are reported by name; the rest is summed up
     * @param stopping asked between two SCANs, so that a long pass does not hold up the end of the process
     */
    public Keyspace(
            StringRedisTemplate redis,
            String target,
            String appName,
            WorkerQueues queues,
            Pace pace,
            int maxPrefixes,
            BooleanSupplier stopping) {
        this.redis = redis;
        this.target = target;
        this.rule = new PrefixCounts.Rule(appName);
        this.queues = queues;
        this.pace = pace;
        this.maxPrefixes = maxPrefixes;
        this.stopping = stopping;
    }

    /** One row for each prefix: {@code target}, {@code prefix}, {@code count}; the largest first. */
    public List<Map<String, Object>> countByPrefix() {
        PrefixCounts counts = new PrefixCounts(rule);
        scan(counts);
        List<Map<String, Object>> rows = new ArrayList<>();
        counts.top(maxPrefixes).entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .forEach(entry ->
                        rows.add(Map.of("target", target, "prefix", entry.getKey(), "count", entry.getValue())));
        return rows;
    }

    private void scan(PrefixCounts counts) {
        ScanOptions options = ScanOptions.scanOptions().count(pace.keys()).build();
        // The template's own scan: inside execute() the connection would be closed twice, and Jedis would open it again
        // without AUTH and SELECT.
        try (Cursor<String> keys = redis.scan(options)) {
            Cursor.CursorId position = keys.getId();
            while (keys.hasNext()) {
                String key = keys.next();
                counts.add(key);
                queues.seen(key);
                if (!keys.getId().equals(position)) {
                    position = keys.getId();
                    rest();
                }
            }
        }
    }

    private void rest() {
        if (stopping.getAsBoolean()) {
            throw new IllegalStateException("the pass over the keys of Redis was given up because the process stops");
        }
        try {
            Thread.sleep(pace.rest().toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the pass over the keys of Redis was interrupted", e);
        }
    }
}
