package io.funcobserver.mysql;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

import io.funcobserver.diagnosis.FileFailure;
import io.funcobserver.spool.DurableFiles;

/**
 * Keeps one cursor in {@code cursors/NAME.json}, readable and editable by people.
 *
 * <p>Written beside, flushed to the disk and renamed: after a crash there is the old cursor or the new one, never half of
 * one.
 */
public final class CursorFile implements CursorStore {
    private final Path file;
    private final Path part;

    /** @param name of the tail */
    public CursorFile(Path folder, String name) {
        this.file = folder.resolve(name + ".json");
        this.part = folder.resolve(name + ".json.part");
    }

    @Override
    public byte[] read() throws IOException {
        try {
            DurableFiles.size(file);
            return Files.readAllBytes(file);
        } catch (NoSuchFileException none) {
            return null;
        }
    }

    @Override
    public void write(byte[] cursor) throws IOException {
        try {
            DurableFiles.writeSynced(part, cursor);
            // The folder is not flushed: after a power failure the old cursor may stand, whole, and its rows are read
            // once more.
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw FileFailure.writing("the cursor ", file, e);
        }
    }

    @Override
    public String place() {
        return file.toString();
    }
}
