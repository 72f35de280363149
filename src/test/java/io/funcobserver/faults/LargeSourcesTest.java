package io.funcobserver.faults;

import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

import io.funcobserver.demo.FuncLists;
import io.funcobserver.demo.FuncSchema;
import io.funcobserver.demo.Receiver;
import io.funcobserver.demo.Servers;
import io.funcobserver.testing.ProductProcess;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestInstallation;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Whatever Func's databases hold, and however much of it: the process lives, and reads what else there is. */
@Slow
class LargeSourcesTest {
    private static final Duration LONG = Duration.ofSeconds(120);
    private static final String FUNCS = FuncSchema.TASK_RECORD_FUNC;
    private static final long FIRST = 1_700_000_000_000L;

    @Test
    @DisplayName("A2: rows of any size arrive, and all others in their turn; the calls never read texts")
    void rowsOfAnySize() throws Exception {
        try (TestInstallation site = TestInstallation.open()) {
            insert(site, 1, 5);
            site.database.execute("INSERT INTO " + FUNCS + " (seq, id, funcId, status, triggerTimeMs, startTimeMs,"
                    + " endTimeMs, printLogsTEXT, returnValueJSON, funcCallKwargsJSON) SELECT seq, CONCAT('giant-', seq),"
                    + " 'f', 'success', 1700000000000 + seq, 1700000000000, 1700000000000, REPEAT('x', 40000000),"
                    + " REPEAT('ä', 15000000), REPEAT('[', 1000000) FROM seq_6_to_7");
            insert(site, 8, 12);
            try (ProductProcess product = small(site)) {
                await().atMost(LONG).untilAsserted(() -> {
                    assertThat(site.ledger.lost(site.database))
                            .as(product.output())
                            .isEmpty();
                    assertThat(product.isAlive()).isTrue();
                });
                String[] cut = {"measurement=\"task-record-func\"", "reason=\"cut\""};
                assertThat(product.observed().metrics().value("values_dropped_total", cut))
                        .isGreaterThanOrEqualTo(2);
                assertThat(site.receiver.accepted("DFF_func_call")).hasSizeGreaterThanOrEqualTo(12);
            }
        }
    }

    @Test
    @DisplayName("C3: gauges over large tables, settings and hashes")
    void largeEntities() throws Exception {
        try (TestInstallation site = TestInstallation.open()) {
            String nested = "REPEAT('[],', 300000)";
            site.database.execute("INSERT INTO biz_main_func (id, title, extraConfigJSON) SELECT CONCAT('f', seq), 'f',"
                    + " CONCAT('{\"fixedCronExpr\": null, \"x\": [', " + nested + ", '0]}') FROM seq_1_to_200");
            site.database.execute(
                    "INSERT INTO biz_main_cron_job (id, funcId, cronExpr, isDisabled) SELECT CONCAT('c', seq),"
                            + " CONCAT('f', seq), '* * * * *', 0 FROM seq_1_to_200");
            String heartbeat = "{\"ts\": 9999999999, \"name\": \"worker\", \"uptime\": 1e30, \"x\": ["
                    + "[],".repeat(1_000_000) + "0]}";
            try (Jedis jedis = site.redis.connect()) {
                jedis.hset("DataFluxFunc-monitor#heartbeat@serviceInfo", "hostname:h:pid:1", heartbeat);
                jedis.hset(
                        "DataFluxFunc-monitor#heartbeat@serviceInfo",
                        "hostname:h:pid:2",
                        "{\"ts\": 9999999999, \"name\": \"beat\", \"uptime\": 5}");
                jedis.hset("DataFluxFunc-global#cronJob@dynamicCronExpr", "c1", heartbeat);
            }
            try (ProductProcess product = small(site)) {
                await().atMost(LONG).untilAsserted(() -> {
                    assertThat(product.isAlive()).as(product.output()).isTrue();
                    assertThat(site.receiver.accepted("DFF_cron_job"))
                            .as(product.output())
                            .anySatisfy(line -> assertThat(line.field("trigger_count_per_day"))
                                    .isEqualTo(200.0 * 1440 + 288));
                    assertThat(site.receiver.accepted("DFF_service_info"))
                            .anySatisfy(line -> assertThat(line.tag("name")).isEqualTo("beat"));
                });
                assertThat(product.output()).doesNotContain("OutOfMemory");
            }
        }
    }

    @Test
    @DisplayName("a list of half a million entries, as after an outage of Func's flusher, and what is pushed meanwhile")
    void longList() throws Exception {
        int entries = 500_000;
        int last = entries + 500;
        String text = "processed, level=info. ".repeat(40);
        BitSet calls = new BitSet();
        BitSet records = new BitSet();
        try (TestInstallation site = new TestInstallation(
                        Servers.newDatabase(FuncSchema.V6), Servers.newRedisDatabase(), Receiver.startedForgetful())
                .only("func-call", "task-record-func")) {
            site.receiver.onLine(line -> {
                BitSet arrived = line.measurement().equals("DFF_func_call") ? calls : records;
                int number = (int) (line.timestamp() / 1_000_000 - FIRST);
                synchronized (arrived) {
                    arrived.set(number);
                }
            });
            try (Jedis jedis = site.redis.connect()) {
                push(jedis, 0, entries, text);
                try (ProductProcess product = small(site)) {
                    await().atMost(LONG).until(() -> count(records) > 0);
                    push(jedis, entries, last, text);
                    await().atMost(LONG.multipliedBy(3)).untilAsserted(() -> {
                        assertThat(product.isAlive()).as(product.output()).isTrue();
                        assertThat(List.of(count(calls), count(records))).containsOnly(last);
                    });
                    assertThat(jedis.llen(FuncLists.key(FUNCS))).isEqualTo(last);
                }
            }
        }
    }

    private static int count(BitSet arrived) {
        synchronized (arrived) {
            return arrived.cardinality();
        }
    }

    private static void push(Jedis jedis, int from, int to, String text) {
        for (int i = from; i < to; i += 500) {
            jedis.lpush(
                    FuncLists.key(FUNCS),
                    IntStream.range(i, i + 500)
                            .mapToObj(n -> "{\"id\":\"task-" + n
                                    + "\",\"funcId\":\"f\",\"status\":\"success\",\"triggerTimeMs\":"
                                    + (FIRST + n) + ",\"startTimeMs\":" + (FIRST + n) + ",\"endTimeMs\":" + (FIRST + n)
                                    + ",\"printLogsTEXT\":\"" + text + "\",\"_taskRecordLimit\":100}")
                            .toArray(String[]::new));
        }
    }

    private static ProductProcess small(TestInstallation site) {
        return site.command(ProductProcess.Launch.plain().with("-XX:+ExitOnOutOfMemoryError", "-Xmx64m"), "run")
                .awaitReady();
    }

    private static void insert(TestInstallation site, int from, int to) throws Exception {
        site.database.execute("INSERT INTO " + FUNCS + " (seq, id, funcId, status, triggerTimeMs, startTimeMs,"
                + " endTimeMs) SELECT seq, CONCAT('small-', seq), 'f', 'success', 1700000000000 + seq, 1700000000000,"
                + " 1700000000000 FROM seq_" + from + "_to_" + to);
    }
}
