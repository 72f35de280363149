package io.funcobserver.app;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.concurrent.CountDownLatch;

import io.funcobserver.cli.Application;
import io.funcobserver.config.ConfigurationException;
import io.funcobserver.config.Settings;
import io.funcobserver.http.BoundedHttpServer;
import org.apache.camel.main.Main;
import org.apache.camel.main.SimpleMainShutdownStrategy;

/** The running product: a camel-main with the settings of the command line. What its routes need, {@link FuncObserverPlugin} brings. */
public final class Pipeline implements Application.Running {
    private final Main camel = new Main();
    private final CountDownLatch ended = new CountDownLatch(1);

    private Pipeline(Settings settings, SourceTimeouts timeouts) {
        // Camel's own adds a hook to the JVM, which would stop the same context at the same time as ours
        // (UntilStopped).
        camel.setShutdownStrategy(new SimpleMainShutdownStrategy());
        camel.bind("settings", settings);
        camel.bind("source-timeouts", timeouts);
    }

    /**
     * Starts reading and delivering. Goes on while a source or the target is down.
     *
     * @throws ConfigurationException when another configuration is needed
     */
    public static Pipeline start(Settings settings, RouteFiles routes) throws IOException {
        return start(settings, routes, SourceTimeouts.STANDARD);
    }

    /**
     * The same with less patience, for tests that let a source hang.
     *
     * @throws ConfigurationException when another configuration is needed
     */
    public static Pipeline start(Settings settings, RouteFiles routes, SourceTimeouts timeouts) throws IOException {
        Ports.refuseBusy(settings);
        Pipeline pipeline = new Pipeline(settings, timeouts);
        CamelProperties.ofProduct(settings, routes).start(pipeline.camel);
        return pipeline;
    }

    /**
     * Loads all routes with everything that they name, and starts none.
     *
     * @throws ConfigurationException naming what is wrong with them
     */
    public static void checkRoutes(Settings settings, RouteFiles routes) throws IOException {
        try (Pipeline pipeline = new Pipeline(settings, SourceTimeouts.STANDARD)) {
            CamelProperties.ofProduct(settings, routes).onlyLoaded().start(pipeline.camel);
        }
    }

    /** Where the status page is, with the port that it took where any free one would do. */
    URI page(Settings settings) throws URISyntaxException {
        BoundedHttpServer server = camel.getCamelContext().hasService(BoundedHttpServer.class);
        int port = server == null ? settings.number("observe.port") : server.getPort();
        return new URI("http", null, settings.text("observe.host"), port, "/", null, null);
    }

    /** Stops reading and delivering; what was read is safe. */
    @Override
    public void close() {
        camel.stop();
        ended.countDown();
    }

    @Override
    public void await() throws InterruptedException {
        ended.await();
    }
}
