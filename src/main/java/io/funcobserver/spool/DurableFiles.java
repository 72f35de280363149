package io.funcobserver.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Set;

/** Files that survive a power failure whole, and that only their owner can read. */
public final class DurableFiles {
    private static final boolean POSIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    private static final Set<PosixFilePermission> OWNER_FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> OWNER_FOLDER = PosixFilePermissions.fromString("rwx------");

    private DurableFiles() {}

    /** Creates the folder and those above it that are missing; nobody else may look into it. */
    public static void createFolder(Path folder) throws IOException {
        if (POSIX) {
            Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(OWNER_FOLDER));
            Files.setPosixFilePermissions(folder, OWNER_FOLDER);
        } else {
            Files.createDirectories(folder);
        }
    }

    /** Only the file's owner may read it from now on. */
    public static void restrict(Path file) throws IOException {
        if (POSIX) {
            Files.setPosixFilePermissions(file, OWNER_FILE);
        }
    }

    /**
     * Puts a written file into its place: its content is on disk before its name is.
     *
     * <p>Camel's {@code file:} endpoint never syncs, so every file that must not be lost passes here.
     */
    public static void seal(Path part, Path target) throws IOException {
        sync(part);
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        syncFolder(target.getParent());
    }

    /**
     * Opens a file for writing; one that it creates is its owner's alone from the first moment.
     *
     * @param options beside {@code WRITE} and {@code CREATE}
     */
    public static FileChannel open(Path file, StandardOpenOption... options) throws IOException {
        Set<OpenOption> all = new HashSet<>(Set.of(options));
        all.add(StandardOpenOption.CREATE);
        all.add(StandardOpenOption.WRITE);
        return POSIX
                ? FileChannel.open(file, all, PosixFilePermissions.asFileAttribute(OWNER_FILE))
                : FileChannel.open(file, all);
    }

    /** Writes a file that only its owner can read, and does not sync it. */
    public static void write(Path file, byte[] content) throws IOException {
        try (FileChannel channel = open(file, StandardOpenOption.TRUNCATE_EXISTING)) {
            write(channel, content);
        }
    }

    /** Writes a file that only its owner can read, and brings its content to the disk. */
    public static void writeSynced(Path file, byte[] content) throws IOException {
        try (FileChannel channel = open(file, StandardOpenOption.TRUNCATE_EXISTING)) {
            write(channel, content);
            channel.force(true);
        }
    }

    private static void write(FileChannel channel, byte[] content) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Brings the content of a written file to the disk. */
    static void sync(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    /** Makes the names in the folder durable. */
    public static void syncFolder(Path folder) throws IOException {
        if (POSIX) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }
}
