package io.funcobserver.spool;

import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * One file of the spool: a finished request, gzipped.
 *
 * <p>The name carries everything that is known of a file, and sorts in the order of writing: {@code
 * <stamp>_<source>_<kind>_<lines>_<bytes>_<checksum>.lp.gz}, the stamp being UTC microseconds like {@code
 * 20261122T181530.123456Z}.
 *
 * @param name of the file
 * @param source where its lines come from, such as the id of a route
 * @param kind what may happen to it when the spool is full
 * @param written when
 * @param lines how many lines it holds
 * @param bytes how many bytes its lines have before gzip
 * @param checksum CRC-32C of the file's content
 */
public record SpoolFile(String name, String source, Kind kind, Instant written, long lines, long bytes, long checksum) {
    /** How the names of all spool files end. */
    public static final String SUFFIX = ".lp.gz";

    /** How a file's name ends while it is being written. */
    public static final String PART = ".part";

    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern(
                    "yyyyMMdd'T'HHmmss.SSSSSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private static final Pattern NAME = Pattern.compile("(\\d{8}T\\d{6}\\.\\d{6}Z)_([A-Za-z0-9.-][A-Za-z0-9._-]*)_"
            + "(gauge|record)_(\\d{1,18})_(\\d{1,18})_([0-9a-f]{8})\\.lp\\.gz");

    private static final Pattern UNSAFE = Pattern.compile("[^A-Za-z0-9.-]");

    /**
     * Names a request that is about to be written.
     *
     * @param request gzipped
     */
    public static SpoolFile of(LineBlock request, Instant written) {
        long checksum = checksum(request.content());
        String name = String.join(
                "_",
                stamp(written),
                safe(request.source()),
                request.kind().id(),
                Long.toString(request.lines()),
                Long.toString(request.bytes()),
                String.format("%08x", checksum) + SUFFIX);
        return new SpoolFile(
                name, request.source(), request.kind(), written, request.lines(), request.bytes(), checksum);
    }

    /** A source as it stands in names. */
    public static String safe(String source) {
        return UNSAFE.matcher(source).replaceAll("-");
    }

    /** A moment as names of files begin with it: they sort by it. */
    public static String stamp(Instant moment) {
        return STAMP.format(moment);
    }

    /** Reads a file's name; empty for one of any other form, as of a file that was put there by hand. */
    public static Optional<SpoolFile> parse(String name) {
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new SpoolFile(
                    name,
                    matcher.group(2),
                    Kind.valueOf(matcher.group(3).toUpperCase(Locale.ROOT)),
                    instant(matcher.group(1)),
                    Long.parseLong(matcher.group(4)),
                    Long.parseLong(matcher.group(5)),
                    Long.parseLong(matcher.group(6), 16)));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** The CRC-32C of a file's content, by which it is known to be, to the bit, what was sealed. */
    public static long checksum(byte[] packed) {
        CRC32C checksum = new CRC32C();
        checksum.update(packed);
        return checksum.getValue();
    }

    /** Names what comes of a file elsewhere: its name without the ending. */
    public static String stem(String name) {
        return name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
    }

    /** Where the earlier answers to a replayed file's lines lie. */
    public static Path history(Path file) {
        return file.resolveSibling(file.getFileName() + ".json");
    }

    /**
     * Read by hand: the formatter takes longer for it than for all else that a file's name is put to.
     *
     * @param stamp in the form of {@link #NAME}
     */
    private static Instant instant(String stamp) {
        return LocalDateTime.of(
                        Integer.parseInt(stamp, 0, 4, 10),
                        Integer.parseInt(stamp, 4, 6, 10),
                        Integer.parseInt(stamp, 6, 8, 10),
                        Integer.parseInt(stamp, 9, 11, 10),
                        Integer.parseInt(stamp, 11, 13, 10),
                        Integer.parseInt(stamp, 13, 15, 10),
                        Integer.parseInt(stamp, 16, 22, 10) * 1000)
                .toInstant(ZoneOffset.UTC);
    }
}
