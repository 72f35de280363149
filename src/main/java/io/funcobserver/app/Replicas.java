package io.funcobserver.app;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.UUID;

import io.funcobserver.cluster.Leadership;
import io.funcobserver.cluster.LeaseCheck;
import io.funcobserver.cluster.LeaseClient;
import io.funcobserver.cluster.LeaseClusterService;
import io.funcobserver.cluster.LeaseElection;
import io.funcobserver.cluster.ReadingRoutes;
import io.funcobserver.config.ConfigurationException;
import io.funcobserver.config.Settings;
import io.funcobserver.observe.HealthState;
import io.funcobserver.observe.HealthState.Down;
import org.apache.camel.CamelContext;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.health.HealthCheckRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One of several replicas: the election, the routes that run by it, and what its health says. Only used, and its libraries
 * only loaded, where {@code cluster.kubernetes.lease} is set.
 */
final class Replicas implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);
    private static final String PART = "lease";

    private final HealthState health;
    private final String lease;
    private final LeaseElection election;

    /** @throws ConfigurationException where there is no Kubernetes */
    Replicas(Settings settings, HealthState health) {
        this.health = health;
        this.lease = settings.text("cluster.kubernetes.lease");
        this.election =
                new LeaseElection(LeaseClient.of(lease), identity(), LeaseElection.Timing.STANDARD, this::trouble);
    }

    /** The name of the pod for whoever reads the Lease, and what tells this process from an earlier one in the same pod. */
    private static String identity() {
        String host = System.getenv("HOSTNAME");
        try {
            host = host == null ? InetAddress.getLocalHost().getHostName() : host;
        } catch (UnknownHostException e) {
            host = "func-observer";
        }
        return host + '_' + UUID.randomUUID().toString().substring(0, 8);
    }

    private void trouble(String reason) {
        if (reason != null) {
            if (health.warn(PART, reason)) {
                LOG.warn("{}; while it lasts, this replica does not read", reason);
            }
            return;
        }
        Down ended = health.clear(PART);
        if (ended != null) {
            LOG.info("The Lease can be read and written again, after it failed since {}", ended.since());
        }
    }

    Leadership leadership() {
        return election;
    }

    /** Puts the routes that read under the election; before they are made. */
    void join(CamelContext camel, List<String> measurements) {
        LeaseClusterService service = new LeaseClusterService(election);
        try {
            camel.addService(service);
        } catch (Exception e) {
            throw RuntimeCamelException.wrapRuntimeException(e);
        }
        camel.addRoutePolicyFactory(new ReadingRoutes(measurements, service, lease));
        HealthCheckRegistry.get(camel).register(new LeaseCheck(election, lease));
    }

    /**
     * Begins to take part; after Camel has started.
     *
     * @param onChange run whenever this replica has begun or ceased to read
     */
    void start(Runnable onChange) {
        election.onChange(onChange);
        election.start();
    }

    /** Stops reading, and gives the Lease back; before Camel stops, which may wait for the target. */
    @Override
    public void close() {
        election.close();
    }
}
