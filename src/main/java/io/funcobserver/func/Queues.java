package io.funcobserver.func;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One kind of Func's numbered queues: the Redis keys {@code <APP>-worker#<kind>@<n>}.
 *
 * <p>A configured number of them always exists (10 in Func 5.x and older, 16 in 6.x), an empty one having no key. Those
 * that the keyspace shows beyond it are remembered, so that they are reported with 0 when they are empty again.
 */
public final class Queues {
    /** Tasks that wait for a worker, each queue a list. */
    public static final String WORKER = "workerQueue";

    /** Tasks that wait for their time, each queue a sorted set. */
    public static final String DELAY = "delayQueue";

    /** The most queues remembered beyond the configured ones: a stray key must not flood the target with series. */
    private static final int MOST_FOUND = 1000;

    private final String keyPrefix;
    private final int configured;
    private final ConcurrentSkipListSet<Integer> found = new ConcurrentSkipListSet<>();

    /** @param key of the queue in Redis */
    public record Queue(int number, String key) {}

    /**
     * @param kind {@link #WORKER} or {@link #DELAY}
     * @param configured how many there are always
     */
    public Queues(String appName, String kind, int configured) {
        this.keyPrefix = appName + "-worker#" + kind + '@';
        this.configured = configured;
    }

    /** Every queue to report, by number. */
    public List<Queue> all() {
        return Stream.concat(IntStream.range(0, configured).boxed(), found.stream())
                .map(number -> new Queue(number, keyPrefix + number))
                .toList();
    }

    /** @param length as LLEN or ZCARD answers it; 0 for a key that does not exist */
    public static Map<String, Object> row(Queue queue, long length) {
        return Map.of("queue", Integer.toString(queue.number()), "redis_key", queue.key(), "length", length);
    }

    /** Takes note of a key seen in the keyspace; anything that is not a queue's key is passed over. */
    public void seen(String key) {
        if (!key.startsWith(keyPrefix)) {
            return;
        }
        String number = key.substring(keyPrefix.length());
        if (number.matches("0|[1-9][0-9]{0,8}")
                && Integer.parseInt(number) >= configured
                && found.size() < MOST_FOUND) {
            found.add(Integer.parseInt(number));
        }
    }
}
