package io.funcobserver.intake;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;

import io.funcobserver.lineprotocol.Category;
import io.vertx.core.net.SocketAddress;

/**
 * A body that has arrived whole.
 *
 * @param category where its points belong
 * @param body as it came over the wire
 * @param precision the unit of its timestamps
 * @param nanos when it came, in UNIX nanoseconds
 * @param sender null where it is not known
 * @param share the memory that it holds
 */
record Received(
        Category category,
        Segments body,
        boolean gzipped,
        TimeUnit precision,
        long nanos,
        SocketAddress sender,
        MemoryBudget.Share share) {
    /** The lines, from the beginning. */
    InputStream open() throws IOException {
        InputStream raw = body.open();
        return gzipped ? new Gunzip(raw) : raw;
    }
}
