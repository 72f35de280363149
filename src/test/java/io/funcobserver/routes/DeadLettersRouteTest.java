package io.funcobserver.routes;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.funcobserver.config.TargetSettings;
import io.funcobserver.delivery.DeadLetter;
import io.funcobserver.delivery.DeadLetterId;
import io.funcobserver.delivery.DeadLetterReport;
import io.funcobserver.delivery.Deliveries;
import io.funcobserver.delivery.Delivery;
import io.funcobserver.delivery.Target;
import io.funcobserver.lineprotocol.Category;
import io.funcobserver.observe.Destination;
import io.funcobserver.observe.HealthState;
import io.funcobserver.observe.Metrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.component.mock.MockEndpoint;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The routes of dead letters up to their last step, which writes the two files. */
class DeadLettersRouteTest extends ShippedRoutesTest {
    private static final byte[] LINES = "m f=1i 1\nm f=2i 2\n".getBytes(StandardCharsets.UTF_8);

    DeadLettersRouteTest() {
        super(Map.of("delivery", delivery()), "dead-letters.camel.yaml", "requests.camel.yaml");
    }

    private static Deliveries delivery() {
        return new Deliveries(
                List.of(Target.of(
                        new TargetSettings("main", "target.", null, "", "", null, true, Duration.ZERO, Duration.ZERO))),
                new Delivery.Retry(Duration.ZERO, Duration.ZERO, 0),
                new HealthState(Clock.systemUTC()),
                new Metrics(new SimpleMeterRegistry()),
                Clock.systemUTC(),
                text -> text);
    }

    @BeforeEach
    void mockTheDisk() throws Exception {
        AdviceWith.adviceWith(context(), "dead-letter", route -> route.weaveById("write-dead-letter")
                .replace()
                .to("mock:written"));
        context().start();
    }

    @Test
    void theReportIsReadableJsonAndTheLinesGoWithIt() throws Exception {
        DeadLetter letter = new DeadLetter(
                new DeadLetterId(new Destination("main", Category.METRIC), "20261122T181530_func-call"),
                LINES,
                new DeadLetterReport(
                        "2026-11-22T18:15:30Z",
                        "metric",
                        "http://h/write",
                        400,
                        "unable to parse \"m f\"",
                        "rejected",
                        2,
                        3,
                        List.of()));
        MockEndpoint written = getMockEndpoint("mock:written");
        written.expectedMessageCount(1);
        template().sendBody("direct:dead-letter", letter);
        written.assertIsSatisfied();
        assertThat(written.getExchanges().get(0).getVariable("letter")).isSameAs(letter);
        String json = written.getExchanges().get(0).getMessage().getBody(String.class);
        assertThat(json.lines()).hasSizeGreaterThan(5);
        assertThat(new ObjectMapper().readValue(json, DeadLetterReport.class)).isEqualTo(letter.report());
    }

    @Test
    void linesThatTheIntakeRefusesBecomeALetterOfTheFirstTarget() throws Exception {
        MockEndpoint written = getMockEndpoint("mock:written");
        written.expectedMessageCount(1);
        template()
                .sendBodyAndHeaders(
                        "direct:reject-lines",
                        LINES,
                        Map.of("category", "metric", "reason", "line 1 has no field", "lines", 2L));
        written.assertIsSatisfied();
        DeadLetter letter = written.getExchanges().get(0).getVariable("letter", DeadLetter.class);
        assertThat(letter.id().destination().target()).isEqualTo("main");
        assertThat(letter.lines()).isEqualTo(LINES);
        assertThat(letter.id().name()).endsWith("_refused");
        JsonNode report = new ObjectMapper()
                .readTree(written.getExchanges().get(0).getMessage().getBody(byte[].class));
        assertThat(report.get("reason").asText()).isEqualTo("refused by the intake: line 1 has no field");
        assertThat(report.get("lines").asLong()).isEqualTo(2);
    }
}
