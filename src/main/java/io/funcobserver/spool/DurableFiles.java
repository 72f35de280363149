package io.funcobserver.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Files that survive a power failure whole, and that only their owner can read from the moment they are created. */
public final class DurableFiles {
    private static final Logger LOG = LoggerFactory.getLogger(DurableFiles.class);
    private static final boolean POSIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    private static final FileAttribute<?>[] OWNER_FILE = attribute("rw-------");
    private static final FileAttribute<?>[] OWNER_FOLDER = attribute("rwx------");
    private static final int PIECE = 64 << 10;
    private static final AtomicBoolean SAID_NO_FOLDER_SYNC = new AtomicBoolean();

    private DurableFiles() {}

    private static FileAttribute<?>[] attribute(String permissions) {
        return POSIX
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    /**
     * Creates the folder and those above it that are missing, durably; nobody else may look into them. A folder that is
     * there is left as it is.
     */
    public static void createFolder(Path folder) throws IOException {
        Deque<Path> missing = new ArrayDeque<>();
        for (Path path = folder.toAbsolutePath(); path != null && !Files.isDirectory(path); path = path.getParent()) {
            missing.push(path);
        }
        for (Path path : missing) {
            Files.createDirectories(path, OWNER_FOLDER);
            try {
                syncFolder(path.getParent());
            } catch (AccessDeniedException e) {
                // A folder of others, in which this user may make folders but not look around.
                LOG.debug("{} cannot be synced", path.getParent(), e);
            }
        }
    }

    /** {@link #createFolder}, and removes what a crash left half-written in it. */
    public static void openFolder(Path folder) throws IOException {
        createFolder(folder);
        for (Path part : list(folder, "*" + SpoolFile.PART)) {
            deleteQuietly(part);
        }
    }

    /** The files of a folder whose names match, in no order; not the folders, pipes and sockets of such a name. */
    public static List<Path> list(Path folder, String glob) throws IOException {
        return entries(folder, glob).stream().filter(Files::isRegularFile).toList();
    }

    /** Whatever has a name in the folder that matches, in no order. */
    public static List<Path> entries(Path folder, String glob) throws IOException {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, glob)) {
            found.forEach(entries::add);
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return entries;
    }

    /**
     * Looks at a file before it is opened: to open a named pipe waits for its other end, without a limit.
     *
     * @return its size in bytes
     * @throws FileSystemException where there is nothing, or something else
     */
    public static long size(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        if (!attributes.isRegularFile()) {
            throw new FileSystemException(file.toString(), null, "it is no regular file");
        }
        return attributes.size();
    }

    /**
     * Opens a file for writing; one that it creates is its owner's alone from the first moment.
     *
     * @param options beside {@code WRITE} and {@code CREATE}
     */
    public static FileChannel open(Path file, StandardOpenOption... options) throws IOException {
        if (Files.exists(file)) {
            size(file);
        }
        Set<OpenOption> all = new HashSet<>(Set.of(options));
        all.add(StandardOpenOption.CREATE);
        all.add(StandardOpenOption.WRITE);
        return FileChannel.open(file, all, OWNER_FILE);
    }

    /**
     * Opens a file for writing and takes it for this process until it is closed.
     *
     * @return null where somebody else has it
     */
    public static FileChannel openLocked(Path file) throws IOException {
        FileChannel channel = open(file);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // Somebody else in this process.
        }
        channel.close();
        return null;
    }

    /** Writes a file that only its owner can read, and brings its content to the disk. */
    public static void writeSynced(Path file, byte[] content) throws IOException {
        try (FileChannel channel = open(file, StandardOpenOption.TRUNCATE_EXISTING)) {
            write(channel, ByteBuffer.wrap(content));
            channel.force(true);
        }
    }

    /** Writes everything, in pieces: Java keeps memory outside the heap for each thread, as large as its largest write. */
    static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
        int end = bytes.limit();
        while (bytes.position() < end) {
            bytes.limit(Math.min(end, bytes.position() + PIECE));
            channel.write(bytes);
        }
    }

    /**
     * Puts a file into its place: written beside, on disk before its name is, never half there.
     *
     * @throws IOException when it is not certain to survive a power failure; nothing of it is left in its place then
     */
    public static void replace(Path file, byte[] content) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + SpoolFile.PART);
        try {
            writeSynced(part, content);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            deleteQuietly(part);
            throw e;
        }
        syncFolder(file.getParent());
    }

    /**
     * For what is only in the way; where it stays, the next start clears it away.
     *
     * @return whether it is gone
     */
    public static boolean deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
            return true;
        } catch (IOException e) {
            LOG.debug("{} cannot be deleted", file, e);
            return false;
        }
    }

    /**
     * Makes the names in the folder durable.
     *
     * <p>Some network file systems cannot sync a folder at all; there a power failure, not a crash of the process, may undo
     * the newest names. That is said once, and is no error: nothing would ever be read otherwise.
     */
    public static void syncFolder(Path folder) throws IOException {
        if (!POSIX) {
            return;
        }
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            if (!isUnsupported(e)) {
                throw e;
            }
            if (SAID_NO_FOLDER_SYNC.compareAndSet(false, true)) {
                LOG.warn(
                        "The file system of {} cannot sync folders ({}): a power failure of its machine may lose what was"
                                + " written last; a local disk does not",
                        folder,
                        e.getMessage());
            }
        }
    }

    /** EINVAL and ENOTSUP, which Java tells apart by their text only. */
    private static boolean isUnsupported(IOException e) {
        String message = String.valueOf(e.getMessage());
        return message.contains("Invalid argument") || message.contains("not supported");
    }
}
