package io.funcobserver.app;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

import io.funcobserver.cluster.Leadership;
import io.funcobserver.config.Settings;
import io.funcobserver.diagnosis.PrintableText;
import io.funcobserver.diagnosis.SourceDiagnosis;
import io.funcobserver.func.TaskRows;
import io.funcobserver.mysql.TailSettings;
import io.funcobserver.observe.MeasurementRun;
import io.funcobserver.observe.Metrics;
import io.funcobserver.spool.BatcherSettings;
import io.funcobserver.spool.LineBlock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Route;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.spi.RoutePolicyFactory;
import org.apache.camel.support.RoutePolicySupport;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Runs measurements once and prints their lines instead of spooling them: the very routes, with another end.
 *
 * <p>Leaves no trace: tails begin at their newest rows and have no cursor, and nothing is written or sent.
 */
final class Preview {
    /** How many of the newest rows of a table are shown. */
    private static final int NEWEST_ROWS = 100;

    private final Settings settings;
    private final RouteFiles routes;
    private final OutputStream out;
    private final boolean printable;
    private volatile IOException unprinted;

    /** @param printable whether a person reads it on a terminal, which must not act on what the lines hold */
    Preview(Settings settings, RouteFiles routes, OutputStream out, boolean printable) {
        this.settings = settings;
        this.routes = routes;
        this.out = out;
        this.printable = printable;
    }

    /**
     * Prints the lines of these measurements.
     *
     * @return the measurements that could not be read, each with the reason
     * @throws IOException when the lines cannot be written, as to a pipe whose reader has gone
     */
    Map<String, String> print(List<String> measurements) throws Exception {
        Outcomes outcomes = new Outcomes(measurements.size(), new SourceDiagnosis(settings));
        try (Sources sources = new Sources(settings, SourceTimeouts.STANDARD, () -> false)) {
            Main camel = new Main();
            camel.bind("sources", sources);
            camel.bind("taskRows", new TaskRows(settings.zone()));
            Metrics metrics = new Metrics(new SimpleMeterRegistry());
            camel.bind(
                    "tailSettings",
                    new TailSettings(
                            sources.mysql(),
                            null,
                            new TailSettings.Start.Newest(NEWEST_ROWS),
                            TailSettings.PageLimits.of(settings),
                            settings.duration("records.late-window"),
                            metrics,
                            Leadership.ALONE,
                            null));
            camel.bind("batcherSettings", BatcherSettings.of(settings, category -> true, metrics));
            camel.bind("outcomes", outcomes);
            camel.configure().addRoutesBuilder(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:append").routeId("print").process(Preview.this::print);
                }
            });
            CamelProperties.ofPreview(settings, routes, measurements).start(camel);
            try {
                outcomes.latch.await();
            } finally {
                camel.stop();
            }
        }
        if (unprinted != null) {
            throw new IOException(
                    "the lines cannot be written to standard output: " + unprinted.getMessage(), unprinted);
        }
        return outcomes.failed;
    }

    private void print(Exchange exchange) throws IOException {
        byte[] lines = exchange.getMessage().getBody(LineBlock.class).unpacked();
        synchronized (out) {
            try {
                out.write(
                        printable
                                ? PrintableText.ofLines(new String(lines, UTF_8))
                                        .getBytes(UTF_8)
                                : lines);
                out.flush();
            } catch (IOException e) {
                unprinted = e;
                throw e;
            }
        }
    }

    /** Waits for the end of the one run of each measurement. */
    private static final class Outcomes implements RoutePolicyFactory {
        private final SourceDiagnosis diagnosis;
        private final CountDownLatch latch;
        private final Map<String, String> failed = new ConcurrentHashMap<>();
        private final Set<String> ended = ConcurrentHashMap.newKeySet();

        Outcomes(int measurements, SourceDiagnosis diagnosis) {
            this.diagnosis = diagnosis;
            this.latch = new CountDownLatch(measurements);
        }

        @Override
        public RoutePolicy createRoutePolicy(CamelContext context, String routeId, NamedNode route) {
            return new RoutePolicySupport() {
                @Override
                public void onExchangeDone(Route route, Exchange exchange) {
                    String measurement = MeasurementRun.measurement(route, exchange);
                    boolean more = exchange.getProperty(Exchange.SCHEDULER_POLLED_MESSAGES, false, boolean.class)
                            && exchange.getVariable(MeasurementRun.VARIABLE) != null;
                    if (measurement == null || more && !exchange.isFailed()) {
                        return;
                    }
                    if (exchange.isFailed()) {
                        failed.put(measurement, diagnosis.of(exchange.getException()));
                    }
                    if (ended.add(measurement)) {
                        latch.countDown();
                    }
                }
            };
        }
    }
}
