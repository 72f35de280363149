package io.funcobserver.spool;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

import io.funcobserver.lineprotocol.Category;

/**
 * Lines that wait for others to share a request with: a file that is only appended to.
 *
 * <p>It holds one frame for each block: the length of its lines in bytes, how many lines, the CRC-32C of the lines (three
 * big-endian integers of 4 bytes), and the lines. After a crash the frames that check out are kept; what follows them was
 * never confirmed to anyone.
 *
 * <p>The name of the file is {@code <category>-<kind>-<number>.segment}.
 */
public final class Segment {
    static final String SUFFIX = ".segment";
    private static final Pattern NAME = Pattern.compile("(metric|logging)-(gauge|record)-[0-9a-f]+\\.segment");
    private static final int HEADER = 12;

    private final Path file;
    private final Category category;
    private final Kind kind;
    private FileChannel channel;
    /** Where the lines come from; {@code several} where that is not one place. */
    private String source;

    private long length;
    private long lines;
    private long bytes;
    private long lost;
    private boolean sealed;

    private Segment(Path file, Category category, Kind kind) {
        this.file = file;
        this.category = category;
        this.kind = kind;
    }

    /** Begins a new one. */
    static Segment create(Path folder, Category category, Kind kind, long number) throws IOException {
        String name = category.id() + '-' + kind.id() + '-' + String.format("%016x", number) + SUFFIX;
        Segment segment = new Segment(folder.resolve(name), category, kind);
        segment.channel = DurableFiles.open(segment.file, StandardOpenOption.CREATE_NEW);
        try {
            DurableFiles.syncFolder(folder);
            return segment;
        } catch (IOException e) {
            segment.channel.close();
            DurableFiles.deleteQuietly(segment.file);
            throw e;
        }
    }

    /** Whether a file has the name of a segment. */
    static boolean isSegment(Path file) {
        return NAME.matcher(file.getFileName().toString()).matches();
    }

    /** Takes up what an earlier process left. */
    static Segment recover(Path file) throws IOException {
        String[] parts = file.getFileName().toString().split("-", 3);
        Segment segment = new Segment(file, Category.of(parts[0]), Kind.valueOf(parts[1].toUpperCase(Locale.ROOT)));
        segment.source = "recovered";
        segment.read();
        return segment;
    }

    public Category category() {
        return category;
    }

    public Kind kind() {
        return kind;
    }

    /** The request that is made of its lines, gzipped. */
    LineBlock request(byte[] packed) {
        return new LineBlock(source, category, kind, packed, true, lines, bytes);
    }

    public long lines() {
        return lines;
    }

    /** Whether a block fits into the same request. */
    boolean hasRoomFor(LineBlock block, BatchLimits limits) {
        return bytes + block.bytes() <= limits.maxBytes() && lines + block.lines() <= limits.maxLines();
    }

    /**
     * Appends a block, and brings it to the disk.
     *
     * @throws IOException when that is not certain; nothing of the block counts then, and no other one may be appended
     */
    void append(LineBlock block) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(HEADER + block.content().length);
        frame.putInt(block.content().length)
                .putInt((int) block.lines())
                .putInt(checksum(block.content(), 0, block.content().length))
                .put(block.content())
                .flip();
        try {
            DurableFiles.write(channel, frame);
            channel.force(false);
        } catch (IOException e) {
            try {
                channel.truncate(length);
            } catch (IOException truncating) {
                e.addSuppressed(truncating);
            }
            throw e;
        }
        length += HEADER + block.content().length;
        lines += block.lines();
        bytes += block.bytes();
        source = source == null || source.equals(block.source()) ? block.source() : "several";
    }

    /**
     * The lines of all frames that check out. One that does not, and is followed by one that does, was confirmed and is lost:
     * {@link #lost} counts it.
     */
    byte[] read() throws IOException {
        DurableFiles.size(file);
        byte[] all = Files.readAllBytes(file);
        int size = channel == null ? all.length : (int) Math.min(all.length, length);
        ByteBuffer frames = ByteBuffer.wrap(all, 0, size);
        ByteArrayOutputStream content = new ByteArrayOutputStream(size);
        long good = 0;
        long bad = 0;
        boolean searching = false;
        long missing = 0;
        for (int at = 0; at <= size - HEADER; ) {
            int frameBytes = frames.getInt(at);
            int frameLines = frames.getInt(at + 4);
            int end = at + HEADER + frameBytes;
            boolean possible = isPossible(frameBytes, frameLines, size - at);
            if (possible && checksum(all, at + HEADER, frameBytes) == frames.getInt(at + 8)) {
                content.write(all, at + HEADER, frameBytes);
                good += frameLines;
                missing += bad;
                bad = 0;
                searching = false;
                at = end;
            } else if (possible && isHeader(frames, end)) {
                bad += frameLines;
                at = end;
            } else {
                // Looks on byte by byte: what is damaged may be the very length.
                bad += searching ? 0 : 1;
                searching = true;
                at++;
            }
        }
        // Of one that this process has written, it is known how many lines there were; it may be read again.
        lost = channel == null ? missing : lost + lines - good;
        lines = good;
        bytes = content.size();
        return content.toByteArray();
    }

    private static boolean isPossible(int frameBytes, int frameLines, long left) {
        return frameBytes > 0 && frameLines > 0 && frameLines <= frameBytes && frameBytes <= left - HEADER;
    }

    private static boolean isHeader(ByteBuffer frames, int at) {
        return frames.limit() - at >= HEADER
                && isPossible(frames.getInt(at), frames.getInt(at + 4), frames.limit() - at);
    }

    /** Lines that were confirmed, and could not be read back. */
    long lost() {
        return lost;
    }

    private static int checksum(byte[] bytes, int offset, int length) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, offset, length);
        return (int) checksum.getValue();
    }

    /** A request has been made of its lines, so that only the file is left to be deleted. */
    void sealed() {
        sealed = true;
    }

    boolean isSealed() {
        return sealed;
    }

    /** Its lines are safe elsewhere. */
    void delete() throws IOException {
        close();
        Files.deleteIfExists(file);
    }

    void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
