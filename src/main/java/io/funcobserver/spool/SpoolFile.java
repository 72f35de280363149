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

/**
 * One file of the spool: gzipped lines that wait for their delivery.
 *
 * <p>The name carries everything that is known of a file, and sorts in the order of writing: {@code
 * <stamp>_<route-id>_<kind>_<lines>_<bytes>.lp.gz}, the stamp being UTC microseconds like {@code
 * 20261122T181530.123456Z}.
 *
 * @param path where the file lies
 * @param measurement id of the route that wrote it; empty for a file that was put there by hand
 * @param kind what may happen to it
 * @param written the stamp of its name; of a file put there by hand, its time of modification
 * @param lines how many lines it holds
 * @param bytes how many bytes its lines have before gzip
 * @param size how many bytes it takes on disk
 */
public record SpoolFile(Path path, String measurement, Kind kind, Instant written, long lines, long bytes, long size) {
    /** How the names of all spool files end. */
    public static final String SUFFIX = ".lp.gz";

    /** How a file's name ends while it is being written. */
    public static final String PART = ".part";

    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern(
                    "yyyyMMdd'T'HHmmss.SSSSSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private static final Pattern NAME =
            Pattern.compile("(\\d{8}T\\d{6}\\.\\d{6}Z)_(.+)_(gauge|record|replay)_(\\d{1,18})_(\\d{1,18})\\.lp\\.gz");

    private static final Pattern UNSAFE = Pattern.compile("[^A-Za-z0-9._-]");

    /** What a spool file may be treated like. */
    public enum Kind {
        /** Samples: the oldest are dropped when the spool is full. */
        GAUGE,
        /** Records: never dropped. */
        RECORD,
        /** Dead letters on their way back: never dropped, never joined with other files. */
        REPLAY,
        /** Put there by hand, under a name of any form: treated like {@link #REPLAY}. */
        FOREIGN;

        String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Whether other files may go into one request with it. */
    boolean joinable() {
        return kind == Kind.GAUGE || kind == Kind.RECORD;
    }

    public String name() {
        return path.getFileName().toString();
    }

    /** Its name without the ending. */
    String plainName() {
        return name().substring(0, name().length() - SUFFIX.length());
    }

    /** Names what comes of the file elsewhere: {@code <stamp>_<route-id>}, unique within its folder. */
    public String stem() {
        String stamp = STAMP.format(written) + '_';
        return switch (kind) {
            case GAUGE, RECORD -> stamp + measurement;
            case REPLAY -> stamp + measurement + "_replay";
            case FOREIGN -> stamp + plainName();
        };
    }

    /** Sorts like the order of writing. */
    String order() {
        return kind == Kind.FOREIGN ? STAMP.format(written) + '_' + name() : name();
    }

    /** The name of a file written at that moment. */
    public static String name(Instant stamp, String measurement, Kind kind, long lines, long bytes) {
        String safe = UNSAFE.matcher(measurement).replaceAll("-");
        return STAMP.format(stamp) + '_' + safe + '_' + kind.id() + '_' + lines + '_' + bytes + SUFFIX;
    }

    /** Reads the file's name; empty for a name of any other form. */
    static Optional<SpoolFile> parse(Path path, long size) {
        Matcher matcher = NAME.matcher(path.getFileName().toString());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new SpoolFile(
                    path,
                    matcher.group(2),
                    Kind.valueOf(matcher.group(3).toUpperCase(Locale.ROOT)),
                    instant(matcher.group(1)),
                    Long.parseLong(matcher.group(4)),
                    Long.parseLong(matcher.group(5)),
                    size));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
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
