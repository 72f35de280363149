package io.funcobserver.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The instructions of the last stage of the Dockerfile, and what every stage copies in.
 *
 * @param sources what comes from the project's folder
 * @param destinations where the last stage puts it
 */
record Dockerfile(
        String workingDirectory,
        Map<String, String> environment,
        String user,
        List<String> ports,
        String volume,
        List<String> sources,
        List<String> destinations) {

    static Dockerfile read() throws IOException {
        String workingDirectory = null;
        String user = null;
        String volume = null;
        Map<String, String> environment = new LinkedHashMap<>();
        List<String> ports = new ArrayList<>();
        List<String> sources = new ArrayList<>();
        List<String> destinations = new ArrayList<>();
        String text = Files.readString(Path.of("Dockerfile")).replaceAll("\\\\\\R\\s*", "");
        for (String line : text.lines().toList()) {
            String[] words = line.split("\\s+");
            switch (words[0]) {
                case "FROM" -> destinations.clear();
                case "WORKDIR" -> workingDirectory = words[1];
                case "USER" -> user = words[1];
                case "EXPOSE" -> ports.addAll(List.of(words).subList(1, words.length));
                case "VOLUME" -> volume = words[1];
                case "ENV" ->
                    List.of(words).subList(1, words.length).forEach(pair -> {
                        int equals = pair.indexOf('=');
                        environment.put(pair.substring(0, equals), pair.substring(equals + 1));
                    });
                case "COPY" -> {
                    destinations.add(words[words.length - 1]);
                    if (!words[1].startsWith("--from")) {
                        sources.addAll(List.of(words).subList(1, words.length - 1));
                    }
                }
                default -> {
                    // Nothing that others rely on.
                }
            }
        }
        return new Dockerfile(workingDirectory, environment, user, ports, volume, sources, destinations);
    }
}
