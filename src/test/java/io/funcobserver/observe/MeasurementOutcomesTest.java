package io.funcobserver.observe;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;

import io.funcobserver.cluster.Leadership;
import io.funcobserver.testing.SettableClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class MeasurementOutcomesTest {
    private final SettableClock clock = new SettableClock(Instant.EPOCH);

    @Test
    @DisplayName("D1: a source that answers without an end is seen in health")
    void warnsOfARunThatDoesNotEnd() throws Exception {
        HealthState health = new HealthState(clock);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            camel.addRoutePolicyFactory(new MeasurementOutcomes(
                    new Metrics(new SimpleMeterRegistry()), health, Leadership.ALONE, Throwable::getMessage, clock));
            camel.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("scheduler:hangs").routeId("hangs").process(exchange -> {
                        begun.countDown();
                        end.await();
                    });
                }
            });
            camel.start();
            begun.await();
            assertThat(health.warnings()).isEmpty();
            clock.advance(MeasurementOutcomes.LONG_RUN.plus(Duration.ofSeconds(1)));
            assertThat(health.warnings().get("measurement.hangs.slow").reason())
                    .startsWith("hangs has been reading since 1970-01-01T00:00:00Z");
            end.countDown();
            await().until(() -> health.warnings().isEmpty());
        }
    }

    @Test
    void takesWhatIsSentToARouteForNoMeasurement() throws Exception {
        HealthState health = new HealthState(clock);
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            camel.addRoutePolicyFactory(new MeasurementOutcomes(
                    new Metrics(meters), health, Leadership.ALONE, Throwable::getMessage, clock));
            camel.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:append")
                            .routeId("append")
                            .filter(body().isNull())
                            .throwException(new IOException());
                }
            });
            camel.start();
            camel.createProducerTemplate().sendBody("direct:append", "lines");
            camel.createProducerTemplate().send("direct:append", exchange -> {});
            assertThat(health.all()).isEmpty();
            assertThat(meters.getMeters()).isEmpty();
        }
    }
}
