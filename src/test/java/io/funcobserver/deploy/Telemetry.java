package io.funcobserver.deploy;

import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.funcobserver.config.Catalogue;
import io.funcobserver.demo.FuncSimulator;
import io.funcobserver.demo.Line;
import io.funcobserver.testing.TestInstallation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What the product really sends and shows, run with its own routes against a simulated Func.
 *
 * @param measurements by name, as they arrived
 * @param metrics the labels of each of the product's own metrics, by name
 * @param health the answers of its probes, by path
 */
record Telemetry(Map<String, Measurement> measurements, Map<String, Set<String>> metrics, Map<String, Integer> health) {
    /** The keys that a measurement was seen with. */
    record Measurement(Set<String> tags, Set<String> fields, Set<String> texts) {
        Measurement() {
            this(ConcurrentHashMap.newKeySet(), ConcurrentHashMap.newKeySet(), ConcurrentHashMap.newKeySet());
        }

        private void saw(Line line) {
            tags.addAll(line.tags().keySet());
            line.fields().forEach((key, value) -> (value instanceof String ? texts : fields).add(key));
        }
    }

    /** A metric of the Prometheus kind that VictoriaMetrics makes of a measurement's field. */
    record Field(String measurement, Measurement keys, String name) {}

    private static final Pattern SERIES =
            Pattern.compile("^(func_observer_\\w+)(?:\\{(.*)})? \\S+$", Pattern.MULTILINE);
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"");

    private static Telemetry seen;

    /** Seen once for all tests of a JVM. */
    static synchronized Telemetry seen() throws Exception {
        if (seen == null) {
            seen = watch();
        }
        return seen;
    }

    private static Telemetry watch() throws Exception {
        Map<String, Measurement> measurements = new ConcurrentHashMap<>();
        try (TestInstallation site = TestInstallation.open().set("func.site-name", "test");
                FuncSimulator func =
                        new FuncSimulator(site.database, site.redis, FuncSimulator.Settings.test()).start()) {
            site.receiver.onLine(line -> measurements
                    .computeIfAbsent(line.measurement(), name -> new Measurement())
                    .saw(line));
            site.start();
            // Calls of every kind have come: failed ones too.
            await().atMost(Duration.ofMinutes(2))
                    .until(() -> measurements.size()
                                    == Catalogue.standardRouteIds().size()
                            && measurements.get("DFF_task_record_func").texts().contains("exception")
                            && measurements.get("DFF_task_record").texts().contains("exception"));
            await().until(() -> site.metrics().has("posts_total"));
            assertThat(func.lastFailure()).isNull();
            return new Telemetry(
                    Map.copyOf(measurements),
                    metrics(site.metrics().text()),
                    Map.of(
                            Product.LIVE, site.observed().status("health/live"),
                            Product.READY, site.observed().status("health/ready")));
        }
    }

    private static Map<String, Set<String>> metrics(String page) {
        Map<String, Set<String>> metrics = new TreeMap<>();
        Matcher series = SERIES.matcher(page);
        while (series.find()) {
            Set<String> labels = metrics.computeIfAbsent(series.group(1), name -> new TreeSet<>());
            Matcher label = LABEL.matcher(series.group(2) == null ? "" : series.group(2));
            while (label.find()) {
                labels.add(label.group(1));
            }
        }
        return metrics;
    }

    /** The field that a metric name of VictoriaMetrics stands for; measurement names may begin alike. */
    Optional<Field> field(String metric) {
        for (Map.Entry<String, Measurement> entry : measurements.entrySet()) {
            String start = entry.getKey() + "_";
            if (metric.startsWith(start) && entry.getValue().fields().contains(metric.substring(start.length()))) {
                return Optional.of(new Field(entry.getKey(), entry.getValue(), metric.substring(start.length())));
            }
        }
        return Optional.empty();
    }

    /** The labels that a metric has, whether the product shows it or VictoriaMetrics makes it of a field. */
    Optional<Set<String>> labels(String metric) {
        Set<String> own = metrics.get(metric);
        if (own != null) {
            Set<String> labels = new HashSet<>(own);
            labels.add("instance");
            labels.add("job");
            return Optional.of(labels);
        }
        return field(metric).map(field -> field.keys().tags());
    }
}
