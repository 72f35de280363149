package io.funcobserver.spool;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** Packs and unpacks lines; the same lines always give the same bytes, in one gzip member. */
public final class Gzip {
    private static final int BUFFER = 65536;

    /** The fastest level: the figures that chose it are in docs/benchmark.md. */
    private static final class Fast extends GZIPOutputStream {
        Fast(OutputStream out) throws IOException {
            super(out, BUFFER);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }

    private Gzip() {}

    /** Packs what is written; to be closed. */
    static OutputStream packing(OutputStream out) throws IOException {
        return new Fast(out);
    }

    public static byte[] pack(byte[] bytes, int from, int to) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream((to - from) / 4 + 64);
        try (OutputStream out = new Fast(packed)) {
            out.write(bytes, from, to - from);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }

    /** @throws IOException when these are not one or several whole gzip members */
    public static byte[] unpack(byte[] packed) throws IOException {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed), BUFFER)) {
            return in.readAllBytes();
        }
    }

    /** What comes out before the first damage. */
    public static byte[] unpackWhatCanBe(byte[] packed) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed), BUFFER)) {
            in.transferTo(content);
        } catch (IOException e) {
            // The caller knows that it is damaged.
        }
        return content.toByteArray();
    }

    /**
     * Counts the lines of gzipped content without keeping it.
     *
     * @throws IOException when it is not one or several whole gzip members
     */
    public static long countLines(byte[] packed) throws IOException {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed), BUFFER)) {
            return Lines.count(in);
        }
    }
}
