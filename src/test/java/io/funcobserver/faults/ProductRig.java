package io.funcobserver.faults;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.funcobserver.app.Pipeline;
import io.funcobserver.app.RouteFiles;
import io.funcobserver.config.Catalogue;
import io.funcobserver.config.Settings;
import io.funcobserver.demo.FuncDatabase;
import io.funcobserver.demo.Line;
import io.funcobserver.demo.Receiver;
import io.funcobserver.demo.RedisDatabase;
import io.funcobserver.testing.TestSettings;
import org.awaitility.core.ConditionFactory;

import static org.awaitility.Awaitility.await;

/** The whole product in this process, in a hurry: short periods and pauses, and seen from outside by health and metrics. */
final class ProductRig implements AutoCloseable {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Map<String, String> settings;
    private final int observePort;
    private Pipeline pipeline;

    ProductRig(FuncDatabase mysql, RedisDatabase redis, Receiver target, Path data) throws IOException {
        this(TestSettings.of(mysql, redis, target.url(), data));
    }

    ProductRig(Map<String, String> settings) throws IOException {
        this.settings = settings;
        this.observePort = freePort();
        set("observe.port", Integer.toString(observePort));
        Catalogue.standardRouteIds().forEach(id -> set("measurement." + id + ".period", "100ms"));
        set("records.start", "beginning");
        set("batch.max-delay", "20ms");
        set("retry.delay", "20ms");
        set("retry.max-delay", "100ms");
        set("target.timeout", "2s");
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    ProductRig set(String key, String value) {
        settings.put(key, value);
        return this;
    }

    /** Leaves the other measurements out. */
    ProductRig only(String... measurements) {
        Catalogue.standardRouteIds()
                .forEach(id -> set(
                        "measurement." + id + ".enabled",
                        Boolean.toString(List.of(measurements).contains(id))));
        return this;
    }

    Map<String, String> settings() {
        return settings;
    }

    ProductRig start() throws IOException {
        pipeline = Pipeline.start(Settings.of(settings), RouteFiles.in(Path.of("routes")));
        return this;
    }

    void stop() throws IOException {
        if (pipeline != null) {
            pipeline.close();
            pipeline = null;
        }
    }

    @Override
    public void close() throws IOException {
        stop();
    }

    /** What {@code /observe/health} answers. */
    String health() {
        return get("/observe/health");
    }

    boolean isUp() {
        return health().replaceAll("\\s", "").startsWith("{\"status\":\"UP\"");
    }

    String metrics() {
        return get("/observe/metrics");
    }

    /** The sum of all series of the metric that hold these labels, such as {@code category="metric"}. */
    double metric(String name, String... labels) {
        double sum = 0;
        for (String line : metrics().lines().toList()) {
            int end = line.lastIndexOf(' ');
            boolean isIt =
                    line.startsWith("func_observer_" + name + "{") || line.startsWith("func_observer_" + name + " ");
            if (isIt && List.of(labels).stream().allMatch(line::contains)) {
                sum += Double.parseDouble(line.substring(end + 1));
            }
        }
        return sum;
    }

    private String get(String path) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + observePort + path))
                .timeout(Duration.ofSeconds(10))
                .build();
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException e) {
            return "no answer: " + e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    /** Waits with patience for a slow machine, and looks often. */
    static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(20));
    }

    /** The values of a tag of the accepted lines of a measurement, in the order in which they came. */
    static List<String> tags(Receiver receiver, String measurement, String tag) {
        List<String> values = new ArrayList<>();
        for (Line line : receiver.accepted(measurement)) {
            values.add(line.tag(tag));
        }
        return values;
    }
}
