package io.funcobserver.app;

import java.time.Clock;
import java.util.List;
import java.util.function.Supplier;

import io.funcobserver.config.Settings;
import io.funcobserver.delivery.DeadLetterList;
import io.funcobserver.delivery.Deliveries;
import io.funcobserver.delivery.Target;
import io.funcobserver.func.CallMeasurement;
import io.funcobserver.func.Queues;
import io.funcobserver.intake.Portion;
import io.funcobserver.observe.Completeness;
import io.funcobserver.observe.HealthState;
import io.funcobserver.observe.status.FuncActivity;
import io.funcobserver.observe.status.LatestLines;
import io.funcobserver.observe.status.StatusInputs;
import io.funcobserver.observe.status.StatusModel;
import io.funcobserver.observe.status.StatusPage;
import io.funcobserver.spool.LineBlock;
import io.micrometer.core.instrument.MeterRegistry;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.support.RoutePolicySupport;

/** What the status page shows that metrics and health do not hold: seen by taps into what passes, or asked of other packages. */
final class StatusView {
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
                if (Queues.WORKER_MEASUREMENT.equals(block.source())) {
                    Queues.readLengths(block.unpacked(), (queue, length) -> func.queue(queue, length, clock.millis()));
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
            Deliveries deliveries,
            DeadLetterList deadLetters) {
        String version = StatusView.class.getPackage().getImplementationVersion();
        StatusInputs inputs = new StatusInputs(
                version == null ? "" : version,
                settings,
                measurements,
                targets,
                deliveries::waiting,
                deadLetters,
                completeness::worstFirst,
                role);
        StatusPage.open(
                camel, new StatusModel(registry, health, inputs, func, lines, clock), settings.text("observe.token"));
    }
}
