package io.funcobserver.app;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

import io.funcobserver.config.Settings;
import io.funcobserver.delivery.DeadLetterList;
import io.funcobserver.delivery.Delivery;
import io.funcobserver.delivery.Target;
import io.funcobserver.diagnosis.PrintableText;
import io.funcobserver.func.CallMeasurement;
import io.funcobserver.func.QueueLines;
import io.funcobserver.intake.Portion;
import io.funcobserver.lineprotocol.Category;
import io.funcobserver.observe.Completeness;
import io.funcobserver.observe.Destination;
import io.funcobserver.observe.HealthState;
import io.funcobserver.observe.status.FuncActivity;
import io.funcobserver.observe.status.LatestLines;
import io.funcobserver.observe.status.StatusInputs;
import io.funcobserver.observe.status.StatusModel;
import io.funcobserver.observe.status.StatusPage;
import io.funcobserver.observe.status.StatusReport;
import io.funcobserver.spool.LineBlock;
import io.micrometer.core.instrument.MeterRegistry;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.support.RoutePolicySupport;

/** What the status page shows that metrics and health do not hold: seen by taps into what passes, or asked of other packages. */
final class StatusView {
    private static final int LONGEST_ANSWER = 300;

    private final Settings settings;
    private final Completeness completeness;
    private final CallMeasurement calls;
    private final Clock clock;
    private final FuncActivity func = new FuncActivity();
    private final LatestLines lines;

    /** @param calls by which function calls are counted */
    StatusView(Settings settings, Completeness completeness, CallMeasurement calls, Clock clock) {
        this.settings = settings;
        this.completeness = completeness;
        this.calls = calls;
        this.clock = clock;
        this.lines = new LatestLines(clock);
    }

    /** Puts the taps in; before the routes are made. */
    void tap(CamelContext camel) {
        camel.addRoutePolicyFactory((context, routeId, route) -> routeId.equals("append") ? new BlockTap() : null);
        camel.getRegistry()
                .bind("taskRows", new ObservedTaskRows(settings.zone(), completeness, func, clock, calls.id()));
    }

    /** Looks at each block of lines that enters the spool: its first line, and the lengths of Func's worker queues. */
    private final class BlockTap extends RoutePolicySupport {
        @Override
        public void onExchangeBegin(Route route, Exchange exchange) {
            if (exchange.getMessage().getBody() instanceof LineBlock block) {
                lines.block(block.source(), block.content(), block.gzipped());
                if (QueueLines.MEASUREMENT.equals(block.source())) {
                    QueueLines.read(
                            new String(block.unpacked(), StandardCharsets.UTF_8),
                            (queue, length) -> func.queue(queue, length, clock.millis()));
                }
            }
        }
    }

    /** Hears of a function call that came through the intake and is safe on disk. */
    void uploaded(Portion.Call call) {
        completeness.spooled(call.funcId(), call.epochMillis(), 1);
        func.call(call.funcId(), call.taskStatus(), call.waitMillis(), call.runMillis(), clock.millis());
    }

    /** Opens the page; after Camel has started. */
    void open(
            CamelContext camel,
            List<StatusInputs.Measurement> measurements,
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
                measurements,
                targets.stream().map(StatusView::target).toList(),
                (target, category) -> retry(delivery, target, category),
                limit -> newest(deadLetters, limit),
                completeness::worstFirst,
                role);
        String token = settings.text("observe.token");
        StatusPage.open(camel, new StatusModel(registry, health, inputs, func, lines, clock), token);
    }

    private static StatusReport.Retry retry(Delivery delivery, String target, String category) {
        return delivery.waiting(new Destination(target, Category.of(category)))
                .map(waiting -> new StatusReport.Retry(
                        waiting.attempts(), waiting.next().toEpochMilli(), waiting.reason()))
                .orElse(null);
    }

    private static String version() {
        String version = StatusView.class.getPackage().getImplementationVersion();
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
                        letter.destination().target(),
                        letter.destination().category().id(),
                        letter.when(),
                        letter.lines(),
                        letter.status(),
                        letter.reason(),
                        PrintableText.of(letter.answer() == null ? "" : letter.answer(), LONGEST_ANSWER),
                        "java -jar func-observer.jar replay " + letter.file()))
                .toList();
        return new StatusInputs.DeadLetters(count, newest);
    }
}
