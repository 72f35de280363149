package io.funcobserver.check;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import io.funcobserver.config.Settings;
import io.funcobserver.diagnosis.FileFailure;
import io.funcobserver.lineprotocol.Category;
import io.funcobserver.spool.DurableFiles;

/** Tries whether the data directory can be written, and whether the disk has room for full spools. */
public final class DirectoryProbe extends Probe {
    private static final long MIB = 1024 * 1024;

    public DirectoryProbe() {
        super("data directory", "data.", "spool", "dead-letter.", "targets");
    }

    @Override
    protected void test(Settings settings, Findings found) {
        if (settings.text("spool").equals("kafka")) {
            // Nothing is kept on disk.
            return;
        }
        Path directory =
                Path.of(settings.text("data.directory")).toAbsolutePath().normalize();
        Path existing = directory;
        while (!Files.exists(existing)) {
            existing = existing.getParent();
        }
        if (!Files.isDirectory(existing)) {
            found.fail(existing + " is no folder; correct data.directory");
            return;
        }
        DataFolder.refuse(directory);
        try {
            sync(existing, found);
            if (found.all().isEmpty()) {
                room(settings, directory, existing, found);
            }
        } catch (IOException e) {
            found.fail(existing + " cannot be written (" + FileFailure.of(e)
                    + "); let this user write there, or correct data.directory");
        }
    }

    /** Brings a file and the folder's entry of it to the disk, as the spool does for everything it promises. */
    private static void sync(Path folder, Findings found) throws IOException {
        Path file = Files.createTempFile(folder, DataFolder.TRIAL, ".tmp");
        try {
            DurableFiles.writeSynced(file, new byte[4096]);
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            } catch (IOException e) {
                found.warn("the file system of " + folder + " cannot sync a folder (" + e.getMessage()
                        + "): a power failure may undo what was read; give a local disk");
            }
        } finally {
            Files.delete(file);
        }
    }

    private static void room(Settings settings, Path directory, Path existing, Findings found) throws IOException {
        long free = Files.getFileStore(existing).getUsableSpace();
        double wanted = (double) Category.values().length
                * settings.targets().size()
                * ((double) settings.size("spool.max-size") + settings.size("dead-letter.max-size"));
        if (free < wanted) {
            found.warn(directory + " is on a disk with " + free / MIB + " MiB free, and could come to hold "
                    + (long) (wanted / MIB) + " MiB; free some, or lower spool.max-size and dead-letter.max-size");
        } else {
            found.ok(directory + (existing.equals(directory) ? " is writable" : " can be created"));
        }
    }
}
