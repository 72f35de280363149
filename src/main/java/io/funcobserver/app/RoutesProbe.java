package io.funcobserver.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import io.funcobserver.check.Finding;
import io.funcobserver.check.Probe;
import io.funcobserver.config.ConfigurationException;
import io.funcobserver.config.Settings;

/** Loads the route files with everything that they name, and starts none. */
final class RoutesProbe implements Probe {
    private final Path folder;

    RoutesProbe(Path folder) {
        this.folder = folder;
    }

    @Override
    public String subject() {
        return "routes";
    }

    @Override
    public List<String> properties() {
        return List.of("");
    }

    @Override
    public List<Finding> test(Settings settings) {
        try {
            RouteFiles routes = RouteFiles.in(folder);
            Pipeline.checkRoutes(settings, routes);
            return List.of(Finding.ok(subject(), String.join(", ", routes.ids()) + " load"));
        } catch (ConfigurationException | IOException e) {
            return List.of(Finding.fail(subject(), e.getMessage()));
        }
    }
}
