package io.funcobserver.check;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import io.funcobserver.config.ConfigurationException;

/** What a folder that already exists must be like to be {@code data.directory}; it is never changed to be so. */
public final class DataFolder {
    /** What the name of a file begins with that {@code check} writes for a moment. */
    static final String TRIAL = ".func-observer-check";

    /** What the product makes there, and what the file system does. */
    private static final Set<String> OURS =
            Set.of("spool", "dead-letter", "cursors", "segments", "run.lock", "lost+found");

    private static final int NAMED = 3;

    private DataFolder() {}

    /**
     * Refuses a folder that is there and not for us; one that is missing or cannot be looked at is for whoever writes there.
     *
     * @throws ConfigurationException with what to do
     */
    public static void refuse(Path folder) {
        Path path = folder.toAbsolutePath().normalize();
        Set<String> foreign = new TreeSet<>();
        try {
            if (!Files.isDirectory(path)) {
                return;
            }
            if (isWritableByAll(path)) {
                throw new ConfigurationException("data.directory " + path
                        + " may be written by anyone; take that right away (chmod o-w), or give a folder in it that func-observer makes itself: "
                        + path.resolve("func-observer"));
            }
            try (Stream<Path> entries = Files.list(path)) {
                entries.map(entry -> entry.getFileName().toString())
                        .filter(name -> !OURS.contains(name) && !name.startsWith(TRIAL))
                        .limit(NAMED + 1L)
                        .forEach(foreign::add);
            }
        } catch (IOException e) {
            return;
        }
        if (!foreign.isEmpty()) {
            throw new ConfigurationException("data.directory " + path + " holds what is not func-observer's ("
                    + String.join(", ", foreign.stream().limit(NAMED).toList())
                    + (foreign.size() > NAMED ? ", …" : "") + "); give a directory of its own");
        }
    }

    private static boolean isWritableByAll(Path path) throws IOException {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                && Files.getPosixFilePermissions(path).contains(PosixFilePermission.OTHERS_WRITE);
    }
}
