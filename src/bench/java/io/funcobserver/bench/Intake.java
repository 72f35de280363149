package io.funcobserver.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.funcobserver.demo.FreePort;
import io.funcobserver.demo.UploadLoad;

/** Records uploaded one a request over eight connections, made safe on disk before each answer. */
final class Intake {
    private static final int CONNECTIONS = 8;
    private static final int RECORD_BYTES = 500;
    private static final int UNAVAILABLE = 503;
    private static final int OK = 200;
    private static final Duration WARM_UP = Duration.ofSeconds(10);

    private final Servers servers;
    private final Results results;
    private final Path archive;

    Intake(Servers servers, Results results, Path archive) {
        this.servers = servers;
        this.results = results;
        this.archive = archive;
    }

    void run(int seconds) throws Exception {
        results.say("intake: 3 times " + seconds + " s of uploads over " + CONNECTIONS + " connections");
        int port = FreePort.next();
        Map<String, String> settings = Map.of("intake.enabled", "true", "intake.port", Integer.toString(port));
        Duration time = Duration.ofSeconds(seconds);
        try (Jvm jvm = servers.product("intake", archive, List.of("cache-db-key"), settings)) {
            new UploadLoad(port, CONNECTIONS, RECORD_BYTES, true).run(WARM_UP);
            measure("a connection for all", new UploadLoad(port, CONNECTIONS, RECORD_BYTES, true), time, jvm);
            measure("a connection for each", new UploadLoad(port, CONNECTIONS, RECORD_BYTES, false), time, jvm);
            servers.receiver.answerWith(UNAVAILABLE);
            measure("target down", new UploadLoad(port, CONNECTIONS, RECORD_BYTES, true), time, jvm);
        } finally {
            servers.receiver.answerWith(OK);
        }
    }

    private void measure(String name, UploadLoad load, Duration time, Jvm jvm) throws Exception {
        Usage.resetPeak(jvm.pid());
        Usage begin = jvm.usage();
        UploadLoad.Result result = load.run(time);
        Usage end = jvm.usage();
        String part = "intake, " + name;
        results.add(
                part,
                "requests/s, of them not answered 200",
                String.format(Locale.ROOT, "%.0f, %d", result.perSecond(), result.refused()),
                "≥ 2000, 0");
        results.add(
                part,
                "answer p50, p99",
                String.format(
                        Locale.ROOT,
                        "%.1f ms, %.1f ms",
                        result.within(0.5).toNanos() / 1e6,
                        result.within(0.99).toNanos() / 1e6),
                "p99 ≤ 20 ms");
        results.add(
                part,
                "CPU a request; RSS, peak",
                String.format(
                        Locale.ROOT,
                        "%.0f µs; %d MiB",
                        (end.cpuSeconds() - begin.cpuSeconds()) / Math.max(1, result.taken()) * 1e6,
                        end.peakRssKib() / 1024),
                "");
    }
}
