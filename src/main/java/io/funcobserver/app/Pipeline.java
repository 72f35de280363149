package io.funcobserver.app;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Clock;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.funcobserver.config.ConfigurationException;
import io.funcobserver.config.Secrets;
import io.funcobserver.config.Settings;
import io.funcobserver.config.StartPosition;
import io.funcobserver.delivery.DeadLetterFolders;
import io.funcobserver.delivery.DeadLetters;
import io.funcobserver.delivery.Deliveries;
import io.funcobserver.delivery.Delivery;
import io.funcobserver.delivery.Replay;
import io.funcobserver.delivery.RetryPolicy;
import io.funcobserver.delivery.Target;
import io.funcobserver.delivery.TargetUrl;
import io.funcobserver.diagnosis.SourceDiagnosis;
import io.funcobserver.mysql.TailSettings;
import io.funcobserver.mysql.TailSettings.Start;
import io.funcobserver.observe.Conditions;
import io.funcobserver.observe.ConditionsCheck;
import io.funcobserver.observe.MeasurementOutcomes;
import io.funcobserver.observe.Metrics;
import io.funcobserver.spool.BatchLimits;
import io.funcobserver.spool.Category;
import io.funcobserver.spool.DurableFiles;
import io.funcobserver.spool.Spool;
import io.funcobserver.spool.Spools;
import io.funcobserver.tls.TrustedAuthorities;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.apache.camel.component.micrometer.MicrometerConstants;
import org.apache.camel.main.Main;

/** The running product: every route, with the beans that the routes name. */
public final class Pipeline implements AutoCloseable {
    private final Settings settings;
    private final RouteFiles routes;
    private final Main camel = new Main();
    private final Clock clock = Clock.systemUTC();
    private final Conditions conditions = new Conditions(clock);
    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Metrics metrics = new Metrics(meters);
    private final Secrets secrets;

    private final Path data;
    private final Sources sources;
    private final StatusWiring status;
    private final Map<Category, Spool> spools = new EnumMap<>(Category.class);
    private final Map<Category, DeadLetters> deadLetters = new EnumMap<>(Category.class);
    private DataDirectory taken;
    private volatile boolean stopping;

    private Pipeline(Settings settings, RouteFiles routes, SourceTimeouts timeouts) {
        this.settings = settings;
        this.routes = routes;
        this.secrets = Secrets.of(settings);
        this.data = Path.of(settings.text("data.directory"));
        this.sources = new Sources(settings, timeouts);
        this.status = new StatusWiring(settings, clock);
        for (Category category : Category.values()) {
            spools.put(category, spool(category));
            deadLetters.put(category, deadLetters(category));
        }
    }

    /**
     * Starts reading and delivering. Goes on while a source or the target is down.
     *
     * @throws ConfigurationException when another configuration is needed
     */
    public static Pipeline start(Settings settings, RouteFiles routes) throws IOException {
        return start(settings, routes, SourceTimeouts.STANDARD);
    }

    /**
     * The same with less patience, for tests that let a source hang.
     *
     * @throws ConfigurationException when another configuration is needed
     */
    public static Pipeline start(Settings settings, RouteFiles routes, SourceTimeouts timeouts) throws IOException {
        refuseBusyPort(settings.text("observe.host"), settings.number("observe.port"));
        Pipeline pipeline = new Pipeline(settings, routes, timeouts);
        try {
            pipeline.openData();
            pipeline.bind();
            pipeline.run();
            return pipeline;
        } catch (IOException | RuntimeException e) {
            pipeline.close();
            throw e;
        }
    }

    /**
     * Loads all routes with everything that they name, and starts none.
     *
     * @throws ConfigurationException naming what is wrong with them
     */
    public static void checkRoutes(Settings settings, RouteFiles routes) throws IOException {
        try (Pipeline pipeline = new Pipeline(settings, routes, SourceTimeouts.STANDARD)) {
            pipeline.bind();
            Wiring.start(pipeline.camel, pipeline.properties().set("camel.main.auto-startup", "false"));
        }
    }

    /** Camel only logs that its management server has no port. */
    private static void refuseBusyPort(String host, int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(host, port));
        } catch (IOException | IllegalArgumentException e) {
            throw new ConfigurationException(
                    "observe.port " + port + " on " + host + " cannot be opened (" + e.getMessage()
                            + "); give another observe.port or observe.host, or stop what uses it",
                    e);
        }
    }

    private Spool spool(Category category) {
        return new Spool(
                data.resolve("spool").resolve(category.id()),
                category,
                settings.size("spool.max-size"),
                clock,
                conditions,
                metrics);
    }

    private DeadLetters deadLetters(Category category) {
        return new DeadLetters(
                data.resolve("dead-letter").resolve(category.id()),
                category,
                settings.size("dead-letter.max-size"),
                metrics);
    }

    /** Takes the data directory, and clears away what a crash left there. */
    private void openData() throws IOException {
        taken = DataDirectory.open(data);
        DurableFiles.createFolder(cursors());
        for (Spool spool : spools.values()) {
            spool.open();
            deadLetters.get(spool.category()).open(spool.inFlight());
        }
        new Replay(deadLetterFolders(), data, Wiring.batchLimits(settings), clock).clean();
    }

    private Path cursors() {
        return data.resolve("cursors");
    }

    private DeadLetterFolders deadLetterFolders() {
        return new DeadLetterFolders(List.copyOf(deadLetters.values()));
    }

    private void bind() {
        sources.bindTo(camel, () -> stopping);
        status.bindTo(camel);
        camel.bind("tailSettings", tailSettings());
        camel.bind("reportSettings", Wiring.reportSettings(settings, sentSpools(), metrics));
        camel.bind("spools", new Spools(spools));
        bindDelivery();

        camel.bind(MicrometerConstants.METRICS_REGISTRY_NAME, meters);
        camel.bind("conditions-check", new ConditionsCheck(conditions));
        camel.bind("outcomes", new MeasurementOutcomes(metrics, conditions, new SourceDiagnosis(settings)::of, clock));
        spools.keySet().forEach(metrics::category);
        routes.ids().forEach(metrics::measurement);
    }

    private Map<Category, Spool> sentSpools() {
        Map<Category, Spool> sent = new EnumMap<>(spools);
        sent.keySet().removeIf(category -> !url(category).isSent());
        return sent;
    }

    private TargetUrl url(Category category) {
        return TargetUrl.of(settings.text("target.url"), settings.text("target." + category.id() + "-path"));
    }

    private TailSettings tailSettings() {
        return new TailSettings(
                sources.mysql(),
                cursors(),
                start(settings.start()),
                settings.number("records.page-size"),
                settings.size("records.page-bytes"),
                settings.duration("records.late-window"),
                metrics);
    }

    private static Start start(StartPosition position) {
        return switch (position.kind()) {
            case NOW -> new Start.Now();
            case BEGINNING -> new Start.Beginning();
            case AFTER -> new Start.After(position.seq().longValue());
        };
    }

    private void bindDelivery() {
        BatchLimits limits = Wiring.batchLimits(settings);
        Map<Category, Delivery> deliveries = new EnumMap<>(Category.class);
        for (Spool spool : spools.values()) {
            Category category = spool.category();
            Target target =
                    new Target(url(category), settings.text("target.authorization"), settings.flag("target.gzip"));
            Delivery delivery = new Delivery(
                    spool,
                    target,
                    limits,
                    settings.number("retry.bisect-requests"),
                    conditions,
                    metrics,
                    clock,
                    secrets::mask);
            deliveries.put(category, delivery);
            camel.bind("delivery-" + category.id(), delivery);
        }
        Deliveries all = new Deliveries(deliveries);
        camel.bind("deliveries", all);
        camel.bind("failed-attempt", all.failed());
        camel.bind("dead-letters", deadLetterFolders());
        camel.bind(
                "retry-policy", RetryPolicy.of(settings.duration("retry.delay"), settings.duration("retry.max-delay")));
        boolean tls =
                spools.keySet().stream().anyMatch(category -> url(category).isTls());
        camel.bind("target-tls", new TargetTls(TrustedAuthorities.of(settings), tls));
    }

    private CamelProperties properties() {
        String connectTimeout =
                Long.toString(settings.duration("target.connect-timeout").toMillis());
        String timeout = Long.toString(settings.duration("target.timeout").toMillis());
        return new CamelProperties(settings, routes, routes.all(), 0)
                .set("camel.component.http.connect-timeout", connectTimeout)
                .set("camel.component.http.connection-request-timeout", connectTimeout)
                .set("camel.component.http.so-timeout", timeout)
                .set("camel.component.http.response-timeout", timeout)
                .set("camel.component.http.ssl-context-parameters", "#target-tls");
    }

    private void run() {
        Wiring.start(
                camel,
                properties()
                        .set("camel.management.enabled", "true")
                        .set("camel.management.host", settings.text("observe.host"))
                        .set("camel.management.port", settings.text("observe.port"))
                        .set("camel.management.health-check-enabled", "true")
                        .set("camel.management.health-path", "/observe/health")
                        .set("camel.management.metrics-enabled", "true")
                        .set("camel.metrics.enable-route-policy", "false")
                        .set("camel.metrics.enable-exchange-event-notifier", "false")
                        .set("camel.metrics.enable-route-event-notifier", "false")
                        .set("camel.health.routes-enabled", "false")
                        .set("camel.health.consumers-enabled", "false")
                        .set("camel.health.producers-enabled", "false")
                        .set("camel.health.exposure-level", "full"));
        status.open(camel.getCamelContext(), routes.ids(), meters, conditions);
    }

    /** Stops reading and delivering; what was read is on disk. */
    @Override
    public void close() throws IOException {
        stopping = true;
        // To close the pool of a MySQL that hangs takes ten seconds, which must not come on top of the routes' own
        // time.
        CompletableFuture<Void> cut =
                CompletableFuture.runAsync(sources::close, CompletableFuture.delayedExecutor(3, TimeUnit.SECONDS));
        camel.stop();
        cut.cancel(false);
        sources.close();
        if (taken != null) {
            taken.close();
        }
    }
}
