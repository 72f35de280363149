package io.funcobserver.func;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Counts Func's keys by prefix.
 *
 * <p>Memory grows with the prefixes, not with the keys, and not beyond a bound.
 */
public final class KeyPrefixScanner {
    private final Keys keys;
    private final String target;
    private final PrefixCounts.Rule rule;
    private final List<Queues> queues;
    private final int maxPrefixes;

    /**
     * @param target as the tag shows it: {@code host:port/db}
     * @param queues are told of each key
     * @param maxPrefixes how many prefixes are reported by name; the rest is summed up
     */
    public KeyPrefixScanner(Keys keys, String target, String appName, List<Queues> queues, int maxPrefixes) {
        this.keys = keys;
        this.target = target;
        this.rule = new PrefixCounts.Rule(appName);
        this.queues = queues;
        this.maxPrefixes = maxPrefixes;
    }

    /** One row for each prefix: {@code target}, {@code prefix}, {@code count}; the largest first. */
    public List<Map<String, Object>> countByPrefix() {
        PrefixCounts counts = new PrefixCounts(rule);
        keys.forEach(key -> {
            counts.add(key);
            queues.forEach(kind -> kind.seen(key));
            return true;
        });
        List<Map<String, Object>> rows = new ArrayList<>();
        counts.top(maxPrefixes).entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .forEach(entry ->
                        rows.add(Map.of("target", target, "prefix", entry.getKey(), "count", entry.getValue())));
        return rows;
    }
}
