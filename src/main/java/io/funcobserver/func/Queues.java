package io.funcobserver.func;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.ObjLongConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.funcobserver.lineprotocol.PointReader;

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

    /** The measurement that reports the first kind. */
    public static final String WORKER_MEASUREMENT = "worker-queue";

    private static final byte[] QUEUE = "queue".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LENGTH = "length".getBytes(StandardCharsets.US_ASCII);

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

    /**
     * Reads the lengths of worker queues off the lines that report them.
     *
     * @param lines of the measurement {@value #WORKER_MEASUREMENT}
     * @param lengths takes each queue, and how many tasks wait in it
     */
    public static void readLengths(byte[] lines, ObjLongConsumer<String> lengths) {
        PointReader point = new PointReader();
        int at = 0;
        while (at < lines.length && point.read(lines, at, lines.length, true) == PointReader.Found.POINT) {
            String queue = point.tag(QUEUE);
            long length = point.integer(LENGTH);
            if (queue != null && length >= 0) {
                lengths.accept(queue, length);
            }
            at = point.end();
        }
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
