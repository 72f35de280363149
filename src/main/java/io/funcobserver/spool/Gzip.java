package io.funcobserver.spool;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** Packs and unpacks lines; the same lines always give the same bytes. */
public final class Gzip {
    /** The fastest level: the target is near, and collecting must not wait for the compressor. */
    private static final class Fast extends GZIPOutputStream {
        Fast(OutputStream out) throws IOException {
            super(out, 65536);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }

    private Gzip() {}

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
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed), 65536)) {
            return in.readAllBytes();
        }
    }

    /**
     * Reads to the end or to the first damage.
     *
     * @param raw takes what could be read
     * @return what is damaged, null when nothing is
     */
    static String check(byte[] packed, OutputStream raw) {
        CRC32 crc = new CRC32();
        long length = 0;
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed), 65536)) {
            byte[] buffer = new byte[65536];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                raw.write(buffer, 0, n);
                crc.update(buffer, 0, n);
                length += n;
            }
        } catch (IOException e) {
            return e.getMessage() == null ? e.toString() : e.getMessage();
        }
        // The JDK overlooks what follows the last member, and a receiver may not: its trailer must be the file's end.
        boolean whole = trailer(packed, packed.length - 8) == crc.getValue()
                && trailer(packed, packed.length - 4) == (length & 0xffffffffL);
        return whole ? null : "more than one gzip member, or something behind it";
    }

    private static long trailer(byte[] packed, int at) {
        return packed[at] & 0xffL
                | (packed[at + 1] & 0xffL) << 8
                | (packed[at + 2] & 0xffL) << 16
                | (packed[at + 3] & 0xffL) << 24;
    }
}
