package io.funcobserver.app;

import java.io.IOException;
import java.nio.file.Path;

import io.funcobserver.check.Findings;
import io.funcobserver.check.Probe;
import io.funcobserver.config.Settings;

/** Loads the route files with everything that they name, and starts none. */
final class RoutesProbe extends Probe {
    private final Path folder;

    RoutesProbe(Path folder) {
        super("routes", "");
        this.folder = folder;
    }

    @Override
    protected void test(Settings settings, Findings found) throws IOException {
        RouteFiles routes = RouteFiles.in(folder);
        Pipeline.checkRoutes(settings, routes);
        found.ok(String.join(", ", routes.ids()) + " load");
    }
}
