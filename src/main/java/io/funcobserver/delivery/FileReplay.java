package io.funcobserver.delivery;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;

import io.funcobserver.spool.BatchLimits;
import io.funcobserver.spool.DurableFiles;
import io.funcobserver.spool.LineBlock;
import io.funcobserver.spool.RequestSplitter;
import io.funcobserver.spool.SpoolFile;
import io.funcobserver.spool.Stamps;

/** Replays the dead letters of a data directory: their lines become files of the spool. */
public final class FileReplay extends Replay {
    private static final String LOCK = "replay.lock";
    private static final String PART = "replay.part";

    private final DeadLetters deadLetters;
    private final Path dataDirectory;
    private final RequestSplitter splitter;
    private final Stamps stamps;

    /**
     * @param deadLetters of all targets and categories
     * @param dataDirectory {@code data.directory}, which holds {@code spool} and {@code dead-letter}
     */
    public FileReplay(DeadLetters deadLetters, Path dataDirectory, BatchLimits limits, Clock clock) {
        super(limits);
        this.deadLetters = deadLetters;
        this.dataDirectory = dataDirectory;
        this.splitter = new RequestSplitter(limits);
        this.stamps = new Stamps(clock);
    }

    /** @throws IOException when another replay is at work on the data directory, or it cannot be read */
    @Override
    public Result replay(List<String> names, Progress progress) throws IOException {
        Path folder = dataDirectory.resolve("dead-letter");
        DurableFiles.createFolder(folder);
        try (FileChannel taken = DurableFiles.openLocked(folder.resolve(LOCK))) {
            if (taken == null) {
                throw new IOException("another replay is at work on " + dataDirectory + ": wait until it has ended");
            }
            return super.replay(names, progress);
        }
    }

    @Override
    public List<DeadLetters.Entry> list() throws IOException {
        return deadLetters.list();
    }

    @Override
    protected List<DeadLetterId> letters() throws IOException {
        return deadLetters.ids();
    }

    @Override
    protected DeadLetterReport report(DeadLetterId letter) {
        return deadLetters.report(letter);
    }

    @Override
    protected void read(Set<DeadLetterId> chosen, BiConsumer<DeadLetterId, Content> reader) {
        chosen.forEach(letter -> reader.accept(letter, () -> deadLetters.read(letter)));
    }

    @Override
    protected void send(LineBlock block, List<DeadLetterReport> history, List<DeadLetterId> letters)
            throws IOException {
        Path folder = dataDirectory
                .resolve("spool")
                .resolve(letters.get(0).destination().target())
                .resolve(block.category().id());
        DurableFiles.createFolder(folder);
        for (LineBlock request : splitter.split(block)) {
            Path file = folder.resolve(SpoolFile.of(request, stamps.next()).name());
            if (!history.isEmpty()) {
                DurableFiles.writeSynced(
                        SpoolFile.history(file), DeadLetterReport.json(history).getBytes(StandardCharsets.UTF_8));
            }
            // Not written where it will lie: a product that starts now clears half-written files away from its spool.
            Path part = dataDirectory.resolve("dead-letter").resolve(PART);
            DurableFiles.writeSynced(part, request.content());
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        }
        DurableFiles.syncFolder(folder);
        for (DeadLetterId letter : letters) {
            deadLetters.delete(letter);
        }
    }

    /** Where the dead letters are. */
    @Override
    public String toString() {
        return dataDirectory.resolve("dead-letter").toString();
    }

    @Override
    public void close() {
        // Nothing is open between two calls.
    }
}
