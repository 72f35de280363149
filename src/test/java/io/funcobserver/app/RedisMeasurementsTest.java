package io.funcobserver.app;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.funcobserver.demo.Line;
import io.funcobserver.demo.Receiver;
import io.funcobserver.demo.RedisDatabase;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestInstallation;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What measurements.md says of Func's Redis, from its keys to the receiver. */
@Slow
class RedisMeasurementsTest {
    private static final String QUEUE = "DataFluxFunc-worker#workerQueue@";
    private static final String HEARTBEAT = "DataFluxFunc-monitor#heartbeat@workerOnQueue";

    private final long startNanos = System.currentTimeMillis() * 1_000_000;

    @AutoClose
    private final TestInstallation site =
            TestInstallation.open().set("func.site-name", "site").set("func.tags", "region=cn");

    private final RedisDatabase redis = site.redis;
    private final Receiver receiver = site.receiver;

    @BeforeEach
    void fill() {
        try (Jedis jedis = redis.connect()) {
            jedis.lpush(QUEUE + 0, "a", "b", "c");
            jedis.set(QUEUE + 3, "not a list");
            jedis.lpush(QUEUE + 15, "a");
            jedis.lpush(QUEUE + 20, "a", "b");
            jedis.lpush(QUEUE + "not-a-number", "a");
            for (int i = 0; i < 5; i++) {
                jedis.set(HEARTBEAT + ":workerId:ab12:queue:" + i + ":", "1");
            }
            for (int i = 0; i < 4; i++) {
                jedis.set("DataFluxFunc-user#session@token:id:" + i + ":", "1");
            }
            jedis.set("DataFluxFunc-sys#lock@autoClean", "1");
            jedis.set("celery-task-meta-1", "1");
            jedis.set("other:DataFluxFunc-sys#lock@autoClean", "1");
            jedis.set("datafluxfunc-sys#lock@autoClean", "1");
        }
    }

    @Test
    void reportsSixteenQueuesAndThoseFoundBeyond() throws Exception {
        site.only("worker-queue", "cache-db-key").start();
        List<Point> queues = queues(16);
        queues.add(queue(20, 2));
        await().untilAsserted(() -> assertThat(runs("DFF_worker_queue")).contains(sorted(queues)));
        try (Jedis jedis = redis.connect()) {
            jedis.del(QUEUE + 20);
        }
        queues.remove(queues.size() - 1);
        queues.add(queue(20, 0));
        await().untilAsserted(() -> assertThat(runs("DFF_worker_queue")).endsWith(sorted(queues)));
    }

    @Test
    void reportsTenQueuesWhereFuncHasNoMore() throws Exception {
        try (Jedis jedis = redis.connect()) {
            jedis.del(QUEUE + 15, QUEUE + 20);
        }
        site.only("worker-queue", "cache-db-key").set("func.queues", "10").start();
        await().until(() -> runs("DFF_worker_queue").size() >= 3
                && !runs("DFF_cache_db_key").isEmpty());
        assertThat(runs("DFF_worker_queue")).containsOnly(sorted(queues(10)));
    }

    @Test
    void countsKeysByPrefix() throws Exception {
        site.only("cache-db-key").start();
        List<Point> prefixes = List.of(
                prefix(HEARTBEAT + ":TAGS", 5),
                prefix("DataFluxFunc-user#session@token:TAGS", 4),
                prefix("DataFluxFunc-sys#lock@autoClean", 1),
                prefix(QUEUE + 0, 1),
                prefix(QUEUE + 3, 1),
                prefix(QUEUE + 15, 1),
                prefix(QUEUE + 20, 1),
                prefix(QUEUE + "not-a-number", 1),
                prefix("NON_DFF_KEY", 3));
        await().untilAsserted(() -> assertThat(runs("DFF_cache_db_key")).containsOnly(sorted(prefixes)));
    }

    @Test
    void sumsUpThePrefixesBeyondTheLargest() throws Exception {
        site.only("cache-db-key")
                .set("measurement.cache-db-key.max-prefixes", "2")
                .set("measurement.cache-db-key.scan-count", "2")
                .start();
        List<Point> prefixes = List.of(
                prefix(HEARTBEAT + ":TAGS", 5),
                prefix("DataFluxFunc-user#session@token:TAGS", 4),
                prefix("OTHER", 6),
                prefix("NON_DFF_KEY", 3));
        await().untilAsserted(() -> assertThat(runs("DFF_cache_db_key")).containsOnly(sorted(prefixes)));
    }

    @Test
    void reportsKeysAndMemory() throws Exception {
        site.only("cache-db").start();
        Line line = receiver.awaitAccepted("DFF_cache_db", 1).get(0);
        long memory = (long) line.field("used_memory");
        try (Jedis jedis = redis.connect()) {
            long now = Long.parseLong(jedis.info("memory")
                    .lines()
                    .filter(info -> info.startsWith("used_memory:"))
                    .map(info -> info.substring("used_memory:".length()).strip())
                    .findFirst()
                    .orElseThrow());
            assertThat(memory).isBetween(now / 2, now * 2);
        }
        assertThat(Point.arrived(line, startNanos))
                .isEqualTo(point("DFF_cache_db")
                        .tag("target", target())
                        .field("keys", 18L)
                        .field("used_memory", memory));
    }

    @Test
    void reportsNoKeysOfAnEmptyDatabase() throws Exception {
        try (Jedis jedis = redis.connect()) {
            jedis.flushDB();
        }
        site.only("cache-db", "worker-queue").start();
        assertThat(receiver.awaitAccepted("DFF_cache_db", 1).get(0).field("keys"))
                .isEqualTo(0L);
        assertThat(receiver.awaitAccepted("DFF_worker_queue", 16).subList(0, 16))
                .extracting(line -> line.field("length"))
                .containsOnly(0L);
    }

    /** The queues that Func has; that with a key of another type is passed over. */
    private List<Point> queues(int count) {
        List<Point> queues = new ArrayList<>();
        IntStream.range(0, count)
                .filter(number -> number != 3)
                .forEach(number -> queues.add(queue(number, number == 0 ? 3 : number == 15 ? 1 : 0)));
        return queues;
    }

    private static Point queue(int number, long length) {
        return point("DFF_worker_queue")
                .tag("queue", Integer.toString(number))
                .tag("redis_key", QUEUE + number)
                .field("length", length);
    }

    private Point prefix(String prefix, long count) {
        return point("DFF_cache_db_key")
                .tag("target", target())
                .tag("prefix", prefix)
                .field("count", count);
    }

    private static Point point(String measurement) {
        return Point.of(measurement).tag("site_name", "site").tag("region", "cn");
    }

    private String target() {
        return redis.host() + ":" + redis.port() + "/" + redis.number();
    }

    /** The points that arrived, by sampling run: all of a run carry the time at which it began. */
    private List<List<Point>> runs(String measurement) {
        Map<Long, List<Line>> runs = receiver.accepted(measurement).stream()
                .collect(Collectors.groupingBy(Line::timestamp, TreeMap::new, Collectors.toList()));
        return runs.values().stream()
                .map(run -> sorted(run.stream()
                        .map(line -> Point.arrived(line, startNanos))
                        .toList()))
                .toList();
    }

    private static List<Point> sorted(List<Point> points) {
        return points.stream()
                .sorted(Comparator.comparing(point -> point.tags().toString()))
                .toList();
    }
}
