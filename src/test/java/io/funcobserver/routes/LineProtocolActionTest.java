package io.funcobserver.routes;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.funcobserver.lineprotocol.Category;
import io.funcobserver.observe.Metrics;
import io.funcobserver.spool.BatchLimits;
import io.funcobserver.spool.BatcherSettings;
import io.funcobserver.spool.Gzip;
import io.funcobserver.spool.Kind;
import io.funcobserver.spool.LineBlock;
import io.funcobserver.spool.PageAcknowledger;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.camel.Exchange;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code kamelet:line-protocol-action} as a measurement of one's own uses it. */
class LineProtocolActionTest extends ShippedRoutesTest {
    private static final Map<String, Object> A = Map.of("name", "a", "rows", 1L);
    private static final Map<String, Object> B = Map.of("name", "b", "rows", 2L);
    private static final Map<String, Object> C = Map.of("name", "c", "rows", 3L);

    private final List<Long> acknowledged = new ArrayList<>();
    private final PageAcknowledger page = acknowledged::add;

    LineProtocolActionTest() {
        super(
                Map.of(
                        "batcherSettings",
                        new BatcherSettings(
                                category -> category == Category.METRIC,
                                new BatchLimits(1 << 20, 2, Duration.ofSeconds(1)),
                                Map.of("site_name", "x"),
                                100_000,
                                new Metrics(new SimpleMeterRegistry()))),
                "kamelets/line-protocol-action.kamelet.yaml");
    }

    @Override
    protected RoutesBuilder[] createRouteBuilders() {
        RouteBuilder measurements = new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                for (String category : List.of("metric", "logging")) {
                    from("direct:" + category)
                            .to("kamelet:line-protocol-action?measurement=m&tagColumns=name&category=" + category);
                }
            }
        };
        return new RoutesBuilder[] {measurements, mocked("append")};
    }

    @BeforeEach
    void start() {
        context().start();
    }

    @Test
    void appendsTheRowsOfARunInBlocksWithinTheLimits() throws Exception {
        MockEndpoint append = getMockEndpoint("mock:append");
        append.expectedMessageCount(2);
        template().sendBody("direct:metric", List.of(A, B, C));
        append.assertIsSatisfied();
        assertThat(lines(append, 0)).hasSize(2);
        assertThat(lines(append, 0).get(0)).startsWith("m,name=a,site_name=x rows=1i ");
        assertThat(lines(append, 1)).singleElement().asString().startsWith("m,name=c,site_name=x rows=3i ");
        assertThat(blocks(append)).extracting(LineBlock::kind).containsOnly(Kind.GAUGE);
        assertThat(acknowledged).isEmpty();
    }

    @Test
    void acknowledgesTheRowsOfAPageBlockByBlock() throws Exception {
        MockEndpoint append = getMockEndpoint("mock:append");
        append.whenAnyExchangeReceived(exchange -> assertThat(acknowledged).hasSize(append.getReceivedCounter() - 1));
        append.expectedMessageCount(2);
        assertThat(sendPage(A, B, C).getException()).isNull();
        append.assertIsSatisfied();
        assertThat(acknowledged).containsExactly(2L, 3L);
        assertThat(blocks(append)).extracting(LineBlock::kind).containsOnly(Kind.RECORD);
    }

    @Test
    void acknowledgesNothingThatCouldNotBeAppended() throws Exception {
        MockEndpoint append = getMockEndpoint("mock:append");
        append.whenExchangeReceived(2, exchange -> {
            throw new IOException("no room");
        });
        assertThat(sendPage(A, B, C).getException()).hasMessage("no room");
        assertThat(acknowledged).containsExactly(2L);
    }

    @Test
    void collectsNothingOfACategoryThatIsNotSent() throws Exception {
        MockEndpoint append = getMockEndpoint("mock:append");
        append.expectedMessageCount(0);
        template().sendBody("direct:logging", List.of(A));
        append.assertIsSatisfied();
    }

    private Exchange sendPage(Object... rows) {
        return template().request("direct:metric", exchange -> {
            exchange.setVariable(PageAcknowledger.VARIABLE, page);
            exchange.getMessage().setBody(List.of(rows));
        });
    }

    private static List<LineBlock> blocks(MockEndpoint append) {
        return append.getExchanges().stream()
                .map(exchange -> exchange.getMessage().getBody(LineBlock.class))
                .toList();
    }

    private static List<String> lines(MockEndpoint append, int block) throws IOException {
        LineBlock lines = blocks(append).get(block);
        byte[] text = lines.gzipped() ? Gzip.unpack(lines.content()) : lines.content();
        return new String(text, StandardCharsets.UTF_8).lines().toList();
    }
}
