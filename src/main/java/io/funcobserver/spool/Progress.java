package io.funcobserver.spool;

import java.io.IOException;

import org.apache.camel.Exchange;
import org.apache.camel.Route;

/** How far the reading of a page of records has come: told, row by row, what is safe on disk. */
public interface Progress {
    /** Exchange variable under which a page of records carries its progress. */
    String VARIABLE = "page";

    /** Exchange variable with the id of the measurement that a tail reads for. */
    String MEASUREMENT = "measurement";

    /**
     * All lines of the page's first rows are on disk.
     *
     * @param rows how many rows, counted from the beginning of the page
     * @throws IOException when the cursor could not be written; the rows will be read again
     */
    void confirm(long rows) throws IOException;

    /**
     * Which measurement the exchange is a run of, as seen from a route that it passes.
     *
     * @return the measurement's id in the route where the run began, be it the measurement's own or the tail that feeds it;
     *     null in every other route
     */
    static String measurement(Route route, Exchange exchange) {
        // A kamelet passes a run on as one of its own.
        boolean inner = route.getEndpoint().getEndpointUri().startsWith("kamelet:");
        if (inner || !route.getRouteId().equals(exchange.getFromRouteId())) {
            return null;
        }
        String tailed = exchange.getVariable(MEASUREMENT, String.class);
        boolean own = !route.isCreatedByKamelet() && !route.isCreatedByRouteTemplate();
        return tailed == null && own ? route.getRouteId() : tailed;
    }
}
