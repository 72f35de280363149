package io.funcobserver.spool;

import io.funcobserver.lineprotocol.Category;

/** Records cannot be taken in now; they are read again when the spool has room. */
public final class SpoolFullException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SpoolFullException(Category category) {
        super("the " + category.id() + " spool is full: its records wait in the database until there is room");
    }
}
