package io.funcobserver.demo;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the servers' files are unpacked to from their Maven artifacts: {@code target/embedded}, once for all runs.
 *
 * <p>Unpacking goes to a directory of its own that is then renamed, so that processes which start at the same time do
 * not see each other's half-written files.
 */
final class Unpacked {
    /** Writes the files. */
    @FunctionalInterface
    interface Writer {
        void write(Path directory) throws IOException;
    }

    private Unpacked() {}

    /** The directory of that name, made by the writer when it is not there yet. */
    static Path directory(String name, Writer writer) throws IOException {
        Path home = home();
        Path directory = home.resolve(name);
        if (Files.isDirectory(directory)) {
            return directory;
        }
        Files.createDirectories(home);
        Path partial = Files.createTempDirectory(home, name + ".part");
        try {
            writer.write(partial);
            Files.move(partial, directory);
        } catch (IOException e) {
            Folders.remove(partial);
            // Another process may have been quicker.
            if (!Files.isDirectory(directory)) {
                throw e;
            }
        }
        return directory;
    }

    /** Writes one class path resource to a file that may be executed. */
    static void executable(InputStream resource, Path file) throws IOException {
        Files.createDirectories(file.getParent());
        try (resource) {
            Files.copy(resource, file);
        }
        if (!file.toFile().setExecutable(true)) {
            throw new IOException(file + " cannot be made executable");
        }
    }

    private static Path home() throws IOException {
        try {
            Path classes = Path.of(Unpacked.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return classes.resolveSibling("embedded");
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }
}
