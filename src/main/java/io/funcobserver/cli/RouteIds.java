package io.funcobserver.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import io.funcobserver.config.ConfigurationException;

/** The ids of the routes in a folder: {@code NAME.camel.yaml} holds route NAME. */
final class RouteIds {
    private static final String ENDING = ".camel.yaml";

    private RouteIds() {}

    /** Sorted; none where the folder does not exist. */
    static List<String> in(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(ENDING) && name.length() > ENDING.length())
                    .map(name -> name.substring(0, name.length() - ENDING.length()))
                    .sorted()
                    .distinct()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw new ConfigurationException(
                    "folder " + folder + " cannot be read (" + e.getMessage() + "); let this user read it", e);
        }
    }
}
