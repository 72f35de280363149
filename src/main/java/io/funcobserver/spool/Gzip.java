package io.funcobserver.spool;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** Packs and unpacks lines; the same lines always give the same bytes. */
public final class Gzip {
    private static final int HEADER = 10;
    private static final int TRAILER = 8;

    /** What stands before the trailer of a member that was flushed before its end: an empty block, and the last block. */
    private static final byte[] FLUSHED_END = {0, 0, (byte) 0xff, (byte) 0xff, 3, 0};

    private static final int LAST_BLOCK = 2;

    /**
     * The fastest level: the target is near, and collecting must not wait for the compressor.
     *
     * <p>Flushed before its end, so that the data ends with a whole byte and {@link #join} can go on behind it.
     */
    private static final class Fast extends GZIPOutputStream {
        Fast(OutputStream out) throws IOException {
            super(out, 65536, true);
            def.setLevel(Deflater.BEST_SPEED);
        }

        @Override
        public void finish() throws IOException {
            flush();
            super.finish();
        }
    }

    private Gzip() {}

    /** Packs what is written; to be closed. */
    static OutputStream packing(OutputStream out) throws IOException {
        return new Fast(out);
    }

    /**
     * One gzip member with the content of all, one after the other.
     *
     * <p>Members may follow one another as they are, says RFC 1952, but not every receiver reads on: QuestDB 9.3 answers 204
     * and keeps the first. What was packed here is joined without unpacking it.
     *
     * @throws IOException when one has to be unpacked and cannot be
     */
    public static byte[] join(List<byte[]> members) throws IOException {
        if (members.size() == 1) {
            return members.get(0);
        }
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        long crc = 0;
        long length = 0;
        for (byte[] given : members) {
            byte[] member = given;
            if (!isJoinable(member)) {
                byte[] content = unpack(member);
                member = pack(content, 0, content.length);
            }
            int begin = joined.size() == 0 ? 0 : HEADER;
            int end = member.length - TRAILER;
            joined.write(member, begin, end - LAST_BLOCK - begin);
            long size = trailer(member, end + 4);
            crc = JoinedCrc.of(crc, trailer(member, end), size);
            length += size;
        }
        joined.write(FLUSHED_END, FLUSHED_END.length - LAST_BLOCK, LAST_BLOCK);
        writeTrailer(joined, crc);
        writeTrailer(joined, length);
        return joined.toByteArray();
    }

    /** Whether it has the plain header of the JDK, and was flushed before its end. */
    private static boolean isJoinable(byte[] member) {
        int end = member.length - TRAILER;
        return end >= HEADER + FLUSHED_END.length
                && member[3] == 0
                && Arrays.equals(member, end - FLUSHED_END.length, end, FLUSHED_END, 0, FLUSHED_END.length);
    }

    private static void writeTrailer(ByteArrayOutputStream out, long value) {
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            out.write((int) (value >>> shift));
        }
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
