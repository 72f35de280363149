package io.funcobserver.app;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import io.funcobserver.check.DataFolder;
import io.funcobserver.config.ConfigurationException;
import io.funcobserver.diagnosis.FileFailure;
import io.funcobserver.spool.DurableFiles;

/** The folder that holds the spool, the dead letters and the cursors, readable by its owner only and used by one process. */
final class DataDirectory {
    private static final String LOCK = "run.lock";

    private DataDirectory() {}

    /**
     * Creates the folder where it is missing, and takes it for this process.
     *
     * <p>A folder that is there already is left as it is: it may be shared with a group on purpose.
     *
     * @return closed, it gives the folder free for another process
     * @throws ConfigurationException when another process has it, it is not for us, or it cannot be written
     */
    static Closeable take(Path path) {
        DataFolder.refuse(path);
        try {
            if (!Files.isDirectory(path)) {
                DurableFiles.createFolder(path);
            }
            Closeable taken = DurableFiles.openLocked(path.resolve(LOCK));
            if (taken == null) {
                throw new ConfigurationException(
                        "data.directory " + path.toAbsolutePath()
                                + " is used by another func-observer that runs; stop it, or give this one a directory of its own");
            }
            return taken;
        } catch (IOException e) {
            throw new ConfigurationException(
                    "data.directory " + path.toAbsolutePath() + " cannot be written: " + FileFailure.of(e)
                            + "; give a directory that this user may write",
                    e);
        }
    }
}
