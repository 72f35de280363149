package io.funcobserver.delivery;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.funcobserver.func.UploadedPoints;
import io.funcobserver.lineprotocol.Category;
import io.funcobserver.lineprotocol.PointReader;
import io.funcobserver.observe.Completeness;
import io.funcobserver.observe.Destination;
import io.funcobserver.spool.Gzip;
import io.funcobserver.spool.LineBlock;
import io.funcobserver.spool.Lines;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Route;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.spi.RoutePolicyFactory;
import org.apache.camel.support.RoutePolicySupport;

/**
 * Tells {@link Completeness} of calls that went to the dead letters or that a full target went without, and of those that a
 * replay has delivered. The lines of other requests are not looked at.
 */
public final class DeliveredCalls implements RoutePolicyFactory {
    private final Completeness completeness;
    private final Category category;
    private final byte[] measurement;

    /**
     * @param category of the measurement that calls are counted by
     * @param measurement as on the wire
     */
    public DeliveredCalls(Completeness completeness, Category category, String measurement) {
        this.completeness = completeness;
        this.category = category;
        this.measurement = measurement.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public RoutePolicy createRoutePolicy(CamelContext context, String routeId, NamedNode route) {
        return routeId.equals("dead-letter") ? new GivenUp() : routeId.startsWith("deliver-") ? new Replayed() : null;
    }

    private final class GivenUp extends RoutePolicySupport {
        @Override
        public void onExchangeDone(Route route, Exchange exchange) {
            DeadLetter letter = exchange.getVariable("letter", DeadLetter.class);
            if (!exchange.isFailed() && letter != null) {
                count(letter.id().destination(), letter::lines, -1);
            }
        }
    }

    private final class Replayed extends RoutePolicySupport {
        @Override
        public void onExchangeDone(Route route, Exchange exchange) {
            SpooledRequest request = exchange.getVariable(Delivery.REQUEST, SpooledRequest.class);
            if (!exchange.isFailed() && request != null && request.isReplayed() && request.isDelivered()) {
                count(request.destination, () -> Gzip.unpackWhatCanBe(request.packed), 1);
            }
        }
    }

    /** A full target goes without these lines. */
    public void dropped(Destination to, LineBlock lines) {
        count(to, lines::unpacked, -1);
    }

    private void count(Destination to, Supplier<byte[]> content, int each) {
        if (to.category() != category) {
            return;
        }
        byte[] lines = content.get();
        PointReader point = new PointReader();
        int begin = 0;
        for (int end : Lines.ends(lines)) {
            if (point.read(lines, begin, end, true) == PointReader.Found.POINT
                    && point.hasTimestamp()
                    && point.hasMeasurement(measurement)) {
                count(to.target(), point, each);
            }
            begin = end;
        }
    }

    private void count(String target, PointReader point, int each) {
        String funcId = UploadedPoints.funcId(point);
        // A record whose message has several pages is a point for each.
        if (funcId != null && UploadedPoints.integer(point, "message_page_number") <= 1) {
            completeness.correct(target, funcId, TimeUnit.NANOSECONDS.toMillis(point.timestamp()), each);
        }
    }
}
