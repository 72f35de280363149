package io.funcobserver.app;

import java.time.Clock;
import java.util.function.Consumer;

import io.funcobserver.config.Settings;
import io.funcobserver.http.BoundedServers;
import io.funcobserver.intake.GroupCommit;
import io.funcobserver.intake.Intake;
import io.funcobserver.intake.IntakeDoor;
import io.funcobserver.intake.IntakeSettings;
import io.funcobserver.intake.Portion;
import io.funcobserver.observe.Metrics;
import org.apache.camel.main.Main;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The beans that {@code routes/intake.camel.yaml} names, and the HTTP servers. */
final class IntakeWiring {
    private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);

    private final Settings settings;
    private final Metrics metrics;
    private final Consumer<Portion.Call> calls;
    private final Clock clock;

    /** @param calls hears of each function call that is safe on disk */
    IntakeWiring(Settings settings, Metrics metrics, Consumer<Portion.Call> calls, Clock clock) {
        this.settings = settings;
        this.metrics = metrics;
        this.calls = calls;
        this.clock = clock;
    }

    void bindTo(Main camel) {
        String token = settings.text("intake.token");
        IntakeSettings intake = IntakeSettings.of(
                token, settings.size("intake.max-body"), Wiring.commonTags(settings), Wiring.batchLimits(settings));
        IntakeDoor door = new IntakeDoor(intake, metrics, clock);
        camel.bind("http-servers", new BoundedServers(router -> {}, door::install));
        camel.bind("intake", new Intake(intake, door));
        camel.bind("groupCommit", new GroupCommit(intake.batch(), metrics, calls));
        if (settings.flag("intake.enabled") && isOpenToAll(token)) {
            LOG.warn(
                    "The intake listens on {} without a token: whoever reaches it can send points; set intake.token",
                    settings.text("intake.host"));
        }
    }

    private boolean isOpenToAll(String token) {
        return (token == null || token.isEmpty()) && !Ports.isLoopback(settings.text("intake.host"));
    }
}
