package io.funcobserver.app;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;

import io.funcobserver.delivery.DeadLetterList;
import io.funcobserver.delivery.Delivery;
import io.funcobserver.lineprotocol.Category;
import io.funcobserver.mysql.CursorStore;
import io.funcobserver.observe.Destination;
import io.funcobserver.spool.Backlog;
import io.funcobserver.spool.LineBlock;
import org.apache.camel.spi.Registry;

/** What keeps the lines between their source and their delivery, as the property {@code spool} says. */
interface Transport extends AutoCloseable {
    /** One for each target and category. */
    List<? extends Backlog> backlogs();

    /** Binds what its route files name. */
    void bindTo(Registry registry, Delivery delivery);

    /**
     * Takes possession of what is kept, and clears away what a crash left there.
     *
     * @throws io.funcobserver.config.ConfigurationException where it is another process's, or not for us
     */
    void open() throws IOException;

    /** When the oldest request of a category was stored that this process is still to deliver; null for none. */
    Instant waitingSince(Category category);

    /** Who is told of lines that a full target goes without while others take them. */
    default void onDropped(BiConsumer<Destination, LineBlock> told) {
        // Where all targets share one log, it is full for all of them or for none.
    }

    /** Whether any target takes a category. */
    Predicate<Category> sent();

    /** Where the tail of a name keeps its cursor. */
    Function<String, CursorStore> cursors();

    DeadLetterList deadLetters();

    /** For another process to open; after the last route has stopped. May be called again. */
    @Override
    void close() throws IOException;
}
