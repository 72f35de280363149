package io.funcobserver.app;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.funcobserver.config.Settings;
import io.funcobserver.demo.FuncDatabase;
import io.funcobserver.demo.FuncSchema;
import io.funcobserver.demo.FuncSimulator;
import io.funcobserver.demo.Line;
import io.funcobserver.demo.LineParser;
import io.funcobserver.demo.Receiver;
import io.funcobserver.demo.RedisDatabase;
import io.funcobserver.demo.Servers;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestSettings;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Slow
class PreviewTest {
    private static final List<String> ALL = List.of(
            "DFF_cache_db",
            "DFF_cache_db_key",
            "DFF_cron_job",
            "DFF_db_table",
            "DFF_delay_queue",
            "DFF_entity",
            "DFF_func_call",
            "DFF_service_info",
            "DFF_task_record",
            "DFF_task_record_func",
            "DFF_worker_queue");

    private final RouteFiles routes = RouteFiles.in(Path.of("there-is-no-such-folder"));
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @TempDir
    Path directory;

    @Test
    void printsEveryMeasurementAndLeavesNoTrace() throws Exception {
        try (FuncDatabase database = Servers.newDatabase(FuncSchema.V6);
                Receiver receiver = Receiver.started()) {
            RedisDatabase redis = filled(database, 400);
            Path data = directory.resolve("data");
            Map<String, String> failed = preview(TestSettings.of(database, redis, receiver.url(), data), routes.ids());
            assertThat(failed).isEmpty();
            List<Line> points = LineParser.parseSorted(out.toByteArray());
            assertThat(points.stream().map(Line::measurement).distinct()).containsExactlyInAnyOrderElementsOf(ALL);
            assertThat(receiver.requests()).isEmpty();
            assertThat(data).doesNotExist();
            try (Stream<Path> files = Files.list(directory)) {
                assertThat(files).isEmpty();
            }
        }
    }

    @Test
    void printsTheNewestHundredRowsOfATable() throws Exception {
        try (FuncDatabase database = Servers.newDatabase(FuncSchema.V6)) {
            for (int row = 1; row <= 130; row++) {
                database.insert(
                        FuncSchema.TASK_RECORD, Map.of("id", "task-" + row, "triggerTimeMs", 1_760_000_000_000L));
            }
            Map<String, String> settings =
                    TestSettings.of(database, Servers.newRedisDatabase(), "http://127.0.0.1:1", directory);
            assertThat(preview(settings, List.of("task-record"))).isEmpty();
            List<Line> points = LineParser.parseSorted(out.toByteArray());
            assertThat(points).hasSize(100);
            assertThat(points.get(0).tags()).containsEntry("id", "task-31");
            assertThat(points.get(99).tags()).containsEntry("id", "task-130");
        }
    }

    @Test
    void printsAMeasurementThatIsSwitchedOff() throws Exception {
        try (FuncDatabase database = Servers.newDatabase(FuncSchema.V6)) {
            database.insert(FuncSchema.TASK_RECORD, Map.of("triggerTimeMs", 1_760_000_000_000L));
            Map<String, String> settings =
                    TestSettings.of(database, Servers.newRedisDatabase(), "http://127.0.0.1:1", directory);
            settings = new LinkedHashMap<>(settings);
            settings.put("measurement.task-record.enabled", "false");
            assertThat(preview(settings, List.of("task-record"))).isEmpty();
            assertThat(LineParser.parseSorted(out.toByteArray())).hasSize(1);
        }
    }

    @Test
    void namesWhatCannotBeReadAndPrintsTheRest() throws Exception {
        try (FuncDatabase database = Servers.newDatabase(FuncSchema.V6)) {
            RedisDatabase redis = filled(database, 20);
            Map<String, String> settings = TestSettings.of(database, redis, "http://127.0.0.1:1", directory);
            settings.put("func.redis.port", "1");
            Map<String, String> failed = preview(settings, routes.ids());
            assertThat(failed)
                    .containsOnlyKeys(
                            "worker-queue", "cache-db", "cache-db-key", "delay-queue", "cron-job", "service-info");
            assertThat(failed.values())
                    .allSatisfy(reason -> assertThat(reason).isNotBlank().doesNotContain("\n"));
            assertThat(LineParser.parseSorted(out.toByteArray()).stream().map(Line::measurement))
                    .contains("DFF_db_table")
                    .doesNotContain("DFF_cache_db");
        }
    }

    /** As with {@code preview | head}. */
    @Test
    void saysOnceThatNobodyReadsWhatItPrints() throws Exception {
        try (FuncDatabase database = Servers.newDatabase(FuncSchema.V6)) {
            Map<String, String> settings =
                    TestSettings.of(database, filled(database, 20), "http://127.0.0.1:1", directory);
            OutputStream broken = new OutputStream() {
                @Override
                public void write(int b) throws IOException {
                    throw new IOException("Broken pipe");
                }
            };
            assertThatThrownBy(() -> new Preview(Settings.of(settings), routes, broken, false).print(routes.ids()))
                    .isInstanceOf(IOException.class)
                    .hasMessage("the lines cannot be written to standard output: Broken pipe");
        }
    }

    private static RedisDatabase filled(FuncDatabase database, int tasks) throws Exception {
        RedisDatabase redis = Servers.newRedisDatabase();
        new FuncSimulator(database, redis, FuncSimulator.Settings.test()).insert(tasks);
        try (Jedis jedis = redis.connect()) {
            jedis.lpush("DataFluxFunc-worker#workerQueue@1", "{}");
            String heartbeat = "{\"ts\":" + System.currentTimeMillis() / 1000 + ",\"name\":\"server\",\"uptime\":1}";
            jedis.hset("DataFluxFunc-monitor#heartbeat@serviceInfo", "hostname:node-1:pid:17", heartbeat);
        }
        return redis;
    }

    /** Elsewhere the lines are the very bytes that would be sent. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("raw ESC and C1 in records reach no terminal")
    void escapesOnATerminalWhatItWouldActOn(boolean terminal) throws Exception {
        try (FuncDatabase database = Servers.newDatabase(FuncSchema.V6)) {
            database.insert(
                    FuncSchema.TASK_RECORD,
                    Map.of("triggerTimeMs", 1_760_000_000_000L, "tracebackTEXT", "a\n\u001b[2J\u009b\u202eb"));
            Map<String, String> settings =
                    TestSettings.of(database, Servers.newRedisDatabase(), "http://127.0.0.1:1", directory);
            new Preview(Settings.of(settings), routes, out, terminal).print(List.of("task-record"));
            assertThat(out.toString(StandardCharsets.UTF_8))
                    .contains(terminal ? "a\n\\u001B[2J\\u009B\\u202Eb" : "a\n\u001b[2J\u009b\u202eb");
        }
    }

    private Map<String, String> preview(Map<String, String> settings, List<String> measurements) throws Exception {
        return new Preview(Settings.of(settings), routes, out, false).print(measurements);
    }
}
