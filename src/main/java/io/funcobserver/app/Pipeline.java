package io.funcobserver.app;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.funcobserver.cluster.Leadership;
import io.funcobserver.config.ConfigurationException;
import io.funcobserver.config.Secrets;
import io.funcobserver.config.Settings;
import io.funcobserver.config.StartPosition;
import io.funcobserver.delivery.DeadLetterFolders;
import io.funcobserver.delivery.DeliveredCalls;
import io.funcobserver.delivery.Delivery;
import io.funcobserver.delivery.DeliveryRoutes;
import io.funcobserver.delivery.SpooledFiles;
import io.funcobserver.delivery.Target;
import io.funcobserver.delivery.TargetClient;
import io.funcobserver.diagnosis.SourceDiagnosis;
import io.funcobserver.func.TaskRows;
import io.funcobserver.mysql.CursorFile;
import io.funcobserver.mysql.MySqlPool;
import io.funcobserver.mysql.TailSettings;
import io.funcobserver.mysql.TailSettings.Start;
import io.funcobserver.observe.Completeness;
import io.funcobserver.observe.HealthState;
import io.funcobserver.observe.HealthStateCheck;
import io.funcobserver.observe.MeasurementOutcomes;
import io.funcobserver.observe.Metrics;
import io.funcobserver.spool.Backlog;
import io.funcobserver.spool.Category;
import io.funcobserver.spool.DiskRoom;
import io.funcobserver.spool.DurableFiles;
import io.funcobserver.spool.SegmentRepository;
import io.funcobserver.spool.Spool;
import io.funcobserver.spool.SpoolFolder;
import io.funcobserver.tls.TrustedAuthorities;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.apache.camel.Processor;
import org.apache.camel.component.file.GenericFileFilter;
import org.apache.camel.component.micrometer.MicrometerConstants;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;

/** The running product: every route, with the beans that the routes name. */
public final class Pipeline implements AutoCloseable {
    private static final Duration SETTLING = Duration.ofSeconds(5);

    private final Settings settings;
    private final RouteFiles routes;
    private final Main camel = new Main();
    private final Clock clock = Clock.systemUTC();
    private final HealthState health = new HealthState(clock);
    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Metrics metrics = new Metrics(meters);
    private final Secrets secrets;

    private final Path data;
    private final Sources sources;
    private final StatusWiring status;
    private final List<Target> targets;
    /** Null unless spool=kafka. */
    private final KafkaWiring kafka;

    /** Both null where Kafka is in their place. */
    private final Spool spool;

    private final DeadLetterFolders deadLetters;
    private final Delivery delivery;
    private final Completeness completeness;
    /** When the oldest request with function calls was spooled that is still to be delivered; null for none. */
    private Supplier<Instant> waitingSince;

    /** Null where this process is the only one. */
    private ClusterWiring cluster;

    private DataDirectory taken;
    private FuncRounds rounds;

    private Pipeline(Settings settings, RouteFiles routes, SourceTimeouts timeouts) {
        this.settings = settings;
        this.routes = routes;
        this.secrets = Secrets.of(settings);
        this.data = Path.of(settings.text("data.directory"));
        this.sources = new Sources(settings, timeouts);
        this.targets = Targets.of(settings);
        this.completeness = new Completeness(
                clock, settings.duration("batch.max-delay").multipliedBy(2).plus(SETTLING));
        this.status = new StatusWiring(settings, completeness, measurementOfCalls(), clock);
        boolean isKafka = "kafka".equals(settings.text("spool"));
        this.kafka = isKafka ? new KafkaWiring(settings, targets, health, metrics, clock) : null;
        this.spool = isKafka ? null : spool();
        this.deadLetters = isKafka ? null : Targets.deadLetters(settings, metrics);
        this.delivery = delivery(isKafka ? kafka.backlogs() : spool.folders());
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
        Ports.refuseBusy(settings);
        Pipeline pipeline = new Pipeline(settings, routes, timeouts);
        try {
            if (settings.text("cluster.kubernetes.lease") != null) {
                pipeline.cluster = new ClusterWiring(settings, pipeline.health);
            }
            pipeline.openData();
            pipeline.bind();
            pipeline.run();
            pipeline.rounds = new FuncRounds(
                    settings,
                    pipeline.health,
                    pipeline.sources.redis(),
                    pipeline.completeness,
                    pipeline.waitingSince,
                    () -> pipeline.camel.getCamelContext().isStopping());
            pipeline.joinReplicas();
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

    /** Calls stand in two measurements: they are counted in one that is read and sent. */
    private String measurementOfCalls() {
        boolean isRead = !"false".equals(settings.effective().get("measurement.func-call.enabled"));
        boolean isSent =
                targets.stream().anyMatch(target -> target.url(Category.METRIC).isSent());
        return isRead && isSent ? "func-call" : "task-record-func";
    }

    private Spool spool() {
        List<SpoolFolder> folders = new ArrayList<>();
        for (Target target : targets) {
            for (Category category : Category.values()) {
                Path folder = data.resolve("spool").resolve(target.name()).resolve(category.id());
                folders.add(new SpoolFolder(
                        target.name(),
                        category,
                        folder,
                        settings.size("spool.max-size"),
                        target.url(category).isSent(),
                        new DiskRoom(folder),
                        clock,
                        health,
                        metrics));
            }
        }
        return new Spool(folders, clock);
    }

    /** Takes the data directory, and clears away what a crash left there. */
    private void openData() throws IOException {
        if (kafka != null) {
            kafka.open();
            return;
        }
        taken = DataDirectory.open(data);
        DurableFiles.createFolder(cursors());
        spool.open();
        deadLetters.open();
    }

    private Path cursors() {
        return data.resolve("cursors");
    }

    private void bind() {
        sources.bindTo(camel);
        status.bindTo(camel);
        camel.bind("tailSettings", tailSettings());
        camel.bind(
                "batcherSettings",
                Wiring.batcherSettings(settings, kafka == null ? spool::isSent : kafka.sent(), metrics));
        if (kafka == null) {
            bindSpool();
        } else {
            kafka.bindTo(camel, delivery);
            waitingSince = () -> kafka.waitingSince(status.categoryOfCalls());
        }
        bindDelivery();
        if (cluster != null) {
            cluster.bindTo(camel, routes.ids());
            completeness.pause();
        }
        new IntakeWiring(settings, metrics, status::uploaded, clock).bindTo(camel);

        camel.bind(MicrometerConstants.METRICS_REGISTRY_NAME, meters);
        camel.bind("health-check", new HealthStateCheck(health));
        camel.bind(
                "outcomes",
                new MeasurementOutcomes(metrics, health, leadership(), new SourceDiagnosis(settings)::of, clock));
        routes.ids().forEach(metrics::measurement);
        Category calls = status.categoryOfCalls();
        camel.bind("delivered-calls", new DeliveredCalls(completeness, calls, status.measurementOfCalls()));
        metrics.completeness(completeness);
        metrics.gauge("leader", leadership(), leading -> leading.term() == null ? 0 : 1);
    }

    private Leadership leadership() {
        return cluster == null ? Leadership.ALONE : cluster.leadership();
    }

    /** For the status page; null where there are no replicas. */
    private String role() {
        return cluster == null ? null : leadership().term() == null ? "standby" : "leader";
    }

    private void joinReplicas() {
        if (cluster != null) {
            cluster.start(this::leadershipChanged);
        }
    }

    private void leadershipChanged() {
        if (leadership().term() == null) {
            // Whether the sources can be read is what the leader says.
            routes.ids().forEach(id -> {
                health.up("measurement." + id);
                health.clear("measurement." + id + ".buffer");
                metrics.notReadHere(id);
            });
            completeness.pause();
        } else if (!settings.flag("intake.enabled")) {
            // Uploads go to every replica: what one of them sees says nothing about all.
            completeness.restart();
        }
    }

    private void bindSpool() {
        camel.bind("spool", spool);
        SegmentRepository segments =
                new SegmentRepository(data.resolve("segments"), Wiring.batchLimits(settings), spool, clock, health);
        camel.bind("segments", segments);
        SpooledFiles files = new SpooledFiles(spool, delivery, health);
        camel.bind("spooledFiles", files);
        camel.bind("undelivered", (GenericFileFilter<File>) files::accepts);
        camel.bind("dead-letters", deadLetters);
        waitingSince = () -> segments.isBehind() ? Instant.EPOCH : files.waitingSince(status.categoryOfCalls());
    }

    private TailSettings tailSettings() {
        return new TailSettings(
                sources.mysql(),
                kafka == null ? name -> new CursorFile(cursors(), name) : kafka.cursors(),
                start(settings.start()),
                settings.number("records.page-size"),
                settings.size("records.page-bytes"),
                MySqlPool.largestRow(),
                settings.duration("records.late-window"),
                metrics,
                settings.flag("records.buffers") ? sources.lists() : null,
                TaskRows::getsRow,
                health,
                leadership(),
                new SourceDiagnosis(settings)::of);
    }

    private static Start start(StartPosition position) {
        return switch (position.kind()) {
            case NOW -> new Start.Now();
            case BEGINNING -> new Start.Beginning();
            case AFTER -> new Start.After(position.seq().longValue());
        };
    }

    private Delivery delivery(List<? extends Backlog> backlogs) {
        return new Delivery(
                targets,
                backlogs,
                new Delivery.Retry(
                        settings.duration("retry.delay"),
                        settings.duration("retry.max-delay"),
                        settings.number("retry.bisect-requests")),
                health,
                metrics,
                clock,
                secrets::mask);
    }

    private void bindDelivery() {
        camel.bind("delivery", delivery);
        camel.bind("delivery-failed", (Processor) delivery::failed);
        camel.bind("quiet", new Quiet());
        for (Target target : targets) {
            camel.bind("client-" + target.name(), new TargetClient(target, () -> TrustedAuthorities.of(settings)
                    .sslContext()));
        }
        camel.addMainListener(new MainListenerSupport() {
            @Override
            public void afterConfigure(BaseMainSupport main) {
                targets.forEach(target -> DeliveryRoutes.add(main.getCamelContext(), target));
            }
        });
    }

    private CamelProperties properties() {
        return new CamelProperties(settings, routes, routes.all(settings.text("spool")), 0);
    }

    private void run() {
        Wiring.start(
                camel,
                properties()
                        .set("camel.server.enabled", settings.text("intake.enabled"))
                        .set("camel.server.host", settings.text("intake.host"))
                        .set("camel.server.port", settings.text("intake.port"))
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
        status.open(
                camel.getCamelContext(),
                routes.ids(),
                meters,
                health,
                this::role,
                targets,
                delivery,
                kafka == null ? deadLetters : kafka.deadLetters());
    }

    /** Stops reading and delivering; what was read is on disk. */
    @Override
    public void close() throws IOException {
        if (rounds != null) {
            rounds.close();
        }
        if (cluster != null) {
            cluster.close();
        }
        // To close the pool of a MySQL that hangs takes ten seconds, which must not come on top of the routes' own
        // time.
        CompletableFuture<Void> cut =
                CompletableFuture.runAsync(sources::close, CompletableFuture.delayedExecutor(3, TimeUnit.SECONDS));
        camel.stop();
        cut.cancel(false);
        sources.close();
        if (kafka != null) {
            kafka.close();
        }
        if (taken != null) {
            taken.close();
        }
    }
}
