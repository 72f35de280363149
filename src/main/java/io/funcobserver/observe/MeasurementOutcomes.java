package io.funcobserver.observe;

import java.time.Clock;
import java.util.function.Function;

import io.funcobserver.cluster.Leadership;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Route;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.spi.RoutePolicyFactory;
import org.apache.camel.support.RoutePolicySupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees how each run of a measurement ends, so that no route has to say it: the time of the last success, the condition
 * {@code measurement.<id>}, one log line when an outage begins, one a minute while it lasts, and one when it is over.
 */
public final class MeasurementOutcomes implements RoutePolicyFactory {
    private static final Logger LOG = LoggerFactory.getLogger(MeasurementOutcomes.class);

    private final Metrics metrics;
    private final HealthState health;
    private final Leadership leadership;
    private final Function<Throwable, String> diagnosis;
    private final Clock clock;

    /**
     * @param leadership whose end ends a run too, which is not the fault of a source
     * @param diagnosis says in one line, without secrets, what is wrong and what to do
     */
    public MeasurementOutcomes(
            Metrics metrics,
            HealthState health,
            Leadership leadership,
            Function<Throwable, String> diagnosis,
            Clock clock) {
        this.metrics = metrics;
        this.health = health;
        this.leadership = leadership;
        this.diagnosis = diagnosis;
        this.clock = clock;
    }

    @Override
    public RoutePolicy createRoutePolicy(CamelContext context, String routeId, NamedNode route) {
        return new Policy();
    }

    /** One for each route, whose runs follow one another. */
    private final class Policy extends RoutePolicySupport {
        private final RateLimitedLog failures = new RateLimitedLog(LOG::warn);

        @Override
        public void onExchangeDone(Route route, Exchange exchange) {
            String measurement = MeasurementRun.measurement(route, exchange);
            if (measurement == null || leadership.term() == null) {
                return;
            }
            String part = "measurement." + measurement;
            if (exchange.getException() == null) {
                metrics.succeeded(measurement, clock.millis());
                HealthState.Down ended = health.up(part);
                if (ended != null) {
                    failures.reset();
                    LOG.info("{} is read again, after it failed since {}", measurement, ended.since());
                }
            } else {
                String reason = diagnosis.apply(exchange.getException());
                health.down(part, reason);
                failures.say(measurement + " could not be read and is tried again with its next period: " + reason);
            }
        }
    }
}
