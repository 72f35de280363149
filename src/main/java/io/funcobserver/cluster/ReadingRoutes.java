package io.funcobserver.cluster;

import java.util.Collection;
import java.util.Set;

import org.apache.camel.CamelContext;
import org.apache.camel.NamedNode;
import org.apache.camel.cluster.CamelClusterService;
import org.apache.camel.impl.cluster.ClusteredRoutePolicyFactory;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.spi.RoutePolicyFactory;
import org.apache.camel.support.CamelContextHelper;

/**
 * Puts the routes that read under Camel's clustered policy, which runs them on the replica that leads only: every
 * measurement that begins by itself ({@code scheduler:}, {@code timer:}…), and the kamelets that others begin with ({@code
 * mysql-tail-source}). A factory, so that the files of the measurements are the same for one process and for several;
 * intake, spool and delivery run on each replica.
 */
public final class ReadingRoutes implements RoutePolicyFactory {
    private static final String KAMELET = "kamelet:";

    private final Set<String> measurements;
    private final RoutePolicyFactory clustered;

    /**
     * @param measurements the ids of their routes
     * @param namespace the name of the group of replicas
     */
    public ReadingRoutes(Collection<String> measurements, CamelClusterService service, String namespace) {
        this.measurements = Set.copyOf(measurements);
        this.clustered = ClusteredRoutePolicyFactory.forNamespace(service, namespace);
    }

    @Override
    public RoutePolicy createRoutePolicy(CamelContext context, String routeId, NamedNode node) {
        RouteDefinition route = (RouteDefinition) node;
        return reads(routeId, route) && isEnabled(context, route)
                ? clustered.createRoutePolicy(context, routeId, node)
                : null;
    }

    private boolean reads(String routeId, RouteDefinition route) {
        boolean beginsByItself = !route.getInput().getEndpointUri().startsWith(KAMELET);
        return beginsByItself && (measurements.contains(routeId) || Boolean.TRUE.equals(route.isKamelet()));
    }

    /** The policy starts whatever it has; what is switched off stays off. */
    private static boolean isEnabled(CamelContext context, RouteDefinition route) {
        return !Boolean.FALSE.equals(CamelContextHelper.parseBoolean(context, route.getAutoStartup()));
    }
}
