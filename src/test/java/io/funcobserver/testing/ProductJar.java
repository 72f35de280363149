package io.funcobserver.testing;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;

import io.funcobserver.app.FuncObserver;
import io.funcobserver.demo.FreePort;
import org.awaitility.core.ConditionTimeoutException;

/**
 * The compiled product as a jar, and the java command that runs it: a test run comes before Maven packages one. Beside the
 * jar lies an archive of its classes (class data sharing), which halves the time of each of the many starts. Both are made
 * once for all JVMs that test the same classes.
 */
final class ProductJar {
    private static final Path CLASSES = Path.of(FuncObserver.class
            .getProtectionDomain()
            .getCodeSource()
            .getLocation()
            .getPath());
    private static final Path FOLDER = CLASSES.resolveSibling("product");
    private static final String CLASS_PATH =
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
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
            Files.createDirectories(FOLDER);
            String name = "func-observer-" + Long.toHexString(checksum());
            Path jar = FOLDER.resolve(name + ".jar");
            Path archive = FOLDER.resolve(name + ".jsa");
            // Held until the channel is closed.
            try (FileChannel lock =
                    FileChannel.open(FOLDER.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                lock.lock();
                if (!Files.exists(jar)) {
                    pack(jar);
                }
                if (!Files.exists(archive)) {
                    archive(jar, archive);
                }
            }
            return command(jar, "-XX:SharedArchiveFile=" + archive);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> command(Path jar, String archive) {
        List<String> paths = new ArrayList<>(List.of(jar.toString()));
        Arrays.stream(CLASS_PATH.split(File.pathSeparator))
                .filter(path -> path.endsWith(".jar"))
                .forEach(paths::add);
        return List.of(
                tool("java"),
                "-Xmx96m",
                "-XX:+UseSerialGC",
                // Under a limit on the size of files, the JVM could not write its own.
                "-XX:-UsePerfData",
                "-XX:TieredStopAtLevel=1",
                archive,
                "-cp",
                String.join(File.pathSeparator, paths));
    }

    /** Of the classes and of where the libraries are. */
    private static long checksum() throws IOException {
        CRC32 sum = new CRC32();
        sum.update(CLASS_PATH.getBytes());
        for (Path file : files()) {
            sum.update(file.toString().getBytes());
            sum.update(Files.readAllBytes(file));
        }
        return sum.getValue();
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(CLASSES)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static void pack(Path jar) throws IOException {
        Path part = jar.resolveSibling(jar.getFileName() + ".part");
        try (OutputStream out = Files.newOutputStream(part);
                JarOutputStream entries = new JarOutputStream(out)) {
            entries.setLevel(0);
            for (Path file : files()) {
                entries.putNextEntry(
                        new JarEntry(CLASSES.relativize(file).toString().replace('\\', '/')));
                Files.copy(file, entries);
            }
        }
        Files.move(part, jar, StandardCopyOption.ATOMIC_MOVE);
    }

    /** What a product loads that starts, finds no server, and stops. */
    private static void archive(Path jar, Path archive) throws IOException {
        Path part = archive.resolveSibling(archive.getFileName() + ".part");
        Map<String, String> settings = new HashMap<>(Map.of(
                "target.url", "http://127.0.0.1:1",
                "func.mysql.port", "1",
                "func.redis.port", "1",
                "observe.port", String.valueOf(FreePort.next())));
        Path folder = Files.createTempDirectory(FOLDER, "start");
        settings.put("data.directory", folder.resolve("data").toString());
        try (ProductProcess product = ProductProcess.Launch.plain()
                .start(command(jar, "-XX:ArchiveClassesAtExit=" + part), folder, settings, "run")) {
            product.awaitReady().terminate();
            // The archive is written at the end, which takes its time on a busy machine.
            product.awaitEnd(Duration.ofMinutes(3));
        } catch (AssertionError | ConditionTimeoutException e) {
            // Without an archive the product starts all the same, only later.
            System.err.println("no archive of the product's classes: " + e.getMessage());
        }
        if (Files.exists(part)) {
            Files.move(part, archive, StandardCopyOption.ATOMIC_MOVE);
        }
    }
}
