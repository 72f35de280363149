package io.funcobserver.delivery;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.funcobserver.observe.Destination;
import org.apache.camel.spi.RouteTemplateParameterSource;

/** The routes of each target, which Camel makes of the templates in {@code routes/} at its start. */
public final class DeliveryRoutes implements RouteTemplateParameterSource {
    /** The template of the route that takes from the spool. */
    public static final String TEMPLATE = "deliver";

    private final Map<String, Map<String, Object>> routes = new LinkedHashMap<>();

    public DeliveryRoutes(List<Target> targets) {
        for (Target target : targets) {
            for (String template : List.of("post", "request")) {
                routes.put(template + '-' + target.name(), Map.of(TEMPLATE_ID, template, "target", target.name()));
            }
            for (Destination to : target.sent()) {
                String category = to.category().id();
                routes.put(
                        TEMPLATE + '-' + target.name() + '-' + category,
                        Map.of(TEMPLATE_ID, TEMPLATE, "target", target.name(), "category", category));
            }
        }
    }

    @Override
    public Map<String, Object> parameters(String routeId) {
        return routes.get(routeId);
    }

    @Override
    public Set<String> routeIds() {
        return routes.keySet();
    }
}
