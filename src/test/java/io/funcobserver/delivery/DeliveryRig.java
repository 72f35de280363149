package io.funcobserver.delivery;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;

import io.funcobserver.observe.Conditions;
import io.funcobserver.observe.Metrics;
import io.funcobserver.spool.BatchLimits;
import io.funcobserver.spool.Category;
import io.funcobserver.spool.Gzip;
import io.funcobserver.spool.Spool;
import io.funcobserver.spool.SpoolFile;
import io.funcobserver.spool.Spools;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.camel.component.http.HttpComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;

/** The shipped spool, delivery and dead-letter routes in a running Camel, on a data directory. */
final class DeliveryRig implements AutoCloseable {
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final Clock clock = Clock.systemUTC();
    final Conditions conditions = new Conditions(clock);
    final Metrics metrics = new Metrics(registry);
    final Path data;
    final Spools spools;
    final DeadLetterFolders deadLetters;
    final Replay replay;
    final DefaultCamelContext camel = new DefaultCamelContext();

    /** What a test may set otherwise. */
    static final class Settings {
        String url;
        String metricPath = "/v1/write/metric";
        String loggingPath = "/v1/write/logging";
        String authorization;
        boolean gzip = true;
        BatchLimits limits = new BatchLimits(1 << 20, 10_000, Duration.ZERO);
        int bisectRequests = 1000;
        Duration retryDelay = Duration.ofMillis(20);
        Duration retryMaxDelay = Duration.ofMillis(100);
        Duration timeout = Duration.ofSeconds(2);
        long deadLetterMaxSize = 1 << 30;

        Settings(String url) {
            this.url = url;
        }
    }

    DeliveryRig(Path data, Settings settings) throws Exception {
        this.data = data;
        Map<Category, Spool> byCategory = new EnumMap<>(Category.class);
        Map<Category, Delivery> deliveries = new EnumMap<>(Category.class);
        List<DeadLetters> folders = Stream.of(Category.values())
                .map(category -> new DeadLetters(
                        data.resolve("dead-letter").resolve(category.id()),
                        category,
                        settings.deadLetterMaxSize,
                        metrics))
                .toList();
        deadLetters = new DeadLetterFolders(folders);
        for (Category category : Category.values()) {
            Spool spool = new Spool(
                    data.resolve("spool").resolve(category.id()), category, 1 << 30, clock, conditions, metrics);
            spool.open();
            deadLetters.of(category).open(spool.inFlight());
            byCategory.put(category, spool);
            String path = category == Category.METRIC ? settings.metricPath : settings.loggingPath;
            Target target = new Target(TargetUrl.of(settings.url, path), settings.authorization, settings.gzip);
            Delivery delivery = new Delivery(
                    spool,
                    target,
                    settings.limits,
                    settings.bisectRequests,
                    conditions,
                    metrics,
                    clock,
                    text -> text.replace("s3cret", "***"));
            deliveries.put(category, delivery);
            camel.getRegistry().bind("delivery-" + category.id(), delivery);
        }
        spools = new Spools(byCategory);
        replay = new Replay(deadLetters, data, settings.limits, clock);
        Deliveries all = new Deliveries(deliveries);
        camel.getRegistry().bind("spools", spools);
        camel.getRegistry().bind("deliveries", all);
        camel.getRegistry().bind("retry-policy", RetryPolicy.of(settings.retryDelay, settings.retryMaxDelay));
        camel.getRegistry().bind("failed-attempt", all.failed());
        camel.getRegistry().bind("dead-letters", deadLetters);
        HttpComponent http = camel.getComponent("http", HttpComponent.class);
        http.setAutomaticRetriesDisabled(true);
        http.setConnectTimeout(1000);
        http.setConnectionRequestTimeout(1000);
        http.setSoTimeout(settings.timeout.toMillis());
        http.setResponseTimeout(settings.timeout.toMillis());
        Properties properties = new Properties();
        properties.setProperty("data.directory", data.toString());
        camel.getPropertiesComponent().setInitialProperties(properties);
        camel.getShutdownStrategy().setTimeout(10);
        for (String route : List.of("spool", "dead-letters", "delivery")) {
            PluginHelper.getRoutesLoader(camel)
                    .loadRoutes(PluginHelper.getResourceLoader(camel)
                            .resolveResource("file:routes/" + route + ".camel.yaml"));
        }
    }

    DeliveryRig start() {
        camel.start();
        return this;
    }

    /** Puts lines into the spool like a collecting route. */
    SpoolFile spool(Category category, String measurement, String lines) {
        return spool(category, measurement, SpoolFile.Kind.RECORD, lines);
    }

    SpoolFile spool(Category category, String measurement, SpoolFile.Kind kind, String lines) {
        byte[] bytes = lines.getBytes(StandardCharsets.UTF_8);
        String name =
                spools.of(category).newName(measurement, kind, lines.lines().count(), bytes.length);
        return camel.createFluentProducerTemplate()
                .to("direct:spool")
                .withVariable("spoolCategory", category.id())
                .withVariable("spoolName", name)
                .withBody(Gzip.pack(bytes, 0, bytes.length))
                .request(SpoolFile.class);
    }

    /** Puts lines into the spool without the route, which runs only in a started Camel. */
    Path spoolBeforeStart(Category category, String lines) throws Exception {
        byte[] bytes = lines.getBytes(StandardCharsets.UTF_8);
        Spool spool = spools.of(category);
        String name = spool.newName("b", SpoolFile.Kind.RECORD, lines.lines().count(), bytes.length);
        Files.write(spool.folder().resolve(name + SpoolFile.PART), Gzip.pack(bytes, 0, bytes.length));
        return spool.seal(name).path();
    }

    /** Every file below the data directory but the replay's lock. */
    List<String> files() {
        try (Stream<Path> files = Files.walk(data)) {
            return files.filter(Files::isRegularFile)
                    .map(data::relativize)
                    .map(Path::toString)
                    .filter(file -> !file.endsWith(".lock"))
                    .sorted()
                    .toList();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    double count(String name, String... tags) {
        Counter counter = registry.find("func_observer_" + name).tags(tags).counter();
        return counter == null ? 0 : counter.count();
    }

    @Override
    public void close() {
        camel.stop();
    }
}
