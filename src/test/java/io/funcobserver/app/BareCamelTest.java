package io.funcobserver.app;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.funcobserver.config.Catalogue;
import io.funcobserver.demo.EmbeddedRedis;
import io.funcobserver.demo.FreePort;
import io.funcobserver.demo.FuncDatabase;
import io.funcobserver.demo.FuncLists;
import io.funcobserver.demo.FuncSchema;
import io.funcobserver.demo.RedisDatabase;
import io.funcobserver.demo.Servers;
import io.funcobserver.demo.UploadClient;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestInstallation;
import io.funcobserver.testing.TestSettings;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.main.Main;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** The shipped routes in a Camel that nobody has prepared: nothing is bound, all it has is a properties file and the jar. */
@Slow
class BareCamelTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> GAUGES = Catalogue.standardRouteIds().stream()
            .filter(id -> !TestInstallation.RECORDS.contains(id))
            .toList();

    /** A password that Camel would take for two placeholders. */
    private static final String PASSWORD = "{{secret}}-{{?x}}";

    /** What stands behind the gauges here: rows in JSON, by measurement. */
    private static final String END = """
            apiVersion: camel.apache.org/v1
            kind: Kamelet
            metadata:
              name: line-protocol-action
              labels:
                camel.apache.org/kamelet.type: action
            spec:
              definition:
                title: End
                required: [measurement, category, tagColumns]
                type: object
                properties:
                  measurement: {title: Measurement, type: string}
                  category: {title: Category, type: string}
                  tagColumns: {title: Tags, type: string}
                  splitColumn: {title: Text, type: string, default: ""}
              template:
                from:
                  uri: kamelet:source
                  steps:
                    - marshal:
                        json: {}
                    - to:
                        uri: mock:{{measurement}}
            """;

    @TempDir
    Path folder;

    @Test
    void theShippedGaugesRunInABareCamel() throws Exception {
        try (EmbeddedRedis server = EmbeddedRedis.started("requirepass " + PASSWORD);
                FuncDatabase mysql = Servers.newDatabase(FuncSchema.V6)) {
            RedisDatabase redis = new RedisDatabase(server.server(), 5);
            try (Jedis jedis = redis.connect()) {
                jedis.lpush("DataFluxFunc-worker#workerQueue@2", "a", "b");
                jedis.zadd("DataFluxFunc-worker#delayQueue@3", 1, "a");
                jedis.hset(
                        "DataFluxFunc-monitor#heartbeat@serviceInfo",
                        "hostname:node:pid:17",
                        "{\"ts\":" + System.currentTimeMillis() / 1000 + ",\"name\":\"server\"}");
            }
            Main camel = new Main();
            camel.setDefaultPropertyPlaceholderLocation("file:" + properties(mysql, redis));
            camel.start();
            try {
                Map<String, JsonNode> arrived = GAUGES.stream()
                        .collect(Collectors.toMap(id -> id, id -> first(camel, "DFF_" + id.replace('-', '_'))));
                assertThat(arrived.get("worker-queue")).hasSize(16);
                assertThat(arrived.get("worker-queue").get(2).get("length").asInt())
                        .isEqualTo(2);
                assertThat(arrived.get("delay-queue").get(3).get("length").asInt())
                        .isEqualTo(1);
                assertThat(arrived.get("cache-db").get("keys").asInt()).isEqualTo(3);
                assertThat(arrived.get("cache-db-key")).hasSize(3);
                assertThat(arrived.get("entity")).hasSize(10);
                assertThat(arrived.get("db-table")).hasSizeGreaterThan(10);
                assertThat(arrived.get("cron-job")
                                .get(0)
                                .get("trigger_count_per_day")
                                .asInt())
                        .isEqualTo(288);
                assertThat(arrived.get("service-info").get(0).get("pid").asText())
                        .isEqualTo("17");
            } finally {
                camel.stop();
            }
        }
    }

    @Test
    void theWholeProductRunsInABareCamel() throws Exception {
        List<ExpectedTask> tasks = TaskCases.calls(FuncSchema.V6);
        try (TestInstallation site = TestInstallation.open().only("task-record-func", "worker-queue")) {
            int intake = site.receiveUploads();
            FuncLists lists = new FuncLists(site.database, site.redis);
            lists.push(FuncSchema.TASK_RECORD_FUNC, List.of(tasks.get(0).row()), 100);
            site.database.insert(FuncSchema.TASK_RECORD_FUNC, tasks.get(1).row());
            Main camel = bareMain(site);
            try {
                await().untilAsserted(() -> assertThat(arrived(site)).hasSize(2));
                assertThat(new UploadClient("http://127.0.0.1:" + intake).upload("metric", "uploaded v=1i"))
                        .isTrue();
                await().untilAsserted(() -> {
                    assertThat(site.receiver.accepted("uploaded")).hasSize(1);
                    assertThat(site.receiver.accepted("DFF_worker_queue")).hasSizeGreaterThanOrEqualTo(16);
                    assertThat(site.isUp()).isTrue();
                    assertThat(site.metric("points_delivered_total", "category=\"metric\""))
                            .isGreaterThanOrEqualTo(17);
                });
                assertThatThrownBy(() -> site.set("observe.port", String.valueOf(FreePort.next()))
                                .set("intake.enabled", "false")
                                .start())
                        .hasMessageContaining("is used by another func-observer");
            } finally {
                camel.stop();
            }
            site.receiver.refuse(
                    line -> line.tag("id").equals(tasks.get(2).row().get("id")));
            site.database.insert(FuncSchema.TASK_RECORD_FUNC, tasks.get(2).row());
            site.database.insert(FuncSchema.TASK_RECORD_FUNC, tasks.get(3).row());
            try (Jedis jedis = site.redis.connect()) {
                // Func has popped it. What a list still holds at a start is read again.
                jedis.del("DataFluxFunc-worker#dataBuffer@taskRecordFunc");
            }
            Main again = bareMain(site);
            try {
                await().untilAsserted(() -> {
                    assertThat(arrived(site)).hasSize(3);
                    assertThat(site.metric("dead_letter_files", "category=\"logging\""))
                            .isEqualTo(1);
                });
            } finally {
                again.stop();
            }
            assertThat(arrived(site)).doesNotHaveDuplicates();
            // All is free again.
            site.start();
        }
    }

    private static List<String> arrived(TestInstallation site) {
        return site.tags("DFF_task_record_func", "id");
    }

    /** A camel-main that is given what anyone could give it: places of properties. */
    private Main bareMain(TestInstallation site) throws Exception {
        Properties properties = new Properties();
        properties.putAll(site.settings);
        Main camel = new Main();
        camel.setPropertyPlaceholderLocations("file:" + store(properties) + ",classpath:func-observer.properties");
        camel.start();
        return camel;
    }

    private static JsonNode first(Main camel, String measurement) {
        MockEndpoint end = camel.getCamelContext().getEndpoint("mock:" + measurement, MockEndpoint.class);
        await(measurement).until(() -> end.getReceivedCounter() > 0);
        String json = end.getReceivedExchanges().get(0).getMessage().getBody(String.class);
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new AssertionError(json, e);
        }
    }

    private Path properties(FuncDatabase mysql, RedisDatabase redis) throws IOException {
        Path end = Files.writeString(folder.resolve("line-protocol-action.kamelet.yaml"), END);
        Properties properties = new Properties();
        properties.putAll(TestSettings.of(mysql, redis, "http://127.0.0.1:1", folder.resolve("data")));
        properties.setProperty(
                "camel.main.routes-include-pattern",
                "classpath:routes/sources.camel.yaml,classpath:routes/kamelets/queue-length-action.kamelet.yaml,file:"
                        + end + ","
                        + GAUGES.stream()
                                .map(id -> "classpath:routes/measurements/" + id + ".camel.yaml")
                                .collect(Collectors.joining(",")));
        return store(properties);
    }

    private Path store(Properties properties) throws IOException {
        Path file = folder.resolve("application.properties");
        try (Writer out = Files.newBufferedWriter(file)) {
            properties.store(out, null);
        }
        return file;
    }
}
