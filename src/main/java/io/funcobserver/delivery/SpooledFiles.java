package io.funcobserver.delivery;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import io.funcobserver.observe.HealthState;
import io.funcobserver.spool.Gzip;
import io.funcobserver.spool.Spool;
import io.funcobserver.spool.SpoolFile;
import io.funcobserver.spool.SpoolFolder;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.apache.camel.component.file.GenericFile;
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
    private final Map<Path, FileTime> answered = Collections.synchronizedMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Path, FileTime> eldest) {
            return size() > REMEMBERED;
        }
    });

    public SpooledFiles(Spool spool, Delivery delivery, HealthState health) {
        this.spool = spool;
        this.delivery = delivery;
        this.health = health;
    }

    private SpoolFolder folder(Channel channel) {
        return spool.folder(channel.target.name(), channel.category);
    }

    /** Whether a file of the spool is to be delivered: not one that is answered and cannot be deleted. */
    public boolean accepts(GenericFile<File> file) {
        Path path = file.getFile().toPath();
        FileTime modified = answered.get(path);
        return modified == null || !isAnswered(path, modified);
    }

    /** Whether the file is an answered one, which is still there because it cannot be deleted: it is tried again. */
    private boolean isAnswered(Path path, FileTime modified) {
        Channel channel = channel(path.getParent());
        try {
            if (!modified.equals(Files.getLastModifiedTime(path))) {
                // Another one of the same name, put there by hand.
                return false;
            }
            Files.deleteIfExists(path);
            health.up(channel.part("delivery"));
        } catch (IOException e) {
            String reason = "the answered file " + path + " cannot be deleted: " + Delivery.plain(e)
                    + "; delete it by hand before the next start, or it is sent once more";
            health.down(channel.part("delivery"), reason);
            channel.localLog.say("In the spool " + reason);
        }
        return true;
    }

    private Channel channel(Path path) {
        SpoolFolder folder = spool.folders().stream()
                .filter(known -> known.path().equals(path))
                .findFirst()
                .orElseThrow();
        return delivery.channel(folder.target(), folder.category());
    }

    /**
     * Makes the request that a file is the body.
     *
     * @throws UnreadableFileException where it cannot be read
     * @throws DamagedFileException where it does not hold what was sealed
     */
    public void open(Exchange exchange) throws IOException, DamagedFileException {
        Delivery.refuseWhileStopping(exchange);
        Channel channel = delivery.channel(exchange);
        Path path = exchange.getMessage().getBody(File.class).toPath();
        String name = path.getFileName().toString();
        exchange.setVariable(FILE, path);
        // Now, since the folder may be moved while the target answers.
        exchange.setVariable(MODIFIED, modified(path));
        folder(channel).delivering(name);
        byte[] packed = read(path);
        Optional<SpoolFile> known = SpoolFile.parse(name);
        long lines;
        if (known.isPresent()) {
            if (!known.get().matches(packed)) {
                throw damaged(channel, path, packed, "its checksum is not that of what was written");
            }
            lines = known.get().lines();
        } else {
            // Put there by hand: a receiver answers 200 to a broken gzip, and loses it.
            try {
                lines = Gzip.countLines(packed);
            } catch (IOException e) {
                throw damaged(channel, path, packed, Delivery.plain(e));
            }
        }
        delivery.take(
                new SpooledRequest(SpoolFile.stem(name), packed, lines, () -> DeadLetters.history(path)), exchange);
    }

    private static FileTime modified(Path path) {
        try {
            return Files.getLastModifiedTime(path);
        } catch (IOException e) {
            return null;
        }
    }

    private static byte[] read(Path path) throws UnreadableFileException {
        try {
            long size = Files.size(path);
            if (size > Runtime.getRuntime().maxMemory() / 4) {
                throw new IOException("its " + size + " bytes do not fit into memory");
            }
            return Files.readAllBytes(path);
        } catch (IOException e) {
            throw new UnreadableFileException(path + " cannot be read: " + Delivery.plain(e), e);
        }
    }

    private DamagedFileException damaged(Channel channel, Path path, byte[] packed, String reason) {
        String name = path.getFileName().toString();
        long lines = lines(name);
        folder(channel).damaged(lines);
        return delivery.damaged(
                channel, path.toString(), SpoolFile.stem(name), Gzip.unpackWhatCanBe(packed), lines, reason);
    }

    private static long lines(String name) {
        return SpoolFile.parse(name).map(SpoolFile::lines).orElse(0L);
    }

    /** Moves a file that cannot be read out of the way, and goes on without it. */
    public void setAside(Exchange exchange, @Variable(FILE) Path path) {
        String name = path.getFileName().toString();
        if (!Files.exists(path)) {
            LOG.info("{} was deleted by someone else before it was sent", path);
            return;
        }
        long lines = lines(name);
        folder(delivery.channel(exchange)).damaged(lines);
        Path aside = path.resolveSibling(name + ".unreadable");
        try {
            Files.move(path, aside);
            LOG.error("{} cannot be read; it is kept as {} and its {} lines are not sent", path, aside, lines);
        } catch (IOException e) {
            LOG.error(
                    "{} can be neither read nor moved; its {} lines are not sent: {}", path, lines, Delivery.plain(e));
        }
        remember(exchange, path);
    }

    private void remember(Exchange exchange, Path path) {
        FileTime modified = exchange.getVariable(MODIFIED, FileTime.class);
        if (modified != null) {
            answered.put(path, modified);
        }
    }

    /** The file is settled, and never sent again: Camel deletes it now. */
    public void finished(Exchange exchange, @Variable(FILE) Path path) throws IOException {
        String name = path.getFileName().toString();
        remember(exchange, path);
        folder(delivery.channel(exchange)).answered(name, Files.exists(path) ? Files.size(path) : 0);
        if (SpoolFile.parse(name).isEmpty() || name.contains(Replay.MARK)) {
            Files.deleteIfExists(SpoolFile.history(path));
        }
    }
}
