package io.funcobserver.app;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.funcobserver.demo.EmbeddedMariaDb;
import io.funcobserver.demo.FuncDatabase;
import io.funcobserver.demo.FuncSchema;
import io.funcobserver.demo.Line;
import io.funcobserver.demo.Receiver;
import io.funcobserver.demo.Servers;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestInstallation;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.Jedis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What measurements.md says of the measurements of newer Func, from its databases to the receiver. */
@Slow
class NewerMeasurementsTest {
    private static final String HEARTBEATS = "DataFluxFunc-monitor#heartbeat@serviceInfo";
    private static final String PAUSED = "DataFluxFunc-global#cronJob@pause";
    private static final String DYNAMIC = "DataFluxFunc-global#cronJob@dynamicCronExpr";

    private final long startNanos = System.currentTimeMillis() * 1_000_000;
    private final long now = System.currentTimeMillis() / 1000;

    @AutoClose
    private TestInstallation site = TestInstallation.open();

    @Test
    void countsWhatWaitsInEachDelayQueue() throws Exception {
        String key = "DataFluxFunc-worker#delayQueue@";
        try (Jedis jedis = site.redis.connect()) {
            jedis.zadd(key + 2, Map.of("a", 1.0, "b", 2.0));
            jedis.lpush(key + 3, "of another type");
            site.only("delay-queue").start();
            List<Line> lines =
                    site.receiver.awaitAccepted("DFF_delay_queue", 15).subList(0, 15);
            assertThat(lines).extracting(line -> line.tag("queue")).doesNotContain("3");
            assertThat(lines).allSatisfy(line -> assertThat(line.fields())
                    .isEqualTo(Map.of("length", line.tag("queue").equals("2") ? 2L : 0L)));
            assertThat(lines).extracting(line -> line.tag("redis_key")).contains(key + 2, key + 15);
        }
    }

    @ParameterizedTest
    @EnumSource
    void countsTheEntitiesOfEachGeneration(FuncSchema schema) throws Exception {
        of(schema);
        site.database.execute("INSERT INTO " + schema.syncApiTable() + " (id, isDisabled) VALUES ('x', 1), ('y', 0)");
        site.only("entity").start();
        Map<String, Map<String, Object>> expected = new TreeMap<>(Map.of(
                "scriptSet", Map.of("count", 2L),
                "script", Map.of("count", 2L),
                "func", Map.of("count", 2L),
                "connector", Map.of("count", 1L),
                "envVariable", Map.of("count", 1L),
                "syncAPI", Map.of("count", 3L, "enabled_count", 2L),
                "asyncAPI", Map.of("count", 1L, "enabled_count", 1L),
                "cronJob", Map.of("count", 1L, "enabled_count", 1L),
                "fileService", Map.of("count", 1L),
                "user", Map.of("count", 1L)));
        assertThat(entities(site, 10)).isEqualTo(expected);
    }

    @Test
    void passesOverTheEntitiesThatAFuncDoesNotHave() throws Exception {
        site.database.execute("DROP TABLE biz_main_connector", "CREATE TABLE biz_main_batch (id INT)");
        site.only("entity").start();
        assertThat(entities(site, 9)).doesNotContainKey("connector").containsKey("asyncAPI");
    }

    @Test
    void countsAlsoOnAServerThatBoundsWhatAQueryMayReadAndAnswer() throws Exception {
        try (EmbeddedMariaDb server = EmbeddedMariaDb.started();
                TestInstallation bounded = new TestInstallation(
                        FuncDatabase.create(server.server(), "dataflux_func", FuncSchema.V6),
                        Servers.newRedisDatabase(),
                        Receiver.started())) {
            bounded.database.execute(
                    "SET GLOBAL sql_select_limit = 5, GLOBAL max_join_size = 5, GLOBAL sql_big_selects = OFF");
            bounded.only("entity").start();
            assertThat(entities(bounded, 10)).hasSize(10);
        }
    }

    @ParameterizedTest
    @EnumSource
    void countsHowOftenTheCronJobsFire(FuncSchema schema) throws Exception {
        of(schema);
        try (Jedis jedis = site.redis.connect()) {
            site.database.execute("UPDATE biz_main_func SET extraConfigJSON = '{\"fixedCronExpr\":\"0 * * * *\"}'"
                    + " WHERE id = 'df_monitor__checks.run'");
            job("off", "demo__main.hello", "* * * * *", 1);
            job("orphan", "demo__main.gone", "* * * * *", 0);
            job("fixed", "df_monitor__checks.run", "* * * * *", 0);
            job("paused", "demo__main.hello", "* * * * *", 0);
            job("was-paused", "demo__main.hello", "0 0 * * *", 0);
            job("dynamic", "df_monitor__checks.run", "* * * * *", 0);
            job("was-dynamic", "demo__main.hello", "0 22-2 * * *", 0);
            job("bad", "demo__main.hello", "not a schedule", 0);
            jedis.hset(PAUSED, Map.of("paused", "" + (now + 600), "was-paused", "" + (now - 600), "other", "x"));
            jedis.hset(DYNAMIC, "dynamic", "{\"expireTime\":" + (now + 600) + ",\"value\":\"*/30 * * * *\"}");
            jedis.hset(DYNAMIC, "was-dynamic", "{\"expireTime\":" + (now - 600) + ",\"value\":\"* * * * *\"}");
            jedis.hset(DYNAMIC, "cron-hello", "no JSON");
            site.only("cron-job").start();
            Line line = site.receiver.awaitAccepted("DFF_cron_job", 1).get(0);
            // 288 + 24 + 1 + 48 + 5
            assertThat(Point.arrived(line, startNanos))
                    .isEqualTo(Point.of("DFF_cron_job")
                            .tag("bizMetric", "cronJobTriggerCount")
                            .field("trigger_count_per_day", 366.0)
                            .field("trigger_count_per_hour", 15.2)
                            .field("trigger_count_per_minute", 0.3)
                            .field("trigger_count_per_second", 0.0));
        }
    }

    @Test
    void saysNothingOfCronJobsWhereNoneIsEnabled() throws Exception {
        site.database.execute("UPDATE biz_main_cron_job SET isDisabled = 1");
        site.only("cron-job", "entity").start();
        await().until(() -> site.metric("last_success_timestamp_seconds", "measurement=\"cron-job\"") > 0);
        assertThat(site.receiver.accepted("DFF_cron_job")).isEmpty();
        site.database.execute("DROP TABLE biz_main_cron_job");
        int before = site.receiver.accepted("DFF_entity").size();
        site.receiver.awaitAccepted("DFF_entity", before + 30);
        assertThat(site.receiver.accepted("DFF_cron_job")).isEmpty();
    }

    @Test
    void tellsOfTheProcessesThatGaveASignOfLife() throws Exception {
        try (Jedis jedis = site.redis.connect()) {
            jedis.hset(HEARTBEATS, "hostname:node-1:pid:17", heartbeat(now + 100, "server"));
            jedis.hset(HEARTBEATS, "hostname:node:2:pid:18", heartbeat(now + 100, "worker"));
            jedis.hset(HEARTBEATS, "hostname:old:pid:19", heartbeat(now - 61, "beat"));
            jedis.hset(HEARTBEATS, "hostname:broken:pid:20", "{");
            jedis.hset(HEARTBEATS, "of another form", heartbeat(now + 100, "beat"));
            site.only("service-info").start();
            List<Line> lines = site.receiver.awaitAccepted("DFF_service_info", 2);
            assertThat(lines.subList(0, 2).stream().map(line -> Point.arrived(line, startNanos)))
                    .containsExactlyInAnyOrder(service("server", "node-1", "17"), service("worker", "node:2", "18"));
            assertThat(lines).extracting(line -> line.tag("hostname")).doesNotContain("old", "broken");
        }
    }

    private static Point service(String name, String hostname, String pid) {
        return Point.of("DFF_service_info")
                .tag("name", name)
                .tag("version", "6.1.0")
                .tag("edition", "ce")
                .tag("pid", pid)
                .tag("hostname", hostname)
                .field("uptime", 12L)
                .field("message", "");
    }

    private static String heartbeat(long seconds, String name) {
        return "{\"ts\":" + seconds + ",\"name\":\"" + name
                + "\",\"version\":\"6.1.0\",\"edition\":\"ce\",\"uptime\":12}";
    }

    private void job(String id, String function, String expression, int disabled) throws SQLException {
        site.database.execute("INSERT INTO " + site.database.schema().cronJobTable() + " (id, funcId, "
                + site.database.schema().cronColumn() + ", isDisabled) VALUES ('" + id + "', '" + function + "', '"
                + expression
                + "', " + disabled + ")");
    }

    private Map<String, Map<String, Object>> entities(TestInstallation site, int count) throws InterruptedException {
        Map<String, Map<String, Object>> entities = new TreeMap<>();
        site.receiver
                .awaitAccepted("DFF_entity", count)
                .subList(0, count)
                .forEach(line -> entities.put(line.tag("entity"), line.fields()));
        return entities;
    }

    /** A Func of that generation instead of the newest. */
    private void of(FuncSchema schema) throws Exception {
        site.close();
        site = TestInstallation.open(schema);
    }
}
