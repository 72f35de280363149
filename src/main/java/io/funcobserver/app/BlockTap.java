package io.funcobserver.app;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.zip.GZIPInputStream;

import io.funcobserver.func.QueueLines;
import io.funcobserver.observe.status.FuncActivity;
import io.funcobserver.observe.status.LatestLines;
import io.funcobserver.spool.LineBlock;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Route;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.spi.RoutePolicyFactory;
import org.apache.camel.support.RoutePolicySupport;

/** Looks at each block of lines that enters the spool: its first line, and the lengths of Func's worker queues. */
final class BlockTap implements RoutePolicyFactory {
    private static final int MAX_QUEUE_BYTES = 65_536;

    private final LatestLines lines;
    private final FuncActivity func;
    private final Clock clock;

    BlockTap(LatestLines lines, FuncActivity func, Clock clock) {
        this.lines = lines;
        this.func = func;
        this.clock = clock;
    }

    @Override
    public RoutePolicy createRoutePolicy(CamelContext context, String routeId, NamedNode route) {
        return routeId.equals("append") ? new Policy() : null;
    }

    private final class Policy extends RoutePolicySupport {
        @Override
        public void onExchangeBegin(Route route, Exchange exchange) {
            if (exchange.getMessage().getBody() instanceof LineBlock block) {
                look(block.source(), block.content(), block.gzipped());
            }
        }
    }

    private void look(String source, byte[] content, boolean gzipped) {
        lines.block(source, content, gzipped);
        if (QueueLines.MEASUREMENT.equals(source)) {
            queues(content, gzipped);
        }
    }

    private void queues(byte[] content, boolean gzipped) {
        try (InputStream plain = new ByteArrayInputStream(content);
                InputStream in = gzipped ? new GZIPInputStream(plain) : plain) {
            String text = new String(in.readNBytes(MAX_QUEUE_BYTES), StandardCharsets.UTF_8);
            QueueLines.read(text, (queue, length) -> func.queue(queue, length, clock.millis()));
        } catch (IOException e) {
            // The page shows no queue then.
            return;
        }
    }
}
