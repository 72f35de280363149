package io.funcobserver.check;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

import io.funcobserver.config.Settings;
import io.funcobserver.lineprotocol.Category;

/** Tries whether the data directory can be written, and whether the disk has room for full spools. */
public final class DirectoryProbe implements Probe {
    private static final long MIB = 1024 * 1024;

    @Override
    public String subject() {
        return "data directory";
    }

    @Override
    public List<String> properties() {
        return List.of("data.", "spool", "dead-letter.", "targets");
    }

    @Override
    public List<Finding> test(Settings settings) {
        if (settings.text("spool").equals("kafka")) {
            // Nothing is kept on disk.
            return List.of();
        }
        Path directory =
                Path.of(settings.text("data.directory")).toAbsolutePath().normalize();
        Path existing = directory;
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        if (existing == null || !Files.isDirectory(existing)) {
            return List.of(Finding.fail(
                    subject(), (existing == null ? directory : existing) + " is no folder; correct data.directory"));
        }
        String refusal =
                existing.equals(directory) ? DataFolder.refusal(directory).orElse(null) : null;
        if (refusal != null) {
            return List.of(Finding.fail(subject(), refusal));
        }
        try {
            Optional<Finding> unsafe = sync(existing);
            return List.of(unsafe.isPresent() ? unsafe.get() : room(settings, directory, existing));
        } catch (IOException e) {
            return List.of(Finding.fail(
                    subject(),
                    existing + " cannot be written (" + e.getClass().getSimpleName()
                            + "); let this user write there, or correct data.directory"));
        }
    }

    /** Brings a file and the folder's entry of it to the disk, as the spool does for everything it promises. */
    private Optional<Finding> sync(Path folder) throws IOException {
        Path file = Files.createTempFile(folder, DataFolder.TRIAL, ".tmp");
        try {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(new byte[4096]));
                channel.force(true);
            }
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            } catch (IOException e) {
                return Optional.of(Finding.warn(
                        subject(),
                        "the file system of " + folder + " cannot sync a folder (" + e.getMessage()
                                + "): a power failure may undo what was read; give a local disk"));
            }
            return Optional.empty();
        } finally {
            Files.delete(file);
        }
    }

    private Finding room(Settings settings, Path directory, Path existing) throws IOException {
        long free = Files.getFileStore(existing).getUsableSpace();
        double wanted = (double) Category.values().length
                * settings.targets().size()
                * ((double) settings.size("spool.max-size") + settings.size("dead-letter.max-size"));
        if (free < wanted) {
            return Finding.warn(
                    subject(),
                    directory + " is on a disk with " + free / MIB + " MiB free, and could come to hold "
                            + (long) (wanted / MIB)
                            + " MiB; free some, or lower spool.max-size and dead-letter.max-size");
        }
        return Finding.ok(subject(), directory + (existing.equals(directory) ? " is writable" : " can be created"));
    }
}
