package io.funcobserver.demo;

import java.nio.file.Path;
import java.util.Map;

import io.funcobserver.app.Pipeline;
import io.funcobserver.app.RouteFiles;
import io.funcobserver.config.Settings;
import io.funcobserver.logging.Logging;

/** The product as the demo runs it: in this process, with the routes it ships. */
@FunctionalInterface
public interface Product {
    /**
     * Starts it.
     *
     * @param properties as they would stand in {@code application.properties}
     * @return stops it in order
     */
    AutoCloseable start(Map<String, String> properties) throws Exception;

    /** The product itself. */
    static Product shipped() {
        return properties -> {
            Settings settings = Settings.of(properties);
            Logging.apply(settings);
            return Pipeline.start(settings, RouteFiles.in(Path.of("routes")));
        };
    }
}
