package io.funcobserver.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import io.funcobserver.config.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code check} loads every route beside a process that runs on the same data directory. */
class LoadedRoutesTest {
    private static final RouteFiles ROUTES = RouteFiles.in(Path.of("routes"));

    @TempDir
    Path folder;

    @Test
    void makeNoDataDirectory() throws Exception {
        Pipeline.checkRoutes(settings(), ROUTES);
        assertThat(folder).isEmptyDirectory();
    }

    /** What is open belongs to the process that gathers; taken from it, lines that were confirmed would be gone. */
    @Test
    void leaveOpenSegmentsToTheProcessThatRuns() throws Exception {
        Path segments = Files.createDirectories(folder.resolve("data/segments"));
        Path open = Files.write(segments.resolve("logging-record-01.segment"), new byte[] {1, 2, 3});
        Pipeline.checkRoutes(settings(), ROUTES);
        assertThat(open).hasBinaryContent(new byte[] {1, 2, 3});
    }

    private Settings settings() {
        return Settings.of(Map.of(
                "target.url", "http://127.0.0.1:1",
                "data.directory", folder.resolve("data").toString(),
                "batch.max-delay", "1ms"));
    }
}
