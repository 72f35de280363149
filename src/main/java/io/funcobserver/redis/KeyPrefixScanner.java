package io.funcobserver.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

import io.funcobserver.func.PrefixCounts;
import io.funcobserver.func.Queues;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.resps.ScanResult;

/**
 * Counts Func's keys by prefix, with {@code SCAN} only, resting after each step so that a busy Redis does not notice.
 *
 * <p>Memory grows with the prefixes, not with the keys, and not beyond a bound.
 */
public final class KeyPrefixScanner {
    private final StringRedisTemplate redis;
    private final String target;
    private final PrefixCounts.Rule rule;
    private final List<Queues> queues;
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
     * @param queues are told of each key
     * @param maxPrefixes how many prefixes are reported by name; the rest is summed up
     * @param stopping asked between two SCANs, so that a long pass does not hold up the end of the process
     */
    public KeyPrefixScanner(
            StringRedisTemplate redis,
            String target,
            String appName,
            List<Queues> queues,
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
        byte[] position = ScanParams.SCAN_POINTER_START_BINARY;
        int keys = pace.keys();
        Circle circle = new Circle();
        while (true) {
            ScanResult<byte[]> step;
            try {
                step = step(position, keys);
            } catch (RuntimeException e) {
                if (keys == 1 || AnswerTooLargeException.in(e) == null) {
                    throw e;
                }
                // Keys of 100 kB: fewer at once, from the same place.
                keys = Math.max(1, keys / 8);
                continue;
            }
            step.getResult().forEach(key -> count(key, counts));
            if (step.isCompleteIteration()) {
                return;
            }
            position = step.getCursorAsBytes();
            if (circle.closes(position)) {
                throw new IllegalStateException("SCAN goes round in a circle (the cursor "
                        + new String(position, StandardCharsets.UTF_8)
                        + " came twice): the keys of Redis cannot be counted; see whether a proxy stands before Redis");
            }
            rest();
        }
    }

    /** Sees within a few rounds that cursors repeat, which those of a Redis do not; remembers one of them (R. P. Brent). */
    private static final class Circle {
        private byte[] remembered = ScanParams.SCAN_POINTER_START_BINARY;
        private long steps;
        private long longest = 1;

        boolean closes(byte[] cursor) {
            if (Arrays.equals(cursor, remembered)) {
                return true;
            }
            if (++steps == longest) {
                remembered = cursor;
                longest *= 2;
                steps = 0;
            }
            return false;
        }
    }

    /** One SCAN on a connection that nobody else waits for meanwhile: the template's own scan holds it for the pass. */
    private ScanResult<byte[]> step(byte[] position, int keys) {
        return redis.execute((RedisCallback<ScanResult<byte[]>>)
                connection -> ((Jedis) connection.getNativeConnection()).scan(position, new ScanParams().count(keys)));
    }

    private void count(byte[] bytes, PrefixCounts counts) {
        String key = new String(bytes, StandardCharsets.UTF_8);
        counts.add(key);
        queues.forEach(kind -> kind.seen(key));
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
