package io.funcobserver.func;

import java.util.ArrayList;
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
    private final String appName;
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
        this.appName = appName;
        this.queues = queues;
        this.maxPrefixes = maxPrefixes;
    }

    /** One row for each prefix: {@code target}, {@code prefix}, {@code count}. */
    public List<Map<String, Object>> countByPrefix() {
        PrefixCounts counts = new PrefixCounts(appName);
        keys.forEach(key -> {
            counts.add(key);
            queues.forEach(kind -> kind.seen(key));
            return true;
        });
        List<Map<String, Object>> rows = new ArrayList<>();
        counts.top(maxPrefixes)
                .forEach((prefix, count) -> rows.add(Map.of("target", target, "prefix", prefix, "count", count)));
        return rows;
    }
}
