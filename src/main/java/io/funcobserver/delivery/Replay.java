package io.funcobserver.delivery;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import io.funcobserver.lineprotocol.Category;
import io.funcobserver.spool.BatchLimits;
import io.funcobserver.spool.DurableFiles;
import io.funcobserver.spool.Gzip;
import io.funcobserver.spool.Kind;
import io.funcobserver.spool.Lines;
import io.funcobserver.spool.SpoolFile;

/**
 * Puts dead letters back on their way to their target, whether the product runs or not: as requests of the spool, of as
 * many dead letters as the batch limits allow.
 *
 * <p>A dead letter is deleted when its lines are safe in the spool; a crash in between sends it twice, and never loses
 * it.
 */
public final class Replay {
    /** Is told how far it has got, after each request. */
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

    /** What the names of replayed requests hold. */
    static final String MARK = "_replay_";

    private static final String LOCK = "replay.lock";
    private static final String PART = "replay.part";
    private static final Pattern ENDING = Pattern.compile("\\.(lp|json)$");

    private final List<DeadLetters> folders;
    private final Path dataDirectory;
    private final BatchLimits limits;
    private final Clock clock;
    private Instant newest = Instant.EPOCH;

    /**
     * @param folders of all targets and categories
     * @param dataDirectory {@code data.directory}, which holds {@code spool} and {@code dead-letter}
     */
    public Replay(List<DeadLetters> folders, Path dataDirectory, BatchLimits limits, Clock clock) {
        this.folders = List.copyOf(folders);
        this.dataDirectory = dataDirectory;
        this.limits = limits;
        this.clock = clock;
    }

    /**
     * Replays the named dead letters.
     *
     * @param files names as {@link DeadLetters#list} gives them, with or without folder and ending; empty for all but those
     *     whose lines may have changed on a damaged disk
     * @throws IOException when another replay is at work on the data directory, or it cannot be read
     */
    public Result replay(List<String> files, Progress progress) throws IOException {
        Path folder = dataDirectory.resolve("dead-letter");
        DurableFiles.createFolder(folder);
        try (FileChannel channel = DurableFiles.open(folder.resolve(LOCK));
                FileLock lock = lock(channel)) {
            if (lock == null) {
                throw new IOException("another replay is at work on " + dataDirectory + ": wait until it has ended");
            }
            return new Run(progress).replay(files);
        }
    }

    private static FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private Instant stamp() {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        newest = now.isAfter(newest) ? now : newest.plus(1, ChronoUnit.MICROS);
        return newest;
    }

    private record Letter(DeadLetters folder, String name) {}

    private final class Run {
        private final Progress progress;
        private final List<String> errors = new ArrayList<>();
        private final ByteArrayOutputStream request = new ByteArrayOutputStream();
        private final List<DeadLetterReport> history = new ArrayList<>();
        private final List<Letter> whole = new ArrayList<>();
        private DeadLetters open;
        private long requestLines;
        private int done;
        private int files;
        private long lines;

        Run(Progress progress) {
            this.progress = progress;
        }

        Result replay(List<String> names) throws IOException {
            List<Letter> letters = names.isEmpty() ? all() : named(names);
            files = letters.size() + errors.size();
            for (Letter letter : letters) {
                try {
                    replay(letter);
                } catch (NoSuchFileException e) {
                    errors.add(missing(letter.name()));
                } catch (IOException e) {
                    errors.add("\"" + letter.name() + "\" cannot be replayed: " + e.getMessage());
                    forget();
                }
            }
            try {
                flush();
            } catch (IOException e) {
                errors.add("the last dead letters cannot be replayed: " + e.getMessage());
            }
            progress.progress(done + errors.size(), files, lines);
            return new Result(done, lines, errors);
        }

        private List<Letter> all() throws IOException {
            List<Letter> letters = new ArrayList<>();
            for (DeadLetters folder : folders) {
                for (String name : folder.names()) {
                    DeadLetterReport report = folder.report(name);
                    if (report != null && report.isDamaged()) {
                        errors.add(
                                "\"" + name + "\" is left alone: its lines may have changed on a damaged disk; look at"
                                        + " them, and give its name to replay it");
                    } else {
                        letters.add(new Letter(folder, name));
                    }
                }
            }
            return letters;
        }

        private List<Letter> named(List<String> names) {
            List<Letter> letters = new ArrayList<>();
            for (String given : names) {
                String[] path = given.split("[/\\\\]");
                String name = path.length == 0
                        ? ""
                        : ENDING.matcher(path[path.length - 1]).replaceAll("");
                String parent = path.length < 2 ? "" : path[path.length - 2];
                boolean isName = !name.isEmpty() && !name.equals("..") && !name.equals(".");
                List<DeadLetters> holding = folders.stream()
                        .filter(folder -> isName && folder.holds(name))
                        .filter(folder -> parent.isEmpty()
                                || parent.equals(folder.category().id()))
                        .filter(folder -> path.length < 3
                                || path[path.length - 3].equals(folder.target())
                                || path[path.length - 3].equals("dead-letter"))
                        .toList();
                if (holding.isEmpty()) {
                    errors.add(missing(given));
                }
                holding.forEach(folder -> letters.add(new Letter(folder, name)));
            }
            return letters;
        }

        private static String missing(String name) {
            return "there is no dead letter \"" + name + "\" (any more); see func-observer dead-letters";
        }

        private void replay(Letter letter) throws IOException {
            byte[] bytes = letter.folder().read(letter.name());
            List<Integer> ends = Lines.ends(bytes);
            if (ends.isEmpty()) {
                throw new IOException("it holds no lines");
            }
            if (open != null && (open != letter.folder() || !fits(bytes.length, ends.size()))) {
                flush();
            }
            open = letter.folder();
            DeadLetterReport report = letter.folder().report(letter.name());
            int from = 0;
            for (int end : ends) {
                if (requestLines > 0 && !fits(end - from, 1)) {
                    flush();
                    open = letter.folder();
                }
                request.write(bytes, from, end - from);
                if (bytes[end - 1] != '\n') {
                    request.write('\n');
                }
                requestLines++;
                from = end;
            }
            remember(report);
            whole.add(letter);
        }

        private boolean fits(long bytes, long count) {
            return request.size() + bytes <= limits.maxBytes() && requestLines + count <= limits.maxLines();
        }

        /** Of the dead letters of one request, the longest history stands for all. */
        private void remember(DeadLetterReport report) {
            if (report != null && report.history().size() >= history.size()) {
                history.clear();
                history.addAll(report.asHistory());
            }
        }

        /** Makes a request of what was gathered, and deletes the dead letters that are in requests whole. */
        private void flush() throws IOException {
            if (requestLines == 0) {
                return;
            }
            Path folder = spool(open);
            byte[] packed = Gzip.pack(request.toByteArray(), 0, request.size());
            String name = SpoolFile.name("replay", Kind.RECORD, stamp(), requestLines, request.size(), packed);
            Path file = folder.resolve(name);
            if (!history.isEmpty()) {
                DurableFiles.writeSynced(
                        SpoolFile.history(file), DeadLetterReport.json(history).getBytes(StandardCharsets.UTF_8));
            }
            // Not written where it will lie: a product that starts now clears half-written files away from its spool.
            Path part = dataDirectory.resolve("dead-letter").resolve(PART);
            DurableFiles.writeSynced(part, packed);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            DurableFiles.syncFolder(folder);
            for (Letter letter : whole) {
                letter.folder().delete(letter.name());
                done++;
            }
            lines += requestLines;
            forget();
            progress.progress(done + errors.size(), files, lines);
        }

        private void forget() {
            request.reset();
            requestLines = 0;
            history.clear();
            whole.clear();
            open = null;
        }

        private Path spool(DeadLetters letters) throws IOException {
            Category category = letters.category();
            Path folder =
                    dataDirectory.resolve("spool").resolve(letters.target()).resolve(category.id());
            DurableFiles.createFolder(folder);
            return folder;
        }
    }
}
