package io.funcobserver.observe;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
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

    /** A run that takes longer than this is worth a word. */
    static final Duration LONG_RUN = Duration.ofMinutes(5);

    private final List<Policy> policies = new CopyOnWriteArrayList<>();
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
        health.beforeTold(() -> policies.forEach(Policy::look));
    }

    @Override
    public RoutePolicy createRoutePolicy(CamelContext context, String routeId, NamedNode route) {
        Policy policy = new Policy();
        policies.add(policy);
        return policy;
    }

    private record Run(Route route, Exchange exchange, Instant since) {}

    /** One for each route, whose runs follow one another. */
    private final class Policy extends RoutePolicySupport {
        private final RateLimitedLog failures = new RateLimitedLog(LOG::warn);
        private volatile Run run;

        @Override
        public void onExchangeBegin(Route route, Exchange exchange) {
            run = new Run(route, exchange, clock.instant());
        }

        /** A source may answer for ever without an end, byte by byte: nothing fails then, and nothing comes either. */
        void look() {
            Run current = run;
            if (current == null || current.since().plus(LONG_RUN).isAfter(clock.instant())) {
                return;
            }
            String measurement = MeasurementRun.measurement(current.route(), current.exchange());
            if (measurement != null) {
                String reason = measurement + " has been reading since " + current.since()
                        + " and has not come to an end: see whether its source answers, and how fast";
                if (health.warn(slow(measurement), reason)) {
                    LOG.warn("{}", reason);
                }
            }
        }

        private static String slow(String measurement) {
            return "measurement." + measurement + ".slow";
        }

        @Override
        public void onExchangeDone(Route route, Exchange exchange) {
            run = null;
            String measurement = MeasurementRun.measurement(route, exchange);
            if (measurement == null || leadership.term() == null) {
                return;
            }
            health.clear(slow(measurement));
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
