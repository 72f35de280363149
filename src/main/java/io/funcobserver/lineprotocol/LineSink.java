package io.funcobserver.lineprotocol;

/** Takes lines one by one. */
@FunctionalInterface
public interface LineSink {
    /**
     * Takes one whole line.
     *
     * @param bytes holds the line; reused for the next one, so a sink copies what it keeps
     * @param length the line's length in bytes with its line feed
     */
    void line(byte[] bytes, int offset, int length);
}
