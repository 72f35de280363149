package io.funcobserver.diagnosis;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** Says what is wrong with a file or its disk; Java's own messages give the path alone, or the reason alone. */
public final class FileFailure {
    private static final Map<Class<?>, String> REASONS = Map.of(
            AccessDeniedException.class, "permission denied",
            NoSuchFileException.class, "there is no such file or folder (any more)",
            FileAlreadyExistsException.class, "there is a file in its place",
            DirectoryNotEmptyException.class, "there is a folder in its place",
            NotDirectoryException.class, "it is no folder");

    private FileFailure() {}

    /** The reason in a few words, without the path. */
    public static String of(IOException e) {
        String known = REASONS.get(e.getClass());
        if (known != null) {
            return known;
        }
        String reason = e instanceof FileSystemException file ? file.getReason() : e.getMessage();
        return reason == null || reason.isBlank() ? e.getClass().getSimpleName() : reason;
    }

    /** Whether no other file could be opened or read at this moment either. */
    public static boolean concernsAllFiles(IOException e) {
        String said = of(e).toLowerCase(Locale.ROOT);
        return said.contains("open files") || said.contains("stale") || said.contains("cannot allocate memory");
    }

    /** The failure of writing a file or into a folder, as a whole sentence with what to do. */
    public static IOException writing(String what, Path path, IOException e) {
        String reason = of(e);
        IOException failure = new IOException(what + path + " cannot be written: " + reason + "; " + advice(reason));
        // As its cause it would say the same once more, less well.
        failure.addSuppressed(e);
        return failure;
    }

    private static String advice(String reason) {
        String said = reason.toLowerCase(Locale.ROOT);
        if (said.contains("space") || said.contains("quota")) {
            return "free some space there, or raise the quota";
        }
        if (said.contains("open files")) {
            return "raise the limit on open files (ulimit -n)";
        }
        if (said.contains("permission") || said.contains("not permitted")) {
            return "give this user the right to write there";
        }
        if (said.contains("read-only")) {
            return "mount it for writing; a disk that fails is often made read-only by the system";
        }
        if (said.contains("place")) {
            return "move it away";
        }
        return "see whether the disk is well (dmesg)";
    }
}
