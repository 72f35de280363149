package io.funcobserver.app;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.funcobserver.config.Settings;
import io.funcobserver.config.SettingsSources;

/** The product in this process, with its metrics read as an operator reads them. */
final class RunningProduct implements AutoCloseable {
    private static final Path NO_FOLDER = Path.of("there-is-no-such-folder");

    private final Pipeline pipeline;
    private final URI metrics;

    private RunningProduct(Pipeline pipeline, URI metrics) {
        this.pipeline = pipeline;
        this.metrics = metrics;
    }

    /** With the routes inside the jar. */
    static RunningProduct start(Map<String, String> settings) throws IOException {
        return start(settings, RouteFiles.in(NO_FOLDER));
    }

    static RunningProduct start(Map<String, String> settings, RouteFiles routes) throws IOException {
        int port = freePort();
        Map<String, String> values = new LinkedHashMap<>(settings);
        values.put("observe.port", Integer.toString(port));
        List<String> assignments = values.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .toList();
        Settings effective = Settings.read(new SettingsSources(assignments, Map.of(), null), routes.ids())
                .orThrow();
        return new RunningProduct(
                Pipeline.start(effective, routes), URI.create("http://127.0.0.1:" + port + "/observe/metrics"));
    }

    /** The settings, with every measurement off but these, which are read often. */
    static Map<String, String> only(Map<String, String> settings, String... measurements) {
        Map<String, String> values = new LinkedHashMap<>(settings);
        for (String measurement : io.funcobserver.config.Catalogue.standardRouteIds()) {
            values.put("measurement." + measurement + ".enabled", "false");
        }
        for (String measurement : measurements) {
            values.put("measurement." + measurement + ".enabled", "true");
            values.put("measurement." + measurement + ".period", "200ms");
        }
        values.put("batch.max-delay", "50ms");
        values.put("records.start", "beginning");
        return values;
    }

    /** The value of a series, such as {@code func_observer_rows_read_total{measurement="func-call"}}. */
    long metric(String series) throws IOException, InterruptedException {
        String text = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofString())
                .body();
        return text.lines()
                .filter(line -> line.startsWith(series + " "))
                .map(line -> (long) Double.parseDouble(line.substring(series.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no series " + series + " in " + text));
    }

    /** How many values the measurement has dropped for the reason. */
    long dropped(String measurement, String reason) throws IOException, InterruptedException {
        return metric(
                "func_observer_values_dropped_total{measurement=\"" + measurement + "\",reason=\"" + reason + "\"}");
    }

    /** The address of the status page. */
    String page() {
        return metrics.resolve("/").toString();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() throws IOException {
        pipeline.close();
    }
}
