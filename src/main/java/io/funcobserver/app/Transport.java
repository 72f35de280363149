package io.funcobserver.app;

import java.io.IOException;
import java.util.function.BiConsumer;
import java.util.function.Function;

import io.funcobserver.delivery.DeadLetterList;
import io.funcobserver.delivery.Deliveries;
import io.funcobserver.mysql.CursorStore;
import io.funcobserver.observe.Destination;
import io.funcobserver.spool.LineBlock;
import org.apache.camel.spi.Registry;

/** What keeps the lines between their source and their delivery, as the property {@code spool} says. */
interface Transport extends AutoCloseable {
    /** Binds what its route files name. */
    void bindTo(Registry registry, Deliveries deliveries);

    /**
     * Takes possession of what is kept, and clears away what a crash left there.
     *
     * @throws io.funcobserver.config.ConfigurationException where it is another process's, or not for us
     */
    void open() throws IOException;

    /** Whether there are lines that should have become a request long ago, and have not. */
    default boolean isBehind() {
        return false;
    }

    /** Who is told of lines that a full target goes without while others take them. */
    default void onDropped(BiConsumer<Destination, LineBlock> told) {
        // Where all targets share one log, it is full for all of them or for none.
    }

    /** Where the tail of a name keeps its cursor. */
    Function<String, CursorStore> cursors();

    DeadLetterList deadLetters();

    /** For another process to open; after the last route has stopped. May be called again. */
    @Override
    void close() throws IOException;
}
