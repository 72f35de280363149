package io.funcobserver.mysql;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.funcobserver.spool.DurableFiles;

/**
 * Keeps one cursor in {@code cursors/NAME.json}, readable and editable by people.
 *
 * <p>Written beside, flushed to the disk and renamed: after a crash there is the old cursor or the new one, never half of
 * one.
 */
final class CursorFile {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final Path part;

    CursorFile(Path folder, String name) {
        this.file = folder.resolve(name + ".json");
        this.part = folder.resolve(name + ".json.part");
    }

    /**
     * @return null where there is none yet
     * @throws IOException also when the file does not hold a cursor: guessing would lose rows or send them all again
     */
    Cursor read() throws IOException {
        try {
            Cursor cursor = JSON.readValue(Files.readAllBytes(file), Cursor.class);
            Long.parseUnsignedLong(cursor.seq());
            return cursor;
        } catch (NoSuchFileException none) {
            return null;
        } catch (JacksonException | IllegalArgumentException | NullPointerException malformed) {
            throw new IOException(
                    "the cursor " + file + " is not readable as a cursor; correct it, or remove it to begin"
                            + " again as records.start says");
        }
    }

    void write(Cursor cursor) throws IOException {
        DurableFiles.writeSynced(part, JSON.writeValueAsBytes(cursor));
        // The folder is not flushed: after a power failure the old cursor may stand, whole, and its rows are read once
        // more.
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
