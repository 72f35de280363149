package io.funcobserver.app;

import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.funcobserver.cli.Application;
import io.funcobserver.cli.Terminal;
import io.funcobserver.config.ConfigurationException;
import io.funcobserver.config.Settings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What {@code run} and {@code preview} do, with the routes of the working directory. */
final class ProductCommands implements Application {
    private static final Logger LOG = LoggerFactory.getLogger(FuncObserver.class);
    static final Path ROUTES = Path.of("routes");

    @Override
    public List<String> measurements() {
        return RouteFiles.in(ROUTES).ids();
    }

    @Override
    public Running start(Settings settings) throws Exception {
        RouteFiles routes = RouteFiles.in(ROUTES);
        Pipeline pipeline = Pipeline.start(settings, routes);
        LOG.info(
                "Reading {} and delivering; what it does is shown at http://{}:{}/, health and metrics at /observe/health and"
                        + " /observe/metrics",
                String.join(", ", routes.ids()),
                settings.text("observe.host"),
                settings.text("observe.port"));
        return pipeline;
    }

    @Override
    public int preview(Settings settings, List<String> measurements, OutputStream out) throws Exception {
        RouteFiles routes = RouteFiles.in(ROUTES);
        for (String measurement : measurements) {
            if (!routes.ids().contains(measurement)) {
                throw new ConfigurationException("there is no measurement \"" + measurement + "\"; there are "
                        + String.join(", ", routes.ids()));
            }
        }
        List<String> chosen = measurements.isEmpty()
                ? routes.ids()
                : measurements.stream().distinct().toList();
        Map<String, String> failed = new Preview(settings, routes, out, Terminal.showsOutput()).print(chosen);
        new TreeMap<>(failed)
                .forEach((measurement, reason) -> LOG.error("{} could not be read: {}", measurement, reason));
        return failed.isEmpty() ? 0 : 1;
    }
}
