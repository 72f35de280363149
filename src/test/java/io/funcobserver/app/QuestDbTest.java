package io.funcobserver.app;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.funcobserver.demo.FreePort;
import io.funcobserver.demo.FuncDatabase;
import io.funcobserver.demo.FuncSchema;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestInstallation;
import io.questdb.ServerMain;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Delivery to a receiver that no one here wrote, and what it gives back when it is asked. */
@Slow
class QuestDbTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    Path directory;

    private int port;
    private Process questDb;

    @BeforeEach
    void startQuestDb() throws Exception {
        port = FreePort.next();
        Path root = directory.resolve("questdb");
        Files.createDirectories(root.resolve("conf"));
        Files.writeString(root.resolve("conf/server.conf"), """
                http.bind.to=127.0.0.1:%d
                http.min.enabled=false
                pg.enabled=false
                line.tcp.enabled=false
                telemetry.enabled=false
                shared.worker.count=1
                """.formatted(port));
        String jar = new File(ServerMain.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .getPath();
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        questDb = new ProcessBuilder(java, "-cp", jar, ServerMain.class.getName(), "-d", root.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("questdb.log").toFile())
                .start();
        await().ignoreExceptions().until(() -> rows("SELECT 1").size() == 1);
    }

    @AfterEach
    void stopQuestDb() throws Exception {
        questDb.destroyForcibly().waitFor();
    }

    @Test
    void givesBackEveryRecordAsItWasInTheTables() throws Exception {
        List<ExpectedTask> calls = TaskCases.calls(FuncSchema.V6);
        List<ExpectedTask> internals = TaskCases.internals(FuncSchema.V6);
        try (TestInstallation site = installation()) {
            FuncDatabase database = site.database;
            TaskCases.insert(database, calls);
            TaskCases.insert(database, internals);
            long startMicros = System.currentTimeMillis() * 1000;
            site.start();
            givesBack(
                    startMicros,
                    "DFF_func_call",
                    calls.stream().flatMap(ExpectedTask::callPoint).toList());
            givesBack(
                    startMicros,
                    "DFF_task_record_func",
                    calls.stream().flatMap(ExpectedTask::recordPoints).toList());
            givesBack(
                    startMicros,
                    "DFF_task_record",
                    internals.stream().flatMap(ExpectedTask::recordPoints).toList());
            for (String gauge : List.of("DFF_worker_queue", "DFF_cache_db", "DFF_cache_db_key", "DFF_db_table")) {
                await().ignoreExceptions()
                        .until(() -> !rows("SELECT * FROM " + gauge).isEmpty());
            }
            assertThat(rows("SELECT DISTINCT queue, length FROM DFF_worker_queue"))
                    .hasSize(16);
            assertThat(rows("SELECT DISTINCT name FROM DFF_db_table")).hasSize(12);
        }
    }

    private TestInstallation installation() {
        TestInstallation site = TaskCases.installation(FuncSchema.V6);
        try (Jedis jedis = site.redis.connect()) {
            jedis.set("DataFluxFunc-sys#lock@autoClean", "1");
        }
        return site.set("target.url", "http://127.0.0.1:" + port)
                .set("target.metric-path", "/write")
                .set("target.logging-path", "/write")
                // Time for several files to come together: QuestDB stores only the first gzip member of a body.
                .set("batch.max-delay", "1s");
    }

    private void givesBack(long startMicros, String measurement, List<Point> expected) throws Exception {
        // QuestDB refuses a raw line feed in a text; such lines become dead letters, and take no others with them.
        List<Point> taken = expected.stream()
                .filter(point -> !point.fields().toString().contains("\n"))
                .toList();
        await().ignoreExceptions()
                .until(() -> rows("SELECT * FROM " + measurement).size() >= taken.size());
        List<Point> stored = rows("SELECT * FROM " + measurement).stream()
                .map(row -> point(startMicros, measurement, row))
                .toList();
        assertThat(stored)
                .containsExactlyInAnyOrderElementsOf(
                        taken.stream().map(QuestDbTest::asStored).toList());
    }

    /** QuestDB keeps microseconds, takes a boolean that is not there for false, and drops a backslash in a tag. */
    private static Point asStored(Point point) {
        Point stored = point.nanos() == Point.READ_TIME ? point : point.at(point.nanos() / 1000 * 1000);
        String function = stored.tags().get("func_id");
        stored = function == null ? stored : stored.tag("func_id", function.replace("\\", ""));
        return Boolean.FALSE.equals(point.fields().get("ignore_result")) ? stored.field("ignore_result", null) : stored;
    }

    private record Cell(String type, JsonNode value) {}

    private static Point point(long startMicros, String measurement, Map<String, Cell> row) {
        Point point = Point.of(measurement);
        for (Map.Entry<String, Cell> cell : row.entrySet()) {
            JsonNode value = cell.getValue().value();
            if (value.isNull()) {
                continue;
            }
            switch (cell.getValue().type()) {
                case "SYMBOL" -> point = point.tag(cell.getKey(), value.asText());
                case "LONG" -> point = point.field(cell.getKey(), value.asLong());
                case "BOOLEAN" -> point = point.field(cell.getKey(), value.asBoolean() ? true : null);
                case "TIMESTAMP" -> {
                    Instant time = Instant.parse(value.asText());
                    long micros = time.getEpochSecond() * 1_000_000 + time.getNano() / 1000;
                    point = micros >= startMicros ? point : point.at(micros * 1000);
                }
                default -> point = point.field(cell.getKey(), value.asText());
            }
        }
        return point;
    }

    private List<Map<String, Cell>> rows(String query) throws IOException, InterruptedException {
        URI uri = URI.create(
                "http://127.0.0.1:" + port + "/exec?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8));
        JsonNode answer =
                JSON.readTree(http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                        .body());
        assertThat(answer.has("dataset")).as(answer.toString()).isTrue();
        List<Map<String, Cell>> rows = new ArrayList<>();
        for (JsonNode values : answer.get("dataset")) {
            Map<String, Cell> row = new TreeMap<>();
            for (int i = 0; i < values.size(); i++) {
                JsonNode column = answer.get("columns").get(i);
                row.put(column.get("name").asText(), new Cell(column.get("type").asText(), values.get(i)));
            }
            rows.add(row);
        }
        return rows;
    }
}
