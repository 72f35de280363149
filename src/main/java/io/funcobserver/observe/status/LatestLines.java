package io.funcobserver.observe.status;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPInputStream;

/**
 * A line of what each source handed over last, as the page shows it.
 *
 * <p>Of each block the first line is taken, no more than {@value #MAX_BYTES} bytes of it, and of each source one a second: no
 * block is unpacked as a whole. Bounded: {@value #MAX_SOURCES} sources.
 */
public final class LatestLines {
    static final int MAX_BYTES = 600;
    static final int MAX_SOURCES = 100;
    private static final long PAUSE_MILLIS = 1000;

    private record Latest(long atMillis, String line) {}

    private final Map<String, Latest> latest = new ConcurrentHashMap<>();
    private final Clock clock;

    public LatestLines(Clock clock) {
        this.clock = clock;
    }

    /**
     * Looks at a block of whole lines on its way into the spool, and keeps nothing of it but its first line.
     *
     * @param gzipped whether {@code content} is gzip
     */
    public void block(String source, byte[] content, boolean gzipped) {
        long now = clock.millis();
        Latest before = latest.get(source);
        boolean soonAgain = before != null && Math.abs(now - before.atMillis()) < PAUSE_MILLIS;
        if (soonAgain || (before == null && latest.size() >= MAX_SOURCES)) {
            return;
        }
        String line = firstLine(content, gzipped);
        if (!line.isEmpty()) {
            latest.put(source, new Latest(now, line));
        }
    }

    /** Null when there was none yet; cut after {@value #MAX_BYTES} bytes. */
    String of(String source) {
        Latest known = latest.get(source);
        return known == null ? null : known.line();
    }

    private static String firstLine(byte[] content, boolean gzipped) {
        try (InputStream plain = new ByteArrayInputStream(content);
                InputStream in = gzipped ? new GZIPInputStream(plain) : plain) {
            byte[] start = in.readNBytes(MAX_BYTES);
            int end = 0;
            while (end < start.length && start[end] != '\n') {
                end++;
            }
            String line = new String(start, 0, end, StandardCharsets.UTF_8);
            // Where it ends within a character, the rest of that would be shown as a mark.
            return end < MAX_BYTES ? line : line.replaceFirst("\uFFFD+$", "");
        } catch (IOException e) {
            // What is not gzip is a matter of the spool, which says so.
            return "";
        }
    }
}
