package io.funcobserver.spool;

import java.io.IOException;
import java.io.UncheckedIOException;

import io.funcobserver.lineprotocol.Category;

/**
 * Whole lines that a source appends to the spool: the body of {@code direct:append}.
 *
 * @param source what is shown as the origin of the lines, such as a route's id
 * @param content the lines, each with its line feed; the block owns the array
 * @param gzipped whether {@code content} is one gzip member and as such a finished request; otherwise the lines share a
 *     request with those of other blocks
 * @param lines how many lines
 * @param bytes how many bytes the lines have before gzip
 */
public record LineBlock(
        String source, Category category, Kind kind, byte[] content, boolean gzipped, long lines, long bytes) {
    /** Plain lines, which share a request with others. */
    public static LineBlock plain(String source, Category category, Kind kind, byte[] content, long lines) {
        return new LineBlock(source, category, kind, content, false, lines, content.length);
    }

    /** The lines themselves. */
    public byte[] unpacked() {
        try {
            return gzipped ? Gzip.unpack(content) : content;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
