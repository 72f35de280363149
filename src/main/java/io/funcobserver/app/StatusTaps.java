package io.funcobserver.app;

import java.time.Clock;

import io.funcobserver.func.Queues;
import io.funcobserver.intake.Portion;
import io.funcobserver.observe.Completeness;
import io.funcobserver.observe.status.FuncActivity;
import io.funcobserver.observe.status.LatestLines;
import io.funcobserver.spool.LineBlock;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Route;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.support.RoutePolicySupport;

/** What the status page shows of what passes: the calls, the queues and the latest lines. */
final class StatusTaps {
    private final Completeness completeness;
    private final Clock clock;
    final FuncActivity func = new FuncActivity();
    final LatestLines lines;

    StatusTaps(Completeness completeness, Clock clock) {
        this.completeness = completeness;
        this.clock = clock;
        this.lines = new LatestLines(clock);
    }

    /** @return null for a route that lines do not pass on their way into the spool */
    RoutePolicy ofRoute(CamelContext camel, String routeId, NamedNode route) {
        return routeId.equals("append") ? new BlockTap() : null;
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
}
