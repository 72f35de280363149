package io.funcobserver;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.EnumMap;
import java.util.Map;

import io.funcobserver.config.Secrets;
import io.funcobserver.config.Settings;
import io.funcobserver.config.StartPosition;
import io.funcobserver.mysql.TailSettings;
import io.funcobserver.mysql.TailSettings.Start;
import io.funcobserver.observe.Conditions;
import io.funcobserver.observe.ConditionsCheck;
import io.funcobserver.observe.MeasurementOutcomes;
import io.funcobserver.observe.Metrics;
import io.funcobserver.spool.Category;
import io.funcobserver.spool.Spool;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.apache.camel.component.micrometer.MicrometerConstants;
import org.apache.camel.main.Main;

/** The running product: every route, with the beans that the routes name. */
public final class Application implements AutoCloseable {
    private final Main camel = new Main();
    private final Sources sources;
    private volatile boolean stopping;

    private Application(Settings settings) {
        this.sources = new Sources(settings);
    }

    /**
     * Starts reading and delivering. Goes on while a source or the target is down.
     *
     * @throws io.funcobserver.config.ConfigurationException when another configuration is needed
     */
    public static Application start(Settings settings, RouteFiles routes) throws IOException {
        Application application = new Application(settings);
        try {
            application.run(settings, routes);
            return application;
        } catch (IOException | RuntimeException e) {
            application.close();
            throw e;
        }
    }

    private void run(Settings settings, RouteFiles routes) throws IOException {
        Clock clock = Clock.systemUTC();
        Conditions conditions = new Conditions(clock);
        PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        Metrics metrics = new Metrics(meters);
        Path data = Path.of(settings.text("data.directory"));

        sources.bindTo(camel, () -> stopping);
        camel.bind("tailSettings", tailSettings(settings, data.resolve("cursors"), metrics));

        Map<Category, Spool> spools = new EnumMap<>(Category.class);
        for (Category category : Category.values()) {
            if (settings.text("target." + category.id() + "-path").isEmpty()) {
                continue;
            }
            Spool spool = new Spool(
                    data.resolve("spool").resolve(category.id()),
                    category,
                    settings.size("spool.max-size"),
                    clock,
                    conditions,
                    metrics);
            spool.open();
            metrics.category(category);
            spools.put(category, spool);
        }
        camel.bind("reportSettings", Wiring.reportSettings(settings, spools, metrics));

        camel.bind(MicrometerConstants.METRICS_REGISTRY_NAME, meters);
        camel.bind("conditionsCheck", new ConditionsCheck(conditions));
        camel.bind("outcomes", new MeasurementOutcomes(metrics, conditions, Secrets.of(settings)::mask, clock));

        CamelProperties properties = new CamelProperties(settings, routes, routes.all(), 0);
        properties
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
                .set("camel.health.exposure-level", "full");
        Wiring.start(camel, properties);
    }

    private TailSettings tailSettings(Settings settings, Path cursors, Metrics metrics) throws IOException {
        java.nio.file.Files.createDirectories(cursors);
        return new TailSettings(
                sources.mysql(),
                cursors,
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

    /** Stops reading and delivering; what was read is on disk. */
    @Override
    public void close() {
        stopping = true;
        camel.stop();
        sources.close();
    }
}
