package io.funcobserver.delivery;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import io.funcobserver.diagnosis.FileFailure;
import io.funcobserver.observe.HealthState;
import io.funcobserver.spool.DurableFiles;
import io.funcobserver.spool.SpoolFile;
import io.funcobserver.spool.SpoolFolder;
import org.apache.camel.Exchange;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileFilter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files of one folder of the spool as requests to deliver: what the {@code file:} consumer leaves open. */
public final class SpooledFiles implements SpooledRequests, GenericFileFilter<File> {
    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

    private final SpoolFolder folder;
    private final Delivery delivery;
    private final HealthState health;

    /** Files that are answered and could not be deleted, and when they were written, in UNIX milliseconds. */
    private final Map<Path, Long> answered = new ConcurrentHashMap<>();

    /** Files that cannot be read, and when each is tried again. */
    private final Map<Path, Instant> unreadable = new ConcurrentHashMap<>();

    public SpooledFiles(SpoolFolder folder, Delivery delivery, HealthState health) {
        this.folder = folder;
        this.delivery = delivery;
        this.health = health;
    }

    /** Not one that is answered and cannot be deleted, nor one that could not be read a moment ago. */
    @Override
    public boolean accept(GenericFile<File> file) {
        Path path = file.getFile().toPath();
        return !isPutOff(path) && !isAnswered(path);
    }

    private boolean isPutOff(Path path) {
        Instant until = unreadable.get(path);
        return until != null && delivery.now().isBefore(until);
    }

    /** Whether the file is an answered one, which is still there because it cannot be deleted: it is tried again. */
    private boolean isAnswered(Path path) {
        Long before = answered.get(path);
        if (before == null) {
            return false;
        }
        long modified = path.toFile().lastModified();
        if (modified != 0 && modified != before) {
            // Another one of the same name, put there by hand.
            answered.remove(path);
            return false;
        }
        try {
            Files.deleteIfExists(path);
            answered.remove(path);
            delivery.worksAgain();
        } catch (IOException e) {
            delivery.isHeldUp("the answered file " + path + " cannot be deleted: " + FileFailure.of(e)
                    + "; delete it by hand before the next start, or it is sent once more");
        }
        return true;
    }

    @Override
    public Instant waitingSince() {
        try {
            return DurableFiles.list(folder.path(), "*" + SpoolFile.SUFFIX).stream()
                    .filter(file -> !answered.containsKey(file) && !isPutOff(file))
                    .flatMap(file -> SpoolFile.parse(file.getFileName().toString()).stream())
                    .map(SpoolFile::written)
                    .min(Comparator.naturalOrder())
                    .orElse(null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @throws UnreadableFileException where the file cannot be read */
    @Override
    public void open(Exchange exchange) throws IOException, DamagedFileException {
        Path path = exchange.getMessage().getBody(File.class).toPath();
        String name = path.getFileName().toString();
        folder.delivering(name);
        delivery.take(new FileRequest(path, name, SpoolFile.parse(name)), exchange);
    }

    private final class FileRequest extends SpooledRequest {
        private final Path path;
        /** Taken at once, since the folder may be moved while the target answers; 0 where the file is gone. */
        private final long modified;

        private long size;

        FileRequest(Path path, String name, Optional<SpoolFile> known) {
            super(
                    SpoolFile.stem(name),
                    path.toString(),
                    known.map(SpoolFile::lines).orElse(0L),
                    known.map(SpoolFile::checksum).orElse(null));
            this.path = path;
            this.modified = path.toFile().lastModified();
        }

        /**
         * @throws UnreadableFileException where something is the matter with this very file
         * @throws IOException where no file could be read now
         */
        @Override
        protected byte[] read() throws IOException {
            try {
                size = DurableFiles.size(path);
                if (size > Runtime.getRuntime().maxMemory() / 4) {
                    throw new IOException("its " + size + " bytes do not fit into memory");
                }
                return Files.readAllBytes(path);
            } catch (IOException e) {
                String reason = path + " cannot be read: " + FileFailure.of(e);
                throw FileFailure.concernsAllFiles(e)
                        ? new IOException(reason, e)
                        : new UnreadableFileException(reason, e);
            }
        }

        @Override
        protected List<DeadLetterReport> history() {
            Path history = SpoolFile.history(path);
            try {
                return DeadLetterReport.parseHistory(Files.isRegularFile(history) ? Files.readString(history) : null);
            } catch (IOException e) {
                LOG.warn("The history of {} cannot be read: {}", path, e.getMessage());
                return List.of();
            }
        }

        @Override
        protected long waiting() {
            return folder.requests();
        }

        /** Camel has deleted it. */
        @Override
        protected void finished() {
            if (modified != 0 && Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                answered.put(path, modified);
            }
            folder.answered(path.getFileName().toString(), size);
            forgetUnreadable();
            if (isForeign() || isReplayed()) {
                DurableFiles.deleteQuietly(SpoolFile.history(path));
            }
        }

        /** Where it cannot be read, it is tried again later, and the others are sent meanwhile. */
        @Override
        protected void leftBehind(Throwable cause) {
            if (!(cause instanceof UnreadableFileException)) {
                return;
            }
            if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                LOG.info("{} was deleted by someone else before it was sent", path);
            } else if (unreadable.put(path, delivery.now().plus(delivery.longestPause())) == null) {
                folder.damaged(lines);
                String reason = Delivery.plain(cause) + "; its " + lines
                        + " lines are sent when it can be, and those of the others meanwhile. See whether the disk is well"
                        + " (dmesg), or delete it";
                LOG.error("In the spool {}", reason);
                health.down(unreadablePart(), reason);
            }
            forgetUnreadable();
        }
    }

    private String unreadablePart() {
        return delivery.part("delivery") + ".unreadable";
    }

    private void forgetUnreadable() {
        if (unreadable.isEmpty()) {
            return;
        }
        unreadable
                .keySet()
                .removeIf(path -> answered.containsKey(path) || !Files.exists(path, LinkOption.NOFOLLOW_LINKS));
        if (unreadable.isEmpty()) {
            health.up(unreadablePart());
        }
    }
}
