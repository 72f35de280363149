package io.funcobserver.func;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * The calls that Func counts itself, by function and minute: one sorted set a function, {@code
 * <APP>-monitor#monitor@systemMetrics:metric:funcCallCount:funcId:<funcId>:}, with members {@code <minute>,<count>}
 * scored by the minute (UNIX seconds), written at each of Func's flushes for every call, whatever else is recorded of it.
 *
 * <p>Used by one thread.
 */
public final class FuncCallCounts {
    private final StringRedisTemplate redis;
    private final String prefix;
    private final int mostFunctions;
    private final BooleanSupplier stopping;
    private final Set<String> functions = new LinkedHashSet<>();

    /**
     * @param mostFunctions how many are looked at; those found later are passed over
     * @param stopping asked between two steps, so that a long pass does not hold up the end of the process
     */
    public FuncCallCounts(StringRedisTemplate redis, String appName, int mostFunctions, BooleanSupplier stopping) {
        this.redis = redis;
        this.prefix = appName + "-monitor#monitor@systemMetrics:metric:funcCallCount:funcId:";
        this.mostFunctions = mostFunctions;
        this.stopping = stopping;
    }

    /** Looks through the keyspace for functions; how often is for the caller to say. */
    public void findFunctions(Keys keys) {
        Set<String> found = new LinkedHashSet<>();
        keys.forEach(key -> {
            if (key.startsWith(prefix) && key.endsWith(":") && key.length() <= prefix.length() + 257) {
                found.add(key.substring(prefix.length(), key.length() - 1));
            }
            return found.size() < mostFunctions;
        });
        functions.clear();
        functions.addAll(found);
    }

    /**
     * The calls of each function found, by minute, from the first minute to the last (UNIX seconds, both included).
     *
     * <p>Functions that were not called then are left out.
     *
     * @param called functions that are looked at too: a new one is called before it is found
     */
    public Map<String, Map<Long, Long>> between(Set<String> called, long firstMinute, long lastMinute) {
        functions.addAll(called);
        Map<String, Map<Long, Long>> counts = new HashMap<>();
        for (String function : functions) {
            if (stopping.getAsBoolean() || counts.size() >= mostFunctions) {
                break;
            }
            Map<Long, Long> ofFunction = between(function, firstMinute, lastMinute);
            if (!ofFunction.isEmpty()) {
                counts.put(function, ofFunction);
            }
        }
        return counts;
    }

    /** The calls of one function. */
    public Map<Long, Long> between(String function, long firstMinute, long lastMinute) {
        Map<Long, Long> counts = new HashMap<>();
        // One member a minute; more would be rubbish, and rubbish has an end here.
        Set<String> members = redis.opsForZSet()
                .rangeByScore(
                        prefix + function + ':', firstMinute, lastMinute, 0, 2 * (lastMinute - firstMinute) / 60 + 2);
        for (String member : members == null ? Set.<String>of() : members) {
            if (member.matches("[0-9]{1,12},[0-9]{1,12}")) {
                int comma = member.indexOf(',');
                counts.merge(
                        Long.parseLong(member.substring(0, comma)),
                        Long.parseLong(member.substring(comma + 1)),
                        Long::sum);
            }
        }
        return counts;
    }
}
