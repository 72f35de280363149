package io.funcobserver.observe;

import org.apache.camel.Exchange;
import org.apache.camel.Route;

/** Tells which measurement an exchange is a run of. */
public final class MeasurementRun {
    /** Exchange variable with the id of the measurement that a tail reads for. */
    public static final String VARIABLE = "measurement";

    private MeasurementRun() {}

    /**
     * Which measurement the exchange is a run of, as seen from a route that it passes.
     *
     * @return the measurement's id in the route where the run began, be it the measurement's own or the tail that feeds it;
     *     null in every other route
     */
    public static String measurement(Route route, Exchange exchange) {
        // A kamelet passes a run on as one of its own, and what others send, as uploads are, is none.
        String from = route.getEndpoint().getEndpointUri();
        boolean passive =
                from.startsWith("kamelet:") || from.startsWith("direct:") || from.startsWith("platform-http:");
        if (passive || !route.getRouteId().equals(exchange.getFromRouteId())) {
            return null;
        }
        String tailed = exchange.getVariable(VARIABLE, String.class);
        boolean own = !route.isCreatedByKamelet() && !route.isCreatedByRouteTemplate();
        return tailed == null && own ? route.getRouteId() : tailed;
    }
}
