package io.funcobserver.faults;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/** The compiled product as a jar, and the java command that runs it: a test run comes before Maven packages one. */
final class ProductJar {
    private static final Path CLASSES = classes();
    private static final Path FOLDER = CLASSES.resolveSibling("faults");
    private static final Path JAR =
            FOLDER.resolve("func-observer-" + ProcessHandle.current().pid() + ".jar");
    private static final List<String> JAVA = prepare();

    private ProductJar() {}

    /** The java command up to the name of the main class. */
    static List<String> java() {
        return JAVA;
    }

    static String tool(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name).toString();
    }

    private static List<String> prepare() {
        try {
            pack();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<String> paths = new ArrayList<>();
        paths.add(JAR.toString());
        String given = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        Arrays.stream(given.split(File.pathSeparator))
                .filter(path -> path.endsWith(".jar"))
                .forEach(paths::add);
        return List.of(
                tool("java"),
                "-Xmx96m",
                "-XX:+UseSerialGC",
                // Under a limit on the size of files, the JVM could not write its own.
                "-XX:-UsePerfData",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                String.join(File.pathSeparator, paths));
    }

    private static void pack() throws IOException {
        Files.createDirectories(FOLDER);
        try (Stream<Path> files = Files.walk(CLASSES);
                OutputStream out = Files.newOutputStream(JAR);
                JarOutputStream jar = new JarOutputStream(out)) {
            jar.setLevel(0);
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                jar.putNextEntry(
                        new JarEntry(CLASSES.relativize(file).toString().replace('\\', '/')));
                Files.copy(file, jar);
                jar.closeEntry();
            }
        }
    }

    private static Path classes() {
        String source = io.funcobserver.app.FuncObserver.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath();
        return Path.of(source);
    }
}
