package io.funcobserver.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What is made for a while. */
public final class Folders {
    private Folders() {}

    /** Removes a directory with all that is in it; what cannot be removed stays. */
    public static void remove(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted((a, b) -> b.compareTo(a)).forEach(file -> {
                try {
                    Files.deleteIfExists(file);
                } catch (IOException ignored) {
                    // A file that its server still holds; the rest goes.
                }
            });
        } catch (IOException | UncheckedIOException ignored) {
            // It is gone already.
        }
    }
}
