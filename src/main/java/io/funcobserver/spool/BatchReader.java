package io.funcobserver.spool;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads the files of a batch, and finds out whether each can be read by the receiver too. */
public final class BatchReader {
    private final Spool spool;

    public BatchReader(Spool spool) {
        this.spool = spool;
    }

    /** What came of reading: a batch, or the first damaged file, or neither when all files are gone. */
    public record Result(Batch batch, Damage damage) {}

    /** @throws IOException when a file is there and cannot be read */
    public Result read(List<SpoolFile> files) throws IOException {
        List<SpoolFile> found = new ArrayList<>();
        List<byte[]> members = new ArrayList<>();
        long lines = 0;
        long bytes = 0;
        for (SpoolFile file : files) {
            byte[] packed;
            try {
                packed = Files.readAllBytes(file.path());
            } catch (NoSuchFileException e) {
                spool.vanished(file);
                continue;
            }
            if (spool.isAsAnnounced(file, packed)) {
                bytes += file.bytes();
            } else {
                Counter counter = new Counter();
                String reason = Gzip.check(packed, counter);
                if (reason != null) {
                    return new Result(null, damage(file, packed, reason));
                }
                bytes += counter.bytes;
            }
            found.add(file);
            members.add(packed);
            lines += file.lines();
        }
        return new Result(found.isEmpty() ? null : new Batch(found, lines, bytes, Gzip.join(members)), null);
    }

    private static Damage damage(SpoolFile file, byte[] packed, String reason) {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        Gzip.check(packed, read);
        byte[] raw = read.toByteArray();
        long[] whole = new long[2];
        Lines lines = new Lines(end -> {
            whole[0] = end;
            whole[1]++;
        });
        lines.feed(raw, 0, raw.length);
        if (endsWhole(packed)) {
            lines.finish();
        }
        int end = (int) whole[0];
        byte[] rest = Arrays.copyOfRange(raw, end, raw.length);
        long lost = Math.max(file.lines() - whole[1], new String(rest, StandardCharsets.UTF_8).isBlank() ? 0 : 1);
        byte[] kept = Arrays.copyOf(raw, end > 0 && raw[end - 1] != '\n' ? end + 1 : end);
        if (kept.length > end) {
            kept[end] = '\n';
        }
        return new Damage(file, kept, whole[1], rest, lost, reason);
    }

    /** Whether the content is whole, although something follows it. */
    private static boolean endsWhole(byte[] packed) {
        try {
            Gzip.unpack(packed);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static final class Counter extends OutputStream {
        private long bytes;

        @Override
        public void write(int b) {
            bytes++;
        }

        @Override
        public void write(byte[] b, int offset, int length) {
            bytes += length;
        }
    }
}
