package io.funcobserver.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

import io.funcobserver.config.Settings;
import io.funcobserver.delivery.DeadLetterList;
import io.funcobserver.delivery.Delivery;
import io.funcobserver.delivery.Target;
import io.funcobserver.diagnosis.PrintableText;
import io.funcobserver.intake.Portion;
import io.funcobserver.observe.Completeness;
import io.funcobserver.observe.HealthState;
import io.funcobserver.observe.status.FuncActivity;
import io.funcobserver.observe.status.LatestLines;
import io.funcobserver.observe.status.StatusInputs;
import io.funcobserver.observe.status.StatusModel;
import io.funcobserver.observe.status.StatusPage;
import io.funcobserver.spool.Category;
import io.micrometer.core.instrument.MeterRegistry;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.main.Main;

/** Gives the status page what it shows: the taps into what passes, and what only the other packages know. */
final class StatusWiring {
    private static final int LONGEST_ANSWER = 300;

    private final Settings settings;
    private final Completeness completeness;
    private final String measurementOfCalls;
    private final Clock clock;
    private final FuncActivity func = new FuncActivity();
    private final LatestLines lines;

    /** @param measurementOfCalls the id of the measurement that function calls are counted by */
    StatusWiring(Settings settings, Completeness completeness, String measurementOfCalls, Clock clock) {
        this.settings = settings;
        this.completeness = completeness;
        this.measurementOfCalls = measurementOfCalls;
        this.clock = clock;
        this.lines = new LatestLines(clock);
    }

    /** Puts the taps in; before Camel starts. */
    void bindTo(Main camel) {
        camel.bind("block-tap", new BlockTap(lines, func, clock));
        ObservedTaskRows taskRows =
                new ObservedTaskRows(settings.zone(), completeness, func, clock, measurementOfCalls);
        camel.bind("taskRows", taskRows);
    }

    /** Hears of a function call that came through the intake and is safe on disk. */
    void uploaded(Portion.Call call) {
        completeness.spooled(call.funcId(), call.epochMillis(), 1);
        func.call(call.funcId(), call.taskStatus(), call.waitMillis(), call.runMillis(), clock.millis());
    }

    /** Opens the page; after Camel has started. */
    void open(
            CamelContext camel,
            List<String> measurements,
            MeterRegistry registry,
            HealthState health,
            Supplier<String> role,
            List<Target> targets,
            Delivery delivery,
            DeadLetterList deadLetters) {
        StatusInputs inputs = new StatusInputs(
                version(),
                settings.text("func.site-name") == null ? "" : settings.text("func.site-name"),
                settings.text("spool"),
                settings.size("spool.max-size"),
                sources(),
                measurements.stream().map(id -> measurement(camel, id)).toList(),
                targets.stream().map(StatusWiring::target).toList(),
                () -> retries(targets, delivery),
                limit -> newest(deadLetters, limit),
                this::counted,
                role);
        String token = settings.text("observe.token");
        StatusPage.open(camel, new StatusModel(registry, health, inputs, func, lines, clock), token);
    }

    private static List<StatusInputs.Retry> retries(List<Target> targets, Delivery delivery) {
        List<StatusInputs.Retry> retries = new ArrayList<>();
        for (Target target : targets) {
            for (Category category : Category.values()) {
                delivery.waiting(target.name(), category)
                        .ifPresent(waiting -> retries.add(new StatusInputs.Retry(
                                target.name(),
                                category.id(),
                                waiting.attempts(),
                                waiting.next().toEpochMilli(),
                                waiting.reason())));
            }
        }
        return retries;
    }

    private List<StatusInputs.Counted> counted() {
        return completeness.worstFirst().stream()
                .map(share -> new StatusInputs.Counted(share.funcId(), share.counted(), share.delivered()))
                .toList();
    }

    private static String version() {
        String version = StatusWiring.class.getPackage().getImplementationVersion();
        return version == null ? "" : version;
    }

    private List<StatusInputs.Source> sources() {
        return List.of(
                new StatusInputs.Source(
                        "mysql", "MySQL tables", address("mysql") + settings.text("func.mysql.database")),
                new StatusInputs.Source("redis", "Redis", address("redis") + settings.text("func.redis.database")));
    }

    private String address(String source) {
        return settings.text("func." + source + ".host") + ':' + settings.text("func." + source + ".port") + '/';
    }

    private StatusInputs.Measurement measurement(CamelContext camel, String id) {
        Route route = camel.getRoute(id);
        String uri = route == null ? "" : route.getEndpoint().getEndpointUri();
        boolean tables = uri.startsWith("kamelet:")
                || Files.exists(Path.of("routes/measurements", id + ".sql"))
                || StatusWiring.class.getResource("/routes/measurements/" + id + ".sql") != null;
        boolean enabled = !"false".equals(settings.effective().get("measurement." + id + ".enabled"));
        return new StatusInputs.Measurement(id, onTheWire(id), category(id).id(), tables ? "mysql" : "redis", enabled);
    }

    private static StatusInputs.Target target(Target target) {
        List<Category> sent = Arrays.stream(Category.values())
                .filter(category -> target.url(category).isSent())
                .toList();
        return new StatusInputs.Target(
                target.name(),
                sent.isEmpty() ? "" : target.url(sent.get(0)).server(),
                sent.stream().map(Category::id).toList());
    }

    private static StatusInputs.DeadLetters newest(DeadLetterList letters, int limit) {
        long count = letters.count();
        List<StatusInputs.GivenUp> newest = letters.newest(count == 0 ? 0 : limit).stream()
                .map(letter -> new StatusInputs.GivenUp(
                        letter.file(),
                        letter.target(),
                        letter.category().id(),
                        letter.when(),
                        letter.lines(),
                        letter.status(),
                        letter.reason(),
                        PrintableText.of(letter.answer() == null ? "" : letter.answer(), LONGEST_ANSWER),
                        "java -jar func-observer.jar replay " + letter.file()))
                .toList();
        return new StatusInputs.DeadLetters(count, newest);
    }

    private static String onTheWire(String id) {
        return "DFF_" + id.replace('-', '_');
    }

    private static Category category(String id) {
        return id.startsWith("task-record") || id.equals("service-info") ? Category.LOGGING : Category.METRIC;
    }

    String measurementOfCalls() {
        return onTheWire(measurementOfCalls);
    }

    Category categoryOfCalls() {
        return category(measurementOfCalls);
    }
}
