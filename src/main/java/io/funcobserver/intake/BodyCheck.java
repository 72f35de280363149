package io.funcobserver.intake;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

import io.funcobserver.lineprotocol.Fnv;

/**
 * What has to be known of a body before its first point can be made safe: that it can be unpacked to its end, that it is not
 * too large, that there is a point in it, and its hash.
 *
 * <p>What is small unpacked is kept; what is not is unpacked a second time for its points, so that a body of any size takes
 * no more memory than it takes packed.
 */
final class BodyCheck {
    private static final int KEPT_BYTES = 256 << 10;
    private static final int CHUNK = 16 << 10;

    private final Received received;
    private final long length;
    private final long hash;
    private final byte[] kept;
    private LineScanner lines;

    private BodyCheck(Received received, long length, long hash, byte[] kept) {
        this.length = length;
        this.received = received;
        this.hash = hash;
        this.kept = kept;
    }

    /**
     * @param maxBody the most bytes that it may have unpacked
     * @throws UploadRefusedException when it cannot be used
     */
    static BodyCheck of(Received received, long maxBody) {
        long hash = Fnv.OFFSET_BASIS;
        long length = 0;
        ByteArrayOutputStream kept = received.gzipped() ? new ByteArrayOutputStream(CHUNK) : null;
        try (InputStream in = received.open()) {
            byte[] chunk = new byte
                    [(int) Math.min(
                            CHUNK, received.gzipped() ? CHUNK : received.body().length() + 1)];
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                length += read;
                if (length > maxBody) {
                    throw UploadRefusedException.tooLarge("the body is larger than " + maxBody + " bytes unpacked");
                }
                hash = Fnv.go(hash, chunk, 0, read);
                if (kept != null) {
                    kept.write(chunk, 0, read);
                    kept = kept.size() > KEPT_BYTES ? null : kept;
                }
            }
        } catch (IOException broken) {
            throw UploadRefusedException.malformed("the gzip of the body is broken: it cannot be unpacked to its end");
        }
        BodyCheck check = new BodyCheck(received, length, hash, kept == null ? null : kept.toByteArray());
        check.findPoint();
        return check;
    }

    /** Leaves {@link #lines} at the beginning. */
    private void findPoint() {
        try {
            lines = scan();
            String first = null;
            while (lines.next()) {
                if (lines.isPoint()) {
                    // Nearly always the first line is one, and need not be read twice.
                    lines = first == null ? lines.again() : rescan();
                    return;
                }
                if (first == null) {
                    first = lines.reason() + " at byte " + lines.offset();
                }
            }
            lines.close();
            throw UploadRefusedException.malformed(
                    first == null ? "the body holds no line" : "no line is line protocol; the first one: " + first);
        } catch (IOException e) {
            throw new IllegalStateException("a body that was read once cannot be read again", e);
        }
    }

    private LineScanner rescan() throws IOException {
        lines.close();
        return scan();
    }

    private LineScanner scan() throws IOException {
        InputStream in = kept == null ? received.open() : new ByteArrayInputStream(kept);
        return new LineScanner(in, length, received.precision(), received.share());
    }

    /** The lines, from the beginning; to be asked for once. */
    LineScanner lines() {
        return lines;
    }

    /** In bytes, unpacked. */
    long length() {
        return length;
    }

    /** FNV-1a of the unpacked body, unsigned. */
    long hash() {
        return hash;
    }
}
