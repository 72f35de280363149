package io.funcobserver.app;

import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

import org.apache.camel.CamelContext;
import org.apache.camel.model.Model;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.util.URISupport;

/**
 * The route of a measurement, which has {@code kamelet:line-protocol-action} for a step.
 *
 * @param id of the route
 * @param measurement its name on the wire
 * @param readsTables whether it asks MySQL
 */
record ReportingRoute(String id, String measurement, String category, boolean readsTables) {
    private static final String REPORT = "kamelet:line-protocol-action";
    private static final String TAIL = "kamelet:mysql-tail-source";

    /** Those that a context has loaded, by id. */
    static List<ReportingRoute> of(CamelContext camel) {
        List<ReportingRoute> found = new ArrayList<>();
        for (RouteDefinition route :
                camel.getCamelContextExtension().getContextPlugin(Model.class).getRouteDefinitions()) {
            Collection<ToDefinition> steps =
                    ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), ToDefinition.class);
            boolean tables = route.getInput().getEndpointUri().startsWith(TAIL)
                    || steps.stream().anyMatch(step -> step.getUri().startsWith("sql:"));
            steps.stream()
                    .filter(step -> step.getUri().startsWith(REPORT))
                    .findFirst()
                    .ifPresent(step -> {
                        Map<String, Object> parameters = parameters(step.getUri());
                        found.add(new ReportingRoute(
                                route.getRouteId(),
                                String.valueOf(parameters.get("measurement")),
                                String.valueOf(parameters.get("category")),
                                tables));
                    });
        }
        found.sort(Comparator.comparing(ReportingRoute::id));
        return found;
    }

    private static Map<String, Object> parameters(String uri) {
        try {
            return URISupport.parseQuery(uri.substring(uri.indexOf('?') + 1));
        } catch (URISyntaxException e) {
            // Camel has read it already.
            throw new IllegalArgumentException(uri, e);
        }
    }
}
