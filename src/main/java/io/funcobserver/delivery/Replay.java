package io.funcobserver.delivery;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

import io.funcobserver.spool.BatchLimits;
import io.funcobserver.spool.DurableFiles;
import io.funcobserver.spool.Gzip;
import io.funcobserver.spool.Lines;
import io.funcobserver.spool.SpoolFile;

/**
 * Puts dead letters back on their way to the target, whether the product runs on the same data directory or not.
 *
 * <p>A dead letter is deleted when its lines are safe in the spool; a crash in between sends it twice, and never loses
 * it.
 */
public final class Replay {
    /** Is told how far it has got, after each dead letter. */
    @FunctionalInterface
    public interface Progress {
        /** @param lines how many lines are on their way by now */
        void progress(int filesDone, int files, long lines);
    }

    /**
     * What came of it.
     *
     * @param files how many dead letters are on their way
     * @param lines how many lines that are
     * @param errors one line for each dead letter that could not be replayed
     */
    public record Result(int files, long lines, List<String> errors) {}

    private static final String LOCK = "replay.lock";

    /** Folder for files that are being written, on the file system of the spool. */
    private static final String WORK = "replaying";

    private final DeadLetterFolders folders;
    private final Path dataDirectory;
    private final BatchLimits limits;
    private final Clock clock;
    private Instant newest = Instant.EPOCH;

    /** @param dataDirectory {@code data.directory}, which holds {@code spool} and {@code dead-letter} */
    public Replay(DeadLetterFolders folders, Path dataDirectory, BatchLimits limits, Clock clock) {
        this.folders = folders;
        this.dataDirectory = dataDirectory;
        this.limits = limits;
        this.clock = clock;
    }

    /**
     * Replays the named dead letters.
     *
     * @param files names as {@link DeadLetters#list} gives them, with or without folder and ending; empty for all
     * @throws IOException when another replay is at work on the data directory, or it cannot be read
     */
    public Result replay(List<String> files, Progress progress) throws IOException {
        Path folder = dataDirectory.resolve("dead-letter");
        DurableFiles.createFolder(folder);
        Path lockFile = folder.resolve(LOCK);
        try (FileChannel channel = DurableFiles.open(lockFile);
                FileLock lock = lock(channel)) {
            if (lock == null) {
                throw new IOException("another replay is at work on " + dataDirectory + ": wait until it has ended");
            }
            DurableFiles.restrict(lockFile);
            DurableFiles.createFolder(folder.resolve(WORK));
            deleteParts(folder.resolve(WORK));
            return replayAlone(files, progress);
        }
    }

    /** Removes what a replay left half-written when it was killed, unless one is at work now. */
    public void clean() throws IOException {
        Path folder = dataDirectory.resolve("dead-letter");
        if (!Files.exists(folder.resolve(WORK))) {
            return;
        }
        try (FileChannel channel = DurableFiles.open(folder.resolve(LOCK));
                FileLock lock = lock(channel)) {
            if (lock != null) {
                deleteParts(folder.resolve(WORK));
            }
        }
    }

    private static void deleteParts(Path work) throws IOException {
        try (DirectoryStream<Path> parts = Files.newDirectoryStream(work)) {
            for (Path part : parts) {
                Files.deleteIfExists(part);
            }
        }
    }

    private static FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private Result replayAlone(List<String> files, Progress progress) throws IOException {
        List<String> names = files.isEmpty() ? all() : files;
        List<String> errors = new ArrayList<>();
        int done = 0;
        long lines = 0;
        for (String name : names) {
            try {
                lines += replay(name);
                done++;
            } catch (NoSuchFileException e) {
                errors.add("there is no dead letter \"" + name + "\" (any more); see func-observer dead-letters");
            } catch (IOException e) {
                errors.add("\"" + name + "\" cannot be replayed: " + e.getMessage());
            }
            progress.progress(done + errors.size(), names.size(), lines);
        }
        return new Result(done, lines, errors);
    }

    private List<String> all() throws IOException {
        List<String> names = new ArrayList<>();
        for (DeadLetters folder : folders.all()) {
            for (DeadLetters.Entry entry : folder.list()) {
                names.add(folder.category().id() + '/' + entry.file());
            }
        }
        return names;
    }

    private long replay(String given) throws IOException {
        int slash = Math.max(given.lastIndexOf('/'), given.lastIndexOf('\\'));
        String name = given.substring(slash + 1).replaceAll("\\.(lp|json)$", "");
        String parent =
                slash < 0 ? "" : Path.of(given).getParent().getFileName().toString();
        for (DeadLetters folder : folders.all()) {
            if (folder.holds(name)
                    && (parent.isEmpty() || parent.equals(folder.category().id()))) {
                return replay(folder, name);
            }
        }
        throw new NoSuchFileException(given);
    }

    private long replay(DeadLetters folder, String name) throws IOException {
        byte[] bytes = folder.read(name);
        List<Integer> ends = new ArrayList<>();
        Lines splitter = new Lines(end -> ends.add((int) end));
        splitter.feed(bytes, 0, bytes.length);
        splitter.finish();
        if (ends.isEmpty()) {
            throw new IOException("it holds no lines");
        }
        DeadLetterReport report = folder.report(name);
        String measurement = name.replaceFirst("^[^_]*_", "").replaceFirst("(_replay)?_[^_]*$", "");
        int from = 0;
        int lines = 0;
        for (int i = 0; i < ends.size(); i++) {
            lines++;
            boolean last = i == ends.size() - 1;
            if (last || lines == limits.maxLines() || ends.get(i + 1) - from > limits.maxBytes()) {
                spool(folder, measurement, bytes, from, ends.get(i), lines, report);
                from = ends.get(i);
                lines = 0;
            }
        }
        folder.delete(name);
        return ends.size();
    }

    private void spool(
            DeadLetters folder, String measurement, byte[] bytes, int from, int to, int lines, DeadLetterReport report)
            throws IOException {
        Path spool = dataDirectory.resolve("spool").resolve(folder.category().id());
        DurableFiles.createFolder(spool);
        Path work = dataDirectory.resolve("dead-letter").resolve(WORK);
        String name = SpoolFile.name(stamp(), measurement, SpoolFile.Kind.REPLAY, lines, to - from);
        // Not written where it will lie: a product that starts now clears half-written files away from its spool.
        if (report != null) {
            Path history = work.resolve(name + ".json" + SpoolFile.PART);
            DurableFiles.write(history, Reports.write(report.asHistory()));
            DurableFiles.seal(history, spool.resolve(name + ".json"));
        }
        Path part = work.resolve(name + SpoolFile.PART);
        DurableFiles.write(part, Gzip.pack(bytes, from, to));
        DurableFiles.seal(part, spool.resolve(name));
    }

    private Instant stamp() {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        newest = now.isAfter(newest) ? now : newest.plus(1, ChronoUnit.MICROS);
        return newest;
    }
}
