package io.funcobserver.mysql;

import java.io.IOException;

/**
 * Keeps the cursor of one tail.
 *
 * <p>There are two kinds. With the first, lines are safe when {@code direct:append} ends, and the cursor is written behind
 * them. With the second, lines and cursor are one transaction: appended lines are safe when the next cursor is written, and
 * gone, with {@link #isRolledBack} true, when that fails.
 */
public interface CursorStore {
    /**
     * @return what was written last; null where there is none yet
     * @throws IOException when it cannot be read: guessing would lose rows or send them all again
     */
    byte[] read() throws IOException;

    /**
     * @param cursor JSON
     * @throws IOException when it is not certain to be kept
     */
    void write(byte[] cursor) throws IOException;

    /** Whether lines were appended that are only safe with the next cursor. */
    default boolean holdsLines() {
        return false;
    }

    /** Whether lines were appended that are gone, and the cursor behind them too: what was {@link #read} counts again. */
    default boolean isRolledBack() {
        return false;
    }

    /** Whether every replica reads the same cursor: what is missing behind it was then read by none of them. */
    default boolean isShared() {
        return false;
    }

    /** How a message to the user names the place of the cursor. */
    String place();
}
