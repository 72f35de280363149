package io.funcobserver.delivery;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

import io.funcobserver.config.TargetSettings;
import io.funcobserver.lineprotocol.Category;
import io.funcobserver.observe.Destination;
import io.funcobserver.observe.HealthState;
import io.funcobserver.observe.Metrics;
import io.funcobserver.spool.BatchLimits;
import io.funcobserver.spool.Gzip;
import io.funcobserver.spool.Kind;
import io.funcobserver.spool.LineBlock;
import io.funcobserver.spool.Lines;
import io.funcobserver.spool.SegmentRepository;
import io.funcobserver.spool.Spool;
import io.funcobserver.spool.SpoolFile;
import io.funcobserver.spool.SpoolFolder;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.camel.LoggingLevel;
import org.apache.camel.Processor;
import org.apache.camel.component.file.GenericFileFilter;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.LoggingExceptionHandler;
import org.apache.camel.support.PluginHelper;

/** The shipped spool, delivery and dead-letter routes in a running Camel, on a data directory. */
final class DeliveryRig implements AutoCloseable {
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final Clock clock = Clock.systemUTC();
    final HealthState health = new HealthState(clock);
    final Metrics metrics = new Metrics(registry);
    final Path data;
    final Spool spool;
    final DeadLetterFolders deadLetters;
    final Replay replay;
    final Delivery delivery;
    final SpooledFiles files;
    final DefaultCamelContext camel = new DefaultCamelContext();

    /** What a test may set otherwise. */
    static final class Settings {
        Map<String, String> urls = new LinkedHashMap<>();
        String metricPath = "/v1/write/metric";
        String loggingPath = "/v1/write/logging";
        String authorization;
        boolean gzip = true;
        BatchLimits limits = new BatchLimits(1 << 20, 10_000, Duration.ofMillis(50));
        int bisectRequests = 1000;
        Duration retryDelay = Duration.ofMillis(20);
        Duration retryMaxDelay = Duration.ofMillis(100);
        Duration connectTimeout = Duration.ofSeconds(1);
        Duration timeout = Duration.ofSeconds(2);
        long deadLetterMaxSize = 1 << 30;
        long spoolMaxSize = 1 << 30;
        Supplier<SSLContext> tls = DeliveryRig::tls;

        Settings(String url) {
            urls.put("main", url);
        }
    }

    DeliveryRig(Path data, Settings settings) throws Exception {
        this.data = data;
        List<Target> targets = new ArrayList<>();
        List<SpoolFolder> folders = new ArrayList<>();
        List<DeadLetters> letters = new ArrayList<>();
        settings.urls.forEach((name, url) -> {
            Target target = Target.of(new TargetSettings(
                    name,
                    url,
                    settings.metricPath,
                    settings.loggingPath,
                    settings.authorization,
                    settings.gzip,
                    settings.connectTimeout,
                    settings.timeout));
            targets.add(target);
            for (Category category : Category.values()) {
                Path folder = data.resolve("spool").resolve(name).resolve(category.id());
                folders.add(new SpoolFolder(
                        new Destination(name, category),
                        folder,
                        settings.spoolMaxSize,
                        true,
                        bytes -> true,
                        clock,
                        health,
                        metrics));
                letters.add(new DeadLetters(
                        data.resolve("dead-letter").resolve(name).resolve(category.id()),
                        new Destination(name, category),
                        settings.deadLetterMaxSize,
                        metrics));
            }
        });
        spool = new Spool(folders, clock);
        spool.open();
        deadLetters = new DeadLetterFolders(letters);
        deadLetters.open();
        replay = new FileReplay(deadLetters, data, settings.limits, clock);
        delivery = new Delivery(
                targets,
                spool.folders(),
                new Delivery.Retry(settings.retryDelay, settings.retryMaxDelay, settings.bisectRequests),
                health,
                metrics,
                clock,
                text -> text.replace("s3cret", "***"));
        camel.getRegistry().bind("spool", spool);
        SegmentRepository segments =
                new SegmentRepository(data.resolve("segments"), settings.limits, spool, clock, health);
        segments.open();
        camel.getRegistry().bind("segments", segments);
        camel.getRegistry().bind("delivery", delivery);
        camel.getRegistry().bind("delivery-failed", (Processor) delivery::failed);
        files = new SpooledFiles(spool, delivery, health);
        camel.getRegistry().bind("spooledFiles", files);
        camel.getRegistry().bind("undelivered", (GenericFileFilter<File>) files::accepts);
        camel.getRegistry().bind("quiet", new LoggingExceptionHandler(camel, DeliveryRig.class, LoggingLevel.DEBUG));
        camel.getRegistry().bind("dead-letters", deadLetters);
        for (Target target : targets) {
            camel.getRegistry().bind("client-" + target.name(), new TargetClient(target, settings.tls));
        }
        Properties properties = new Properties();
        properties.setProperty("data.directory", data.toString());
        properties.setProperty("batch.max-delay", settings.limits.maxDelay().toMillis() + "");
        camel.getPropertiesComponent().setInitialProperties(properties);
        camel.getShutdownStrategy().setTimeout(10);
        for (String route : List.of("spool", "dead-letters", "delivery", "requests")) {
            PluginHelper.getRoutesLoader(camel)
                    .loadRoutes(PluginHelper.getResourceLoader(camel)
                            .resolveResource("file:routes/" + route + ".camel.yaml"));
        }
        camel.getRegistry().bind("delivery-routes", new DeliveryRoutes(targets));
    }

    private static SSLContext tls() {
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    DeliveryRig start() {
        camel.start();
        return this;
    }

    /** Hands lines over like a tail: a request of their own. Returns the request's name. */
    String spool(Category category, String source, String lines) {
        byte[] bytes = lines.getBytes(StandardCharsets.UTF_8);
        send(new LineBlock(
                source, category, Kind.RECORD, Gzip.pack(bytes, 0, bytes.length), true, count(bytes), bytes.length));
        return last(category);
    }

    /** Hands lines over like a gauge or the intake: they share a request. */
    void gather(Category category, Kind kind, String source, String lines) {
        byte[] bytes = lines.getBytes(StandardCharsets.UTF_8);
        send(LineBlock.plain(source, category, kind, bytes, count(bytes)));
    }

    private static long count(byte[] bytes) {
        long[] count = new long[1];
        Lines splitter = new Lines(end -> count[0]++);
        splitter.feed(bytes, 0, bytes.length);
        return count[0];
    }

    private void send(LineBlock block) {
        camel.createFluentProducerTemplate().to("direct:append").withBody(block).request();
    }

    /** Puts lines into the spool without the route, which runs only in a started Camel. */
    Path spoolBeforeStart(Category category, String lines) throws IOException {
        byte[] bytes = lines.getBytes(StandardCharsets.UTF_8);
        spool.seal(new LineBlock(
                "b", category, Kind.RECORD, Gzip.pack(bytes, 0, bytes.length), true, count(bytes), bytes.length));
        return folder("spool", category).resolve(last(category));
    }

    /** The newest request in the spool of the first target; null where there is none any more. */
    private String last(Category category) {
        String[] names = folder("spool", category).toFile().list((dir, name) -> name.endsWith(SpoolFile.SUFFIX));
        return names == null || names.length == 0
                ? null
                : Arrays.stream(names).max(String::compareTo).get();
    }

    /** A folder of the first target. */
    Path folder(String kind, Category category) {
        return data.resolve(kind).resolve("main").resolve(category.id());
    }

    List<DeadLetters.Entry> letters(Category category) throws IOException {
        return deadLetters.of(new Destination("main", category)).list();
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
        return registry.find("func_observer_" + name).tags(tags).counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    @Override
    public void close() {
        camel.stop();
    }
}
