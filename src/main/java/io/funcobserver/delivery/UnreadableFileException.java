package io.funcobserver.delivery;

import java.io.IOException;

/** A file of the spool cannot be read. */
public final class UnreadableFileException extends IOException {
    private static final long serialVersionUID = 1L;

    UnreadableFileException(String message, IOException cause) {
        super(message, cause);
    }
}
