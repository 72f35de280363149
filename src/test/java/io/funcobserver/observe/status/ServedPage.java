package io.funcobserver.observe.status;

import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.funcobserver.config.Settings;
import io.funcobserver.delivery.DeadLetterId;
import io.funcobserver.delivery.DeadLetterList;
import io.funcobserver.delivery.DeadLetterReport;
import io.funcobserver.delivery.DeadLetters;
import io.funcobserver.delivery.Delivery;
import io.funcobserver.delivery.Target;
import io.funcobserver.demo.FreePort;
import io.funcobserver.lineprotocol.Category;
import io.funcobserver.observe.Completeness;
import io.funcobserver.observe.Destination;
import io.funcobserver.observe.HealthState;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.camel.main.Main;

/** The status page on a real management server, with what it shows given by the test. */
final class ServedPage implements AutoCloseable {
    private static final Destination BACKUP = new Destination("backup", Category.METRIC);

    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final HealthState health = new HealthState(Clock.systemUTC());
    final FuncActivity func = new FuncActivity();
    final LatestLines lines = new LatestLines(Clock.systemUTC());
    private Delivery.Waiting retry;
    private final List<DeadLetters.Entry> deadLetters = new ArrayList<>();
    final List<Completeness.Share> completeness = new ArrayList<>();

    private final Main camel = new Main();
    private final int port;

    /** @param token null for none */
    ServedPage(String token) throws IOException {
        port = FreePort.next();
        camel.setDefaultPropertyPlaceholderLocation("false");
        camel.addOverrideProperty("camel.management.enabled", "true");
        camel.addOverrideProperty("camel.management.host", "127.0.0.1");
        camel.addOverrideProperty("camel.management.port", Integer.toString(port));
        camel.addOverrideProperty("camel.management.health-check-enabled", "true");
        camel.addOverrideProperty("camel.management.health-path", "/observe/health");
        camel.start();
        StatusPage.open(camel.getCamelContext(), new StatusModel(inputs(), Clock.systemUTC()), token);
    }

    private StatusInputs inputs() {
        Settings settings = Settings.of(Map.ofEntries(
                Map.entry("func.site-name", "a site"),
                Map.entry("func.mysql.host", "db.example.com"),
                Map.entry("func.redis.host", "redis.example.com"),
                Map.entry("targets", "main,backup"),
                Map.entry("target.main.url", "https://target.example.com"),
                Map.entry("target.backup.url", "http://127.0.0.1:8086"),
                Map.entry("target.backup.logging-path", "")));
        return new StatusInputs(
                "1.2.3",
                settings,
                registry,
                health,
                func,
                lines,
                List.of(
                        new StatusInputs.Measurement("func-call", "DFF_func_call", "metric", "mysql", true),
                        new StatusInputs.Measurement("task-record", "DFF_task_record", "logging", "mysql", true),
                        new StatusInputs.Measurement("worker-queue", "DFF_worker_queue", "metric", "redis", true),
                        new StatusInputs.Measurement("cache-db", "DFF_cache_db", "metric", "redis", false)),
                Target.all(settings),
                to -> Optional.ofNullable(to.equals(BACKUP) ? retry : null),
                new DeadLetterList() {
                    @Override
                    public long count() {
                        return deadLetters.size();
                    }

                    @Override
                    public List<DeadLetters.Entry> newest(int limit) {
                        return deadLetters;
                    }
                },
                () -> completeness,
                () -> null);
    }

    /** Something of everything, and some of it hostile. */
    ServedPage filled() {
        long now = System.currentTimeMillis();
        String evil = "<script>window.pwned = true</script><img src=x onerror=\"window.pwned = true\">";
        count("points_spooled", 1234, "measurement", "func-call");
        count("points_delivered", 1200, "category", "metric", "target", "main");
        count("posts", 12, "category", "metric", "target", "main", "answer", "200");
        count("posts", 3, "category", "metric", "target", "backup", "answer", "503");
        count("points_received", 77, "category", "metric");
        count("rows_read", 2000, "measurement", "func-call");
        count("list_rows_read", 1500, "measurement", "func-call");
        registry.gauge(
                "func_observer_dead_letter_files",
                List.of(
                        io.micrometer.core.instrument.Tag.of("category", "metric"),
                        io.micrometer.core.instrument.Tag.of("target", "main")),
                1);
        health.down("target.metric.backup", "503 " + evil + "; see what is wrong with it");
        health.warn("tables", "the local function task record is off");
        retry = new Delivery.Waiting(7, Instant.ofEpochMilli(now + 3_600_000), "503 Service Unavailable");
        deadLetters.add(new DeadLetters.Entry(
                new DeadLetterId(new Destination("main", Category.METRIC), "20261122T181530.123456Z_func-call"),
                new DeadLetterReport(
                        "2026-11-22T18:15:30Z",
                        "metric",
                        "http://h/write",
                        400,
                        evil,
                        "rejected by the target",
                        3,
                        1,
                        List.of())));
        completeness.add(new Completeness.Share(evil, 10, 5));
        completeness.add(new Completeness.Share("good.f", 10, 10));
        func.call(evil, "failure", 12, 345, now);
        func.call("good.f", "success", 2, 5, now);
        func.queue("0", 4, now);
        lines.block("func-call", (evil + " f=1i 1\n").getBytes(java.nio.charset.StandardCharsets.UTF_8), false);
        return this;
    }

    void count(String name, long amount, String... labels) {
        registry.counter("func_observer_" + name, labels).increment(amount);
    }

    String url() {
        return "http://127.0.0.1:" + port + "/";
    }

    @Override
    public void close() {
        camel.stop();
    }
}
