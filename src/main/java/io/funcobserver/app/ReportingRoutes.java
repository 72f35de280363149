package io.funcobserver.app;

import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

import io.funcobserver.config.Settings;
import io.funcobserver.observe.status.StatusInputs.Measurement;
import org.apache.camel.CamelContext;
import org.apache.camel.model.Model;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.util.URISupport;

/** The routes of measurements, which have {@code kamelet:line-protocol-action} for a step. */
final class ReportingRoutes {
    private static final String REPORT = "kamelet:line-protocol-action";
    private static final String TAIL = "kamelet:mysql-tail-source";

    private ReportingRoutes() {}

    /** The measurements of the routes that a context has loaded, by id. */
    static List<Measurement> of(CamelContext camel, Settings settings) {
        List<Measurement> found = new ArrayList<>();
        Map<String, String> effective = settings.effective();
        for (RouteDefinition route :
                camel.getCamelContextExtension().getContextPlugin(Model.class).getRouteDefinitions()) {
            Collection<ToDefinition> steps =
                    ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), ToDefinition.class);
            boolean asksMySql = route.getInput().getEndpointUri().startsWith(TAIL)
                    || steps.stream().anyMatch(step -> step.getUri().startsWith("sql:"));
            steps.stream()
                    .filter(step -> step.getUri().startsWith(REPORT))
                    .findFirst()
                    .map(step -> parameters(step.getUri()))
                    .ifPresent(parameters -> found.add(new Measurement(
                            route.getRouteId(),
                            String.valueOf(parameters.get("measurement")),
                            String.valueOf(parameters.get("category")),
                            asksMySql ? "mysql" : "redis",
                            !"false".equals(effective.get("measurement." + route.getRouteId() + ".enabled")))));
        }
        found.sort(Comparator.comparing(Measurement::id));
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
