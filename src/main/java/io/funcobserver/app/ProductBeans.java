package io.funcobserver.app;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

import io.funcobserver.cluster.Leadership;
import io.funcobserver.config.Secrets;
import io.funcobserver.config.Settings;
import io.funcobserver.delivery.DeliveredCalls;
import io.funcobserver.delivery.Deliveries;
import io.funcobserver.delivery.Delivery;
import io.funcobserver.delivery.Target;
import io.funcobserver.diagnosis.SourceDiagnosis;
import io.funcobserver.func.CallMeasurement;
import io.funcobserver.func.TaskRows;
import io.funcobserver.intake.GroupCommit;
import io.funcobserver.intake.Intake;
import io.funcobserver.intake.IntakeDoor;
import io.funcobserver.intake.IntakeSettings;
import io.funcobserver.lineprotocol.Category;
import io.funcobserver.mysql.TailSettings;
import io.funcobserver.observe.Completeness;
import io.funcobserver.observe.HealthState;
import io.funcobserver.observe.HealthStateCheck;
import io.funcobserver.observe.MeasurementOutcomes;
import io.funcobserver.observe.Metrics;
import io.funcobserver.observe.status.StatusInputs;
import io.funcobserver.observe.status.StatusInputs.Measurement;
import io.funcobserver.observe.status.StatusModel;
import io.funcobserver.observe.status.StatusPage;
import io.funcobserver.spool.BatcherSettings;
import io.funcobserver.tls.TrustedAuthorities;
import io.micrometer.core.instrument.MeterRegistry;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.main.ManagementHttpServer;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.spi.Registry;

/**
 * Everything between the sources and the targets of one Camel context: the beans that the route files of the middle name, and
 * what looks at Func, or is looked at, while they run.
 */
final class ProductBeans implements AutoCloseable {

    private static final Duration SETTLING = Duration.ofSeconds(5);

    private final CamelContext camel;
    private final Settings settings;
    private final Sources sources;
    private final Clock clock = Clock.systemUTC();
    private final HealthState health = new HealthState(clock);
    private final MeterRegistry meters;
    private final Metrics metrics;
    private final List<Target> targets;
    private final CallMeasurement calls;
    private final Completeness completeness;
    private final StatusTaps taps;
    private final Transport transport;
    private final Deliveries deliveries;
    private final IntakeDoor door;
    /** Null where this process is the only one. */
    private final Replicas replicas;

    private List<Measurement> measurements = List.of();
    private FuncRounds rounds;

    ProductBeans(CamelContext camel, Settings settings, Sources sources, MeterRegistry meters) {
        this.camel = camel;
        this.settings = settings;
        this.sources = sources;
        this.meters = meters;
        this.metrics = new Metrics(meters);
        this.targets = Target.all(settings);
        this.calls = countedCalls();
        this.completeness = new Completeness(
                clock, settings.duration("batch.max-delay").multipliedBy(2).plus(SETTLING));
        this.taps = new StatusTaps(completeness, clock);
        this.transport = "kafka".equals(settings.text("spool"))
                ? new KafkaTransport(settings, targets, health, metrics, clock)
                : new FileTransport(settings, targets, health, metrics, clock);
        this.deliveries = new Deliveries(
                targets, Delivery.Retry.of(settings), health, metrics, clock, Secrets.of(settings)::mask);
        this.door = new IntakeDoor(IntakeSettings.of(settings), metrics, clock);
        this.replicas = settings.text("cluster.kubernetes.lease") == null || !camel.isAutoStartup()
                ? null
                : new Replicas(settings, health);
    }

    /** Each call stands in two measurements: it is counted in one that is read and sent. */
    private CallMeasurement countedCalls() {
        CallMeasurement call = CallMeasurement.CALL;
        return call.isRead(settings) && isSent(call.category()) ? call : CallMeasurement.RECORD;
    }

    /** Whether any target takes a category; the points of another are not even collected. */
    private boolean isSent(Category category) {
        return targets.stream().anyMatch(target -> target.url(category).isSent());
    }

    /** What stands before the route of the intake. */
    IntakeDoor door() {
        return door;
    }

    /** Binds what the routes name and has them looked at; when they are loaded, before they are made. */
    void bind() {
        measurements = ReportingRoutes.of(camel, settings);
        Registry registry = camel.getRegistry();
        registry.bind("tailSettings", tailSettings());
        registry.bind("taskRows", new ObservedTaskRows(settings.zone(), completeness, taps.func, clock, calls.id()));
        registry.bind("batcherSettings", BatcherSettings.of(settings, this::isSent, metrics));
        deliveries.bindTo(camel, () -> TrustedAuthorities.of(settings).sslContext());
        transport.bindTo(registry, deliveries);
        bindIntake(registry);
        observe();
        if (replicas != null) {
            replicas.join(camel, ids());
            completeness.pause();
        }
    }

    private List<String> ids() {
        return measurements.stream().map(Measurement::id).toList();
    }

    private TailSettings tailSettings() {
        TailSettings.Buffers buffers =
                new TailSettings.Buffers(sources.lists(), TaskRows::getsRow, health, new SourceDiagnosis(settings)::of);
        return new TailSettings(
                sources.mysql(),
                transport.cursors(),
                TailSettings.Start.of(settings.text("records.start")),
                TailSettings.PageLimits.of(settings),
                settings.duration("records.late-window"),
                metrics,
                leadership(),
                settings.flag("records.buffers") ? buffers : null);
    }

    private void bindIntake(Registry registry) {
        IntakeSettings intake = IntakeSettings.of(settings);
        registry.bind("intake", new Intake(intake, door));
        registry.bind("groupCommit", new GroupCommit(intake.batch(), metrics, taps::uploaded));
    }

    private void observe() {
        camel.addRoutePolicyFactory(taps::ofRoute);
        camel.addRoutePolicyFactory(
                new MeasurementOutcomes(metrics, health, leadership(), new SourceDiagnosis(settings)::of, clock));
        DeliveredCalls delivered = new DeliveredCalls(completeness, calls.category(), calls.measurement());
        camel.addRoutePolicyFactory(delivered);
        transport.onDropped(delivered::dropped);
        HealthCheckRegistry.get(camel).register(new HealthStateCheck(health));
        ids().forEach(metrics::measurement);
        metrics.completeness(completeness);
        metrics.gauge("leader", leadership(), leading -> leading.term() == null ? 0 : 1);
    }

    private Leadership leadership() {
        return replicas == null ? Leadership.ALONE : replicas.leadership();
    }

    /** Takes possession of the data; before the first route starts. */
    void open() throws IOException {
        transport.open();
    }

    /** Begins to look at Func, and to be looked at; when Camel has started. */
    void begin() {
        if (camel.hasService(ManagementHttpServer.class) != null) {
            StatusInputs inputs = new StatusInputs(
                    Objects.requireNonNullElse(ProductBeans.class.getPackage().getImplementationVersion(), ""),
                    settings,
                    meters,
                    health,
                    taps.func,
                    taps.lines,
                    measurements,
                    targets,
                    deliveries::waiting,
                    transport.deadLetters(),
                    completeness::worstFirst,
                    this::role);
            StatusPage.open(camel, new StatusModel(inputs, clock), settings.text("observe.token"));
        }
        rounds = new FuncRounds(
                settings,
                health,
                sources.redis(),
                completeness,
                () -> transport.isBehind() ? Instant.EPOCH : deliveries.waitingSince(calls.category()),
                camel::isStopping);
        if (replicas != null) {
            replicas.start(this::leadershipChanged);
        }
    }

    /** For the status page; null where there are no replicas. */
    private String role() {
        return replicas == null ? null : leadership().term() == null ? "standby" : "leader";
    }

    private void leadershipChanged() {
        if (leadership().term() == null) {
            // Whether the sources can be read is what the leader says.
            ids().forEach(id -> {
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

    /** Ends what {@link #begin} began; before Camel stops, which may wait for the target. */
    void end() {
        if (rounds != null) {
            rounds.close();
        }
        if (replicas != null) {
            replicas.close();
        }
    }

    /** Gives the data free; what was read is safe. May be called again. */
    @Override
    public void close() throws IOException {
        end();
        transport.close();
    }
}
