package io.funcobserver.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import io.funcobserver.config.Catalogue;
import io.funcobserver.config.ConfigurationException;

/**
 * The route files that run: those of the folder {@code routes/}, of any depth; without the folder, those inside the jar.
 *
 * <p>What a folder lacks of the machinery (kamelets, intake, spool, delivery, dead letters) comes from the jar, so that a folder
 * may hold nothing but measurements.
 */
public final class RouteFiles {
    private static final String ROUTE = ".camel.yaml";
    private static final String KAMELET = ".kamelet.yaml";
    /** The beans that measurements read with. */
    private static final String SOURCES = "sources.camel.yaml";

    private static final String JAR = "classpath:routes/";

    private static final List<String> MACHINERY = List.of(
            "kamelets/line-protocol-action.kamelet.yaml",
            "kamelets/queue-length-action.kamelet.yaml",
            SOURCES,
            "kamelets/mysql-tail-source.kamelet.yaml",
            "intake.camel.yaml",
            "spool.camel.yaml",
            "delivery.camel.yaml",
            "requests.camel.yaml",
            "dead-letters.camel.yaml",
            "kafka/spool.camel.yaml",
            "kafka/delivery.camel.yaml",
            "kafka/dead-letters.camel.yaml");

    /** Files in a folder of this name stand in the place of those beside it, where the property spool says so. */
    private static final String KAFKA = "kafka/";

    private final Map<String, String> machinery = new TreeMap<>();
    private final Map<String, String> measurements = new TreeMap<>();
    private final String queries;

    private RouteFiles(String queries) {
        this.queries = queries;
        for (String path : MACHINERY) {
            machinery.put(key(Path.of(path)), JAR + path);
        }
    }

    /** @throws ConfigurationException when the folder is there and cannot be read, or holds no measurement */
    public static RouteFiles in(Path folder) {
        return Files.isDirectory(folder) ? ofFolder(folder) : ofJar();
    }

    private static RouteFiles ofJar() {
        RouteFiles files = new RouteFiles(JAR + "measurements");
        for (String id : Catalogue.standardRouteIds()) {
            String path = "measurements/" + id + ROUTE;
            if (RouteFiles.class.getResource("/routes/" + path) != null) {
                files.measurements.put(id, JAR + path);
            }
        }
        return files;
    }

    private static RouteFiles ofFolder(Path folder) {
        Path nested = folder.resolve("measurements");
        RouteFiles files = new RouteFiles("file:" + (Files.isDirectory(nested) ? nested : folder));
        try (Stream<Path> paths = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            paths.filter(Files::isRegularFile)
                    // A mounted ConfigMap has each file a second time, in a hidden folder.
                    .filter(path -> !hidden(folder.relativize(path)))
                    .sorted()
                    .forEach(files::add);
        } catch (IOException | UncheckedIOException e) {
            throw new ConfigurationException("the routes folder " + folder + " cannot be read: " + e.getMessage());
        }
        if (files.measurements.isEmpty()) {
            throw new ConfigurationException(
                    "the routes folder " + folder
                            + " holds no measurement (NAME.camel.yaml); copy one there, or remove the folder to run the built-in ones");
        }
        return files;
    }

    private static boolean hidden(Path path) {
        return StreamSupport.stream(path.spliterator(), false)
                .anyMatch(element -> element.toString().startsWith("."));
    }

    private static String key(Path path) {
        String name = path.getFileName().toString();
        return path.getNameCount() > 1 && KAFKA.equals(path.getParent().getFileName() + "/") ? KAFKA + name : name;
    }

    private void add(Path path) {
        String name = key(path);
        String resource = "file:" + path;
        if (name.endsWith(KAMELET) || machinery.containsKey(name)) {
            machinery.put(name, resource);
        } else if (name.endsWith(ROUTE)) {
            measurements.put(name.substring(0, name.length() - ROUTE.length()), resource);
        } else if (name.endsWith(".yaml") || name.endsWith(".yml")) {
            throw new ConfigurationException(
                    "the route file " + path + " has a name that is not loaded; call it NAME.camel.yaml");
        }
    }

    /** The ids of the measurements, which are the names of their files. */
    public List<String> ids() {
        return List.copyOf(measurements.keySet());
    }

    /**
     * The ids of some measurements, each once; of all where none is named.
     *
     * @param names ids, or names on the wire
     * @throws ConfigurationException for a name that no measurement has
     */
    List<String> named(List<String> names) {
        return names.isEmpty()
                ? ids()
                : names.stream().map(this::named).distinct().toList();
    }

    private String named(String name) {
        return Stream.concat(ids().stream().filter(name::equals), ids().stream().filter(id -> isOnTheWire(id, name)))
                .findFirst()
                .orElseThrow(() -> new ConfigurationException(
                        "there is no measurement \"" + name + "\"; there are " + String.join(", ", ids())));
    }

    /** Whether the points of a measurement have this name, as its file says. */
    private boolean isOnTheWire(String id, String name) {
        String resource = measurements.get(id);
        String path = resource.substring(resource.indexOf(':') + 1);
        try (InputStream in = resource.startsWith(JAR)
                ? RouteFiles.class.getResourceAsStream("/" + path)
                : Files.newInputStream(Path.of(path))) {
            return Pattern.compile("(?m)^\\s*measurement:\\s*[\"']?" + Pattern.quote(name) + "[\"']?\\s*$")
                    .matcher(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                    .find();
        } catch (IOException e) {
            // Whoever loads it says so.
            return false;
        }
    }

    /** Where {@code {{routes.measurements}}} points: the place of the measurements' queries, as a Camel resource. */
    String queries() {
        return queries;
    }

    /**
     * Every file that runs, as Camel resources.
     *
     * @param spool what keeps the lines, {@code file} or {@code kafka}
     */
    List<String> all(String spool) {
        boolean isKafka = spool.equals("kafka");
        List<String> all = new ArrayList<>();
        machinery.forEach((name, resource) -> {
            boolean isReplaced = machinery.containsKey(KAFKA + name);
            if (name.startsWith(KAFKA) ? isKafka : !(isKafka && isReplaced)) {
                all.add(resource);
            }
        });
        all.addAll(measurements.values());
        return all;
    }

    /** The files that read and encode, for these measurements only. */
    List<String> reading(List<String> ids) {
        List<String> files = new ArrayList<>();
        machinery.forEach((name, resource) -> {
            if (name.endsWith(KAMELET) || name.equals(SOURCES)) {
                files.add(resource);
            }
        });
        ids.forEach(id -> files.add(measurements.get(id)));
        return files;
    }
}
