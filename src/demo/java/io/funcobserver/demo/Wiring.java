package io.funcobserver.demo;

import java.nio.file.Path;

import io.funcobserver.app.Pipeline;
import io.funcobserver.app.RouteFiles;
import io.funcobserver.config.Settings;
import io.funcobserver.logging.Logging;

/** Where the demo meets the product. */
final class Wiring {
    private Wiring() {}

    static Product product() {
        return properties -> {
            Settings settings = Settings.of(properties);
            Logging.apply(settings);
            return Pipeline.start(settings, RouteFiles.in(Path.of("routes")));
        };
    }
}
