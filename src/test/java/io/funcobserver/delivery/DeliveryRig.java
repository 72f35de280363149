package io.funcobserver.delivery;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

import io.funcobserver.config.Settings;
import io.funcobserver.lineprotocol.Category;
import io.funcobserver.observe.Destination;
import io.funcobserver.spool.BatchLimits;
import io.funcobserver.spool.Gzip;
import io.funcobserver.spool.Kind;
import io.funcobserver.spool.LineBlock;
import io.funcobserver.spool.Lines;
import io.funcobserver.spool.Spool;
import io.funcobserver.spool.SpoolFile;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.main.Main;

/** The middle alone: the shipped spool, delivery and dead-letter routes, with what the jar binds for them, on a data directory. */
final class DeliveryRig implements AutoCloseable {
    private static final String ROUTES =
            "file:routes/spool.camel.yaml,file:routes/delivery.camel.yaml,file:routes/requests.camel.yaml,"
                    + "file:routes/dead-letters.camel.yaml";

    final Path data;
    final CamelContext camel;
    final Spool spool;
    final DeadLetters deadLetters;
    final Replay replay;
    final Deliveries deliveries;

    private final Main main = new Main();

    /** Short pauses, and this target. What a test puts there counts. */
    static Map<String, String> settings(String url) {
        return new LinkedHashMap<>(Map.of(
                "target.url", url,
                "batch.max-delay", "50ms",
                "retry.delay", "20ms",
                "retry.max-delay", "100ms",
                "target.connect-timeout", "1s",
                "target.timeout", "2s",
                "func.mysql.port", "1",
                "func.redis.port", "1"));
    }

    /** Several targets in the place of the one. */
    static void targets(Map<String, String> settings, Map<String, String> urls) {
        settings.remove("target.url");
        settings.put("targets", String.join(",", urls.keySet()));
        urls.forEach((name, url) -> settings.put("target." + name + ".url", url));
    }

    /** @param beans by name, for Camel to find by their types */
    DeliveryRig(Path data, Map<String, String> settings, Object... beans) throws Exception {
        this.data = data;
        Map<String, String> all = new LinkedHashMap<>(settings);
        all.put("data.directory", data.toString());
        Settings effective = Settings.of(all);
        main.bind("settings", effective);
        for (Object bean : beans) {
            main.bind(bean.getClass().getSimpleName(), bean);
        }
        Properties properties = new Properties();
        properties.putAll(Map.of(
                "data.directory",
                data.toString(),
                "batch.max-delay",
                all.get("batch.max-delay"),
                "camel.main.routes-include-pattern",
                ROUTES,
                "camel.main.jmx-enabled",
                "false",
                "camel.main.load-health-checks",
                "false",
                "camel.main.shutdown-timeout",
                "10"));
        main.setDefaultPropertyPlaceholderLocation("false");
        main.setOverrideProperties(properties);
        main.init();
        camel = main.getCamelContext();
        // Binds the beans.
        camel.init();
        spool = bean("spool", Spool.class);
        deadLetters = bean("dead-letters", DeadLetters.class);
        deliveries = bean("delivery", Deliveries.class);
        replay = new FileReplay(deadLetters, data, BatchLimits.of(effective), Clock.systemUTC());
    }

    private <T> T bean(String name, Class<T> type) {
        return camel.getRegistry().lookupByNameAndType(name, type);
    }

    DeliveryRig start() throws Exception {
        main.start();
        return this;
    }

    /** Hands lines over like a tail: a request of their own. Returns its file in the spool of the first target. */
    Path spool(Category category, String source, String lines) {
        byte[] bytes = lines.getBytes(StandardCharsets.UTF_8);
        send(new LineBlock(
                source, category, Kind.RECORD, Gzip.pack(bytes, 0, bytes.length), true, count(bytes), bytes.length));
        return newest(category);
    }

    /** Hands lines over like a gauge or the intake: they share a request. */
    void gather(Category category, Kind kind, String source, String lines) {
        byte[] bytes = lines.getBytes(StandardCharsets.UTF_8);
        send(LineBlock.plain(source, category, kind, bytes, count(bytes)));
    }

    /** What gzip cannot make much smaller. */
    static String noise(int characters) {
        byte[] bytes = new byte[characters / 4 * 3];
        new Random(1).nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static long count(byte[] bytes) {
        return Lines.ends(bytes).size();
    }

    private void send(LineBlock block) {
        camel.createFluentProducerTemplate().to("direct:append").withBody(block).request();
    }

    /** Null where it is delivered already. */
    private Path newest(Category category) {
        Path folder = folder("spool", category);
        return files().stream()
                .map(data::resolve)
                .filter(file -> file.startsWith(folder) && file.toString().endsWith(SpoolFile.SUFFIX))
                .reduce(null, (earlier, later) -> later);
    }

    /** A folder of the first target. */
    Path folder(String kind, Category category) {
        return data.resolve(kind).resolve("main").resolve(category.id());
    }

    List<DeadLetters.Entry> letters(Category category) throws IOException {
        return letters(new Destination("main", category));
    }

    List<DeadLetters.Entry> letters(Destination to) throws IOException {
        return deadLetters.list().stream()
                .filter(letter -> letter.id().destination().equals(to))
                .toList();
    }

    /** What the rig holds of lines: every file below the data directory but the locks, sorted. */
    List<String> files() {
        try (Stream<Path> all = Files.walk(data)) {
            return all.filter(Files::isRegularFile)
                    .map(data::relativize)
                    .map(Path::toString)
                    .filter(file -> !file.endsWith(".lock"))
                    .sorted()
                    .toList();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** Why each part is down that is, by name, as {@code /observe/health} says it. */
    Map<String, String> down() {
        return parts("down");
    }

    /** What is wrong and keeps nothing from working. */
    Map<String, String> warnings() {
        return parts("warning");
    }

    private Map<String, String> parts(String state) {
        Map<String, String> parts = new TreeMap<>();
        HealthCheckRegistry.get(camel)
                .getCheck("func-observer")
                .orElseThrow()
                .call()
                .getDetails()
                .forEach((part, said) -> {
                    if (said.toString().startsWith(state + " since ")) {
                        parts.put(part, said.toString().replaceFirst(state + " since \\S+: ", ""));
                    }
                });
        return parts;
    }

    double count(String name, String... tags) {
        return camel
                .getRegistry()
                .findSingleByType(MeterRegistry.class)
                .find("func_observer_" + name)
                .tags(tags)
                .counters()
                .stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    @Override
    public void close() {
        main.stop();
    }
}
