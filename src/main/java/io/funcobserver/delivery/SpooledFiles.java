package io.funcobserver.delivery;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import io.funcobserver.diagnosis.FileFailure;
import io.funcobserver.lineprotocol.Category;
import io.funcobserver.observe.HealthState;
import io.funcobserver.spool.DurableFiles;
import io.funcobserver.spool.Spool;
import io.funcobserver.spool.SpoolFile;
import io.funcobserver.spool.SpoolFolder;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.support.LRUCacheFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files of the spool as requests to deliver: what the {@code file:} consumer leaves open. */
public final class SpooledFiles {
    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);
    private static final String FILE = "file";
    private static final String MODIFIED = "modified";
    private static final int REMEMBERED = 10_000;

    private final Spool spool;
    private final Delivery delivery;
    private final HealthState health;

    /** Files that are answered: where one of them is still there, it cannot be deleted. */
    private final Map<Path, FileTime> answered = LRUCacheFactory.newLRUCache(REMEMBERED);

    /** Files that cannot be read, and when each is tried again. */
    private final Map<Path, Instant> unreadable = new ConcurrentHashMap<>();

    public SpooledFiles(Spool spool, Delivery delivery, HealthState health) {
        this.spool = spool;
        this.delivery = delivery;
        this.health = health;
    }

    /**
     * Whether a file of the spool is to be delivered now: not one that is answered and cannot be deleted, nor one that could
     * not be read a moment ago.
     */
    public boolean accepts(GenericFile<File> file) {
        Path path = file.getFile().toPath();
        FileTime modified = answered.get(path);
        return !isPutOff(path) && (modified == null || !isAnswered(path, modified));
    }

    private boolean isPutOff(Path path) {
        Instant until = unreadable.get(path);
        return until != null && delivery.now().isBefore(until);
    }

    /** Whether the file is an answered one, which is still there because it cannot be deleted: it is tried again. */
    private boolean isAnswered(Path path, FileTime modified) {
        Channel channel = delivery.channel(spool.folder(path.getParent()).destination());
        try {
            if (!modified.equals(Files.getLastModifiedTime(path))) {
                // Another one of the same name, put there by hand.
                return false;
            }
            Files.deleteIfExists(path);
            health.up(channel.part("delivery"));
        } catch (IOException e) {
            String reason = "the answered file " + path + " cannot be deleted: " + FileFailure.of(e)
                    + "; delete it by hand before the next start, or it is sent once more";
            health.down(channel.part("delivery"), reason);
            channel.localLog.say("In the spool " + reason);
        }
        return true;
    }

    /** When the oldest request of the category was sealed that is still to be delivered to any target; null for none. */
    public Instant waitingSince(Category category) {
        List<Path> files = new ArrayList<>();
        try {
            for (SpoolFolder folder : spool.folders()) {
                if (folder.destination().category() == category) {
                    files.addAll(DurableFiles.list(folder.path(), "*" + SpoolFile.SUFFIX));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files.stream()
                .filter(file -> !answered.containsKey(file) && !isPutOff(file))
                .map(file -> SpoolFile.parse(file.getFileName().toString()))
                .flatMap(Optional::stream)
                .map(SpoolFile::written)
                .min(Comparator.naturalOrder())
                .orElse(null);
    }

    /**
     * Makes the request that a file is the body.
     *
     * @throws UnreadableFileException where it cannot be read
     * @throws DamagedFileException where it does not hold what was sealed
     */
    public void open(Exchange exchange) throws IOException, DamagedFileException {
        Delivery.refuseWhileStopping(exchange);
        Path path = exchange.getMessage().getBody(File.class).toPath();
        String name = path.getFileName().toString();
        exchange.setVariable(FILE, path);
        // Now, since the folder may be moved while the target answers.
        exchange.setVariable(MODIFIED, modified(path));
        delivery.backlog(exchange, SpoolFolder.class).delivering(name);
        Optional<SpoolFile> known = SpoolFile.parse(name);
        delivery.take(
                new SpooledRequest(
                        SpoolFile.stem(name),
                        path.toString(),
                        read(path),
                        known.map(SpoolFile::lines).orElse(0L),
                        known.map(SpoolFile::checksum).orElse(null),
                        () -> DeadLetters.history(path),
                        () -> false),
                exchange);
    }

    private static FileTime modified(Path path) {
        try {
            return Files.getLastModifiedTime(path);
        } catch (IOException e) {
            return null;
        }
    }

    /**
     * @throws UnreadableFileException where something is the matter with this very file
     * @throws IOException where no file could be read now
     */
    private static byte[] read(Path path) throws IOException {
        try {
            long size = DurableFiles.size(path);
            if (size > Runtime.getRuntime().maxMemory() / 4) {
                throw new IOException("its " + size + " bytes do not fit into memory");
            }
            return Files.readAllBytes(path);
        } catch (IOException e) {
            String reason = path + " cannot be read: " + FileFailure.of(e);
            throw FileFailure.concernsAllFiles(e) ? new IOException(reason, e) : new UnreadableFileException(reason, e);
        }
    }

    /** Goes on without a file that cannot be read. It stays where it is, and is tried again later. */
    public void putOff(Exchange exchange, @Variable(FILE) Path path) {
        Channel channel = delivery.channel(exchange);
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            LOG.info("{} was deleted by someone else before it was sent", path);
        } else if (unreadable.put(path, delivery.now().plus(delivery.longestPause())) == null) {
            long lines = SpoolFile.parse(path.getFileName().toString())
                    .map(SpoolFile::lines)
                    .orElse(0L);
            delivery.backlog(exchange, SpoolFolder.class).damaged(lines);
            Throwable cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
            String reason = Delivery.plain(cause) + "; its " + lines
                    + " lines are sent when it can be, and those of the others meanwhile. See whether the disk is well"
                    + " (dmesg), or delete it";
            LOG.error("In the spool {}", reason);
            health.down(unreadablePart(channel), reason);
        }
        forgetUnreadable(channel);
    }

    private static String unreadablePart(Channel channel) {
        return channel.part("delivery") + ".unreadable";
    }

    private void forgetUnreadable(Channel channel) {
        if (unreadable.isEmpty()) {
            return;
        }
        Path folder = ((SpoolFolder) channel.backlog).path();
        unreadable
                .keySet()
                .removeIf(path -> path.getParent().equals(folder)
                        && (answered.containsKey(path) || !Files.exists(path, LinkOption.NOFOLLOW_LINKS)));
        if (unreadable.keySet().stream().noneMatch(path -> path.getParent().equals(folder))) {
            health.up(unreadablePart(channel));
        }
    }

    private void remember(Exchange exchange, Path path) {
        FileTime modified = exchange.getVariable(MODIFIED, FileTime.class);
        if (modified != null) {
            answered.put(path, modified);
        }
    }

    /** The file is settled, and never sent again: Camel deletes it now. */
    public void finished(Exchange exchange, @Variable(FILE) Path path) {
        String name = path.getFileName().toString();
        remember(exchange, path);
        delivery.backlog(exchange, SpoolFolder.class)
                .answered(name, path.toFile().length());
        forgetUnreadable(delivery.channel(exchange));
        if (SpoolFile.parse(name).isEmpty() || name.contains(Replay.MARK)) {
            DurableFiles.deleteQuietly(SpoolFile.history(path));
        }
    }
}
