package io.funcobserver.delivery;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

import io.funcobserver.observe.Destination;
import io.funcobserver.observe.Metrics;
import io.funcobserver.spool.DurableFiles;
import io.funcobserver.spool.Lines;
import io.funcobserver.spool.SpoolFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The lines of one target and category that were given up: {@code NAME.lp} with the lines, {@code NAME.json} with why. */
public final class DeadLetters {
    static final String LINES = ".lp";
    static final String REPORT = ".json";

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);
    private static final String FULL = "dead_letter_full";

    /**
     * One dead letter, as a table shows it.
     *
     * @param file its name, without folder and ending
     * @param when ISO-8601 in UTC, empty when unknown
     * @param status the HTTP status, 0 when the lines were never sent
     */
    public record Entry(
            String file, Destination destination, long lines, String when, int status, String reason, String answer) {
        /** @param report null where it is missing or damaged */
        public static Entry of(Replay.Letter id, DeadLetterReport report, long lines) {
            return report == null
                    ? new Entry(id.name(), id.destination(), lines, "", 0, "unknown: its report is missing", "")
                    : new Entry(
                            id.name(),
                            id.destination(),
                            report.lines(),
                            Objects.requireNonNullElse(report.when(), ""),
                            report.status(),
                            Objects.requireNonNullElse(report.reason(), "unknown: its report does not say"),
                            Objects.requireNonNullElse(report.answer(), ""));
        }
    }

    private final Path folder;
    private final Destination destination;
    private final long maxSize;
    private final Metrics metrics;
    private final TreeMap<String, Long> sizes = new TreeMap<>();

    /**
     * @param maxSize bytes on disk above which the oldest dead letters are dropped
     * @param metrics may be null where none are kept, as in the commands that only look
     */
    public DeadLetters(Path folder, Destination destination, long maxSize, Metrics metrics) {
        this.folder = folder;
        this.destination = destination;
        this.maxSize = maxSize;
        this.metrics = metrics;
    }

    public Destination destination() {
        return destination;
    }

    /** Creates the folder and removes what a crash left half-written. */
    public synchronized void open() throws IOException {
        DurableFiles.openFolder(folder);
        Set<String> lines = new HashSet<>(names(LINES));
        for (String name : names(REPORT)) {
            if (!lines.contains(name)) {
                DurableFiles.deleteQuietly(folder.resolve(name + REPORT));
            }
        }
        measure();
        metrics.gauge("dead_letter_files", this, DeadLetters::files, destination.labels());
        metrics.pointsDropped(destination, FULL, 0);
    }

    /**
     * Writes a dead letter's two files durably, the report first, and drops the oldest ones above the limit. The same letter
     * written again takes the place of the first.
     *
     * @param report as JSON
     */
    public synchronized void write(DeadLetter letter, byte[] report) throws IOException {
        String name = letter.name();
        DurableFiles.replace(folder.resolve(name + REPORT), report);
        DurableFiles.replace(folder.resolve(name + LINES), letter.lines());
        sizes.put(name, size(name));
        metrics.deadLetterLines(destination, letter.report().lines());
        dropAboveLimit(name);
    }

    /** What is there, oldest first. */
    public List<Entry> list() throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (String name : names(LINES)) {
            try {
                entries.add(entry(name));
            } catch (NoSuchFileException e) {
                LOG.debug("{} went away while the dead letters were listed", name);
            }
        }
        return entries;
    }

    /** As many of the newest as are asked for, in no order: there may be thousands. */
    List<Entry> newest(int limit) {
        List<Entry> entries = new ArrayList<>();
        try {
            List<String> names = names(LINES);
            for (String name : names.subList(Math.max(0, names.size() - limit), names.size())) {
                entries.add(entry(name));
            }
        } catch (IOException e) {
            LOG.debug("{} cannot be listed whole", folder, e);
        }
        return entries;
    }

    /** The names of what is there, oldest first. */
    List<String> names() throws IOException {
        return names(LINES);
    }

    /** How many dead letters there are. */
    public int files() {
        try {
            return names(LINES).size();
        } catch (IOException e) {
            return 0;
        }
    }

    /** @throws NoSuchFileException when it is gone */
    byte[] read(String name) throws IOException {
        return Files.readAllBytes(folder.resolve(name + LINES));
    }

    /** Null when there is none, or none that can be read. */
    DeadLetterReport report(String name) {
        try {
            Path report = folder.resolve(name + REPORT);
            DurableFiles.size(report);
            return DeadLetterReport.parse(Files.readString(report));
        } catch (IOException e) {
            return null;
        }
    }

    void delete(String name) throws IOException {
        Files.deleteIfExists(folder.resolve(name + LINES));
        // Without its lines a report is nothing: the next start clears it away.
        DurableFiles.deleteQuietly(folder.resolve(name + REPORT));
    }

    private Entry entry(String name) throws IOException {
        DeadLetterReport report = report(name);
        return Entry.of(new Replay.Letter(destination, name), report, report == null ? countLines(name) : 0);
    }

    /** 0 where the file cannot be read: one that belongs to another user is to spoil neither the list nor the delivery. */
    private long countLines(String name) throws NoSuchFileException {
        try (InputStream in = Files.newInputStream(folder.resolve(name + LINES))) {
            return Lines.count(in);
        } catch (NoSuchFileException e) {
            throw e;
        } catch (IOException e) {
            LOG.debug("{} cannot be read", name, e);
            return 0;
        }
    }

    private void dropAboveLimit(String newest) throws IOException {
        if (total() <= maxSize) {
            return;
        }
        // Replayed and deleted ones may still be counted.
        measure();
        while (total() > maxSize && !sizes.firstKey().equals(newest)) {
            String oldest = sizes.pollFirstEntry().getKey();
            DeadLetterReport report = report(oldest);
            long lines = report == null ? countLines(oldest) : report.lines();
            delete(oldest);
            metrics.pointsDropped(destination, FULL, lines);
            LOG.warn(
                    "Dropped the oldest dead letter {} ({} lines): {} has reached dead-letter.max-size ({} bytes);"
                            + " replay or delete dead letters, or raise the limit",
                    oldest,
                    lines,
                    folder,
                    maxSize);
        }
    }

    private void measure() throws IOException {
        sizes.clear();
        for (String name : names(LINES)) {
            sizes.put(name, size(name));
        }
    }

    private long total() {
        return sizes.values().stream().mapToLong(Long::longValue).sum();
    }

    private long size(String name) throws IOException {
        long size = 0;
        for (String ending : List.of(LINES, REPORT)) {
            try {
                size += Files.size(folder.resolve(name + ending));
            } catch (NoSuchFileException e) {
                LOG.debug("{}{} is not there", name, ending);
            }
        }
        return size;
    }

    /** What befell a replayed file's lines before, oldest first; none where that is not known. */
    static List<DeadLetterReport> history(Path spoolFile) {
        Path history = SpoolFile.history(spoolFile);
        if (!Files.isRegularFile(history)) {
            return List.of();
        }
        try {
            return DeadLetterReport.parseHistory(Files.readString(history));
        } catch (IOException e) {
            LOG.warn("The history of {} cannot be read: {}", spoolFile, e.getMessage());
            return List.of();
        }
    }

    /** Names without the ending, sorted; none when the folder does not exist yet. */
    private List<String> names(String ending) throws IOException {
        List<String> names = new ArrayList<>();
        try {
            for (Path path : DurableFiles.list(folder, "*" + ending)) {
                String file = path.getFileName().toString();
                names.add(file.substring(0, file.length() - ending.length()));
            }
        } catch (NoSuchFileException e) {
            return List.of();
        }
        names.sort(null);
        return names;
    }
}
