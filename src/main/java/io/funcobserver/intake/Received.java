package io.funcobserver.intake;

import java.io.IOException;
import java.io.InputStream;

/**
 * A body that has arrived whole.
 *
 * @param body as it came over the wire
 * @param nanos when it came, in UNIX nanoseconds
 * @param share the memory that it holds
 */
record Received(Segments body, boolean gzipped, Precision precision, long nanos, MemoryBudget.Share share) {
    /** The lines, from the beginning. */
    InputStream open() throws IOException {
        InputStream raw = body.open();
        return gzipped ? new Gunzip(raw) : raw;
    }
}
