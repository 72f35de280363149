package io.funcobserver.http;

import java.util.function.Consumer;

import io.vertx.ext.web.Router;
import org.apache.camel.CamelContext;
import org.apache.camel.Service;
import org.apache.camel.component.platform.http.main.DefaultMainHttpServerFactory;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServer;
import org.apache.camel.main.HttpManagementServerConfigurationProperties;
import org.apache.camel.main.HttpServerConfigurationProperties;
import org.apache.camel.support.service.ServiceHelper;
import org.apache.camel.support.service.ServiceSupport;

/**
 * Makes the HTTP servers that {@code camel.server.*} and {@code camel.management.*} ask for; found by Camel in its registry
 * by type.
 */
public final class BoundedServers extends DefaultMainHttpServerFactory {
    private final Consumer<Router> intakeHandlers;

    /** @param intakeHandlers what stands before the route of the intake */
    public BoundedServers(Consumer<Router> intakeHandlers) {
        this.intakeHandlers = intakeHandlers;
    }

    @Override
    public Service newHttpServer(CamelContext camel, HttpServerConfigurationProperties properties) {
        BoundedHttpServer server =
                new BoundedHttpServer(properties.getHost(), properties.getPort(), ServerLimits.INTAKE, intakeHandlers);
        server.setCamelContext(camel);
        // Where the component platform-http finds it.
        camel.getRegistry().bind("intake-server", VertxPlatformHttpServer.class, server);
        return new Hidden(server);
    }

    @Override
    public Service newHttpManagementServer(CamelContext camel, HttpManagementServerConfigurationProperties properties) {
        BoundedHttpServer server = new BoundedHttpServer(
                properties.getHost(),
                properties.getPort(),
                ServerLimits.OBSERVE,
                router -> HealthEndpoint.install(router, camel, properties.getHealthPath()));
        try {
            // Camel's management server takes the server that is there for its port, and makes none of its own.
            camel.addService(server);
        } catch (Exception e) {
            throw new IllegalStateException("the observe port cannot be prepared: " + e.getMessage(), e);
        }
        return super.newHttpManagementServer(camel, properties);
    }

    /** A server that the management server does not find when it looks for one to share: it takes the first. */
    private static final class Hidden extends ServiceSupport implements org.apache.camel.StaticService {
        private final BoundedHttpServer server;

        Hidden(BoundedHttpServer server) {
            this.server = server;
        }

        @Override
        protected void doStart() {
            ServiceHelper.startService(server);
        }

        @Override
        protected void doStop() {
            ServiceHelper.stopAndShutdownService(server);
        }
    }
}
