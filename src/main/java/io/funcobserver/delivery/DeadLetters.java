package io.funcobserver.delivery;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.funcobserver.config.Settings;
import io.funcobserver.config.TargetSettings;
import io.funcobserver.observe.Destination;
import io.funcobserver.observe.Metrics;
import io.funcobserver.spool.DurableFiles;
import io.funcobserver.spool.Lines;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lines that were given up, in a folder for each target and category: {@code NAME.lp} with the lines, {@code NAME.json}
 * with why.
 */
public final class DeadLetters implements DeadLetterList {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);
    private static final String LINES = ".lp";
    private static final String REPORT = ".json";
    private static final String FULL = "dead_letter_full";

    /** One dead letter, as a table shows it. */
    public record Entry(DeadLetterId id, DeadLetterReport report) {}

    private final Path root;
    private final List<Destination> destinations;
    private final long maxSize;
    private final Metrics metrics;
    /** Bytes on disk; what was replayed meanwhile is still in it. */
    private final Map<Destination, Long> sizes = new HashMap<>();

    /**
     * @param maxSize bytes on disk for each target and category, above which the oldest dead letters are dropped
     * @param metrics may be null where none are kept, as in the commands that only look
     */
    public DeadLetters(Path root, List<Destination> destinations, long maxSize, Metrics metrics) {
        this.root = root;
        this.destinations = List.copyOf(destinations);
        this.maxSize = maxSize;
        this.metrics = metrics;
    }

    /** Those of the settings; metrics as above. */
    public static DeadLetters of(Settings settings, Metrics metrics) {
        return new DeadLetters(
                Path.of(settings.text("data.directory")).resolve("dead-letter"),
                Destination.all(
                        settings.targets().stream().map(TargetSettings::name).toList()),
                settings.size("dead-letter.max-size"),
                metrics);
    }

    /** Creates the folders and removes what a crash left half-written. */
    public synchronized void open() throws IOException {
        for (Destination to : destinations) {
            DurableFiles.openFolder(folder(to));
            Set<String> lines = new HashSet<>(names(to, LINES));
            for (String report : names(to, REPORT)) {
                if (!lines.contains(report)) {
                    DurableFiles.deleteQuietly(folder(to).resolve(report + REPORT));
                }
            }
            long size = 0;
            for (String name : lines) {
                size += size(new DeadLetterId(to, name));
            }
            sizes.put(to, size);
            metrics.gauge("dead_letter_files", this, all -> all.ids(to).size(), to.labels());
            metrics.pointsDropped(to, FULL, 0);
        }
    }

    /**
     * Writes a dead letter's two files durably, the report first, and drops the oldest ones above the limit. The same letter
     * written again takes the place of the first.
     *
     * @param report as JSON
     */
    public synchronized void write(DeadLetter letter, byte[] report) throws IOException {
        DeadLetterId id = letter.id();
        DurableFiles.replace(file(id, REPORT), report);
        DurableFiles.replace(file(id, LINES), letter.lines());
        metrics.deadLetterLines(id.destination(), letter.report().lines());
        if (sizes.merge(id.destination(), size(id), Long::sum) > maxSize) {
            dropAboveLimit(id);
        }
    }

    private void dropAboveLimit(DeadLetterId newest) throws IOException {
        Destination to = newest.destination();
        List<DeadLetterId> letters = ids(to);
        long size = 0;
        for (DeadLetterId letter : letters) {
            size += size(letter);
        }
        for (DeadLetterId oldest : letters) {
            if (size <= maxSize || oldest.equals(newest)) {
                break;
            }
            size -= size(oldest);
            long lines = entry(oldest).report().lines();
            delete(oldest);
            metrics.pointsDropped(to, FULL, lines);
            LOG.warn(
                    "Dropped the oldest dead letter {} ({} lines): {} has reached dead-letter.max-size ({} bytes);"
                            + " replay or delete dead letters, or raise the limit",
                    oldest.name(),
                    lines,
                    folder(to),
                    maxSize);
        }
        sizes.put(to, size);
    }

    /** What is there, by target and category, oldest first. */
    public List<Entry> list() throws IOException {
        return entries(ids());
    }

    /** Only the reports of so many are read: there may be thousands. */
    @Override
    public List<Entry> newest(int limit) {
        List<Entry> newest = new ArrayList<>();
        for (Destination to : destinations) {
            List<DeadLetterId> there = ids(to);
            newest.addAll(entries(there.subList(Math.max(0, there.size() - limit), there.size())));
        }
        newest.sort(Comparator.comparing((Entry entry) -> entry.report().when()).reversed());
        return newest.subList(0, Math.min(limit, newest.size()));
    }

    @Override
    public long count() {
        return destinations.stream().mapToLong(to -> ids(to).size()).sum();
    }

    private List<Entry> entries(List<DeadLetterId> ids) {
        List<Entry> entries = new ArrayList<>();
        for (DeadLetterId id : ids) {
            try {
                entries.add(entry(id));
            } catch (NoSuchFileException e) {
                LOG.debug("{} went away while the dead letters were listed", id.name());
            }
        }
        return entries;
    }

    private Entry entry(DeadLetterId id) throws NoSuchFileException {
        DeadLetterReport report = report(id);
        return new Entry(id, report.isMissing() ? DeadLetterReport.missing(countLines(id)) : report);
    }

    /** 0 where the file cannot be read: one that belongs to another user is to spoil neither the list nor the delivery. */
    private long countLines(DeadLetterId id) throws NoSuchFileException {
        try (InputStream in = Files.newInputStream(file(id, LINES))) {
            return Lines.count(in);
        } catch (NoSuchFileException e) {
            throw e;
        } catch (IOException e) {
            LOG.debug("{} cannot be read", id.name(), e);
            return 0;
        }
    }

    /** All of them, by target and category, oldest first. */
    List<DeadLetterId> ids() throws IOException {
        List<DeadLetterId> ids = new ArrayList<>();
        for (Destination to : destinations) {
            names(to, LINES).forEach(name -> ids.add(new DeadLetterId(to, name)));
        }
        return ids;
    }

    /** Oldest first; none where they cannot be listed. */
    private List<DeadLetterId> ids(Destination to) {
        try {
            return names(to, LINES).stream()
                    .map(name -> new DeadLetterId(to, name))
                    .toList();
        } catch (IOException e) {
            LOG.debug("{} cannot be listed", folder(to), e);
            return List.of();
        }
    }

    /** @throws NoSuchFileException when it is gone */
    byte[] read(DeadLetterId id) throws IOException {
        return Files.readAllBytes(file(id, LINES));
    }

    DeadLetterReport report(DeadLetterId id) {
        try {
            DurableFiles.size(file(id, REPORT));
            return DeadLetterReport.parse(Files.readString(file(id, REPORT)), 0);
        } catch (IOException e) {
            return DeadLetterReport.missing(0);
        }
    }

    void delete(DeadLetterId id) throws IOException {
        Files.deleteIfExists(file(id, LINES));
        // Without its lines a report is nothing: the next start clears it away.
        DurableFiles.deleteQuietly(file(id, REPORT));
    }

    private Path folder(Destination to) {
        return root.resolve(to.target()).resolve(to.category().id());
    }

    private Path file(DeadLetterId id, String ending) {
        return folder(id.destination()).resolve(id.name() + ending);
    }

    /** 0 for what is not there. */
    private long size(DeadLetterId id) {
        return file(id, LINES).toFile().length() + file(id, REPORT).toFile().length();
    }

    /** Names without the ending, sorted; none when the folder does not exist yet. */
    private List<String> names(Destination to, String ending) throws IOException {
        try {
            return DurableFiles.list(folder(to), "*" + ending).stream()
                    .map(path -> path.getFileName().toString())
                    .map(file -> file.substring(0, file.length() - ending.length()))
                    .sorted()
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }
}
