package io.funcobserver.spool;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;

import io.funcobserver.diagnosis.FileFailure;
import io.funcobserver.observe.Destination;
import io.funcobserver.observe.HealthState;
import io.funcobserver.observe.Metrics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests of one category that wait for one target, as files in one folder.
 *
 * <p>The folder is the truth: another process may add files, and an operator may add or delete some. What is counted here
 * is measured anew now and then. All methods may be called from any thread.
 */
public final class SpoolFolder {
    private static final Logger LOG = LoggerFactory.getLogger(SpoolFolder.class);
    private static final String SPOOL_FULL = "spool_full";
    private static final String DAMAGED = "damaged";

    private static final long MEASURE_NANOS = Duration.ofSeconds(5).toNanos();

    /** At most a twentieth of the time goes into measuring. */
    private static final int MEASURE_EFFORT = 20;

    private final Destination destination;
    private final Path path;
    private final long maxSize;
    private final boolean sent;
    private final LongPredicate disk;
    private final Clock clock;
    private final HealthState health;
    private final Metrics metrics;

    private int files;
    private long bytes;
    private String oldest;
    private long nextMeasure;
    private String inFlight;
    private final Semaphore wakes = new Semaphore(0);
    private boolean saidFull;
    private volatile boolean saidUnlistable;

    /**
     * @param maxSize bytes on disk from which on the folder is full
     * @param sent whether the target takes this category at all
     * @param disk whether so many more bytes may be written
     */
    public SpoolFolder(
            Destination destination,
            Path path,
            long maxSize,
            boolean sent,
            LongPredicate disk,
            Clock clock,
            HealthState health,
            Metrics metrics) {
        this.destination = destination;
        this.path = path;
        this.maxSize = maxSize;
        this.sent = sent;
        this.disk = disk;
        this.clock = clock;
        this.health = health;
        this.metrics = metrics;
    }

    /** Creates the folder and removes what a crash left half-written. */
    synchronized void open() throws IOException {
        DurableFiles.openFolder(path);
        for (Path history : DurableFiles.list(path, "*.json")) {
            String name = history.getFileName().toString();
            if (!Files.exists(path.resolve(name.substring(0, name.length() - ".json".length())))) {
                DurableFiles.deleteQuietly(history);
            }
        }
        measure();
        String[] labels = destination.labels();
        metrics.gauge("spool_files", this, SpoolFolder::requests, labels);
        metrics.gauge("spool_bytes", this, SpoolFolder::bytes, labels);
        metrics.gauge("spool_oldest_age_seconds", this, SpoolFolder::oldestAgeSeconds, labels);
        metrics.pointsDropped(destination, SPOOL_FULL, 0);
    }

    public Destination destination() {
        return destination;
    }

    public Path path() {
        return path;
    }

    /** Whether the target takes this category at all; where it does not, nothing comes here. */
    public boolean isSent() {
        return sent;
    }

    /** How many requests wait. */
    public synchronized long requests() {
        measureIfDue();
        return files;
    }

    /** Bytes that they take on disk. */
    public synchronized long bytes() {
        measureIfDue();
        return bytes;
    }

    /** Age of the oldest request, 0 when there is none. */
    public synchronized double oldestAgeSeconds() {
        measureIfDue();
        if (oldest == null) {
            return 0;
        }
        Instant written = SpoolFile.parse(oldest).map(SpoolFile::written).orElseGet(() -> modified(oldest));
        return Math.max(0, Duration.between(written, clock.instant()).toNanos() / 1e9);
    }

    private Instant modified(String name) {
        try {
            return Files.getLastModifiedTime(path.resolve(name)).toInstant();
        } catch (IOException e) {
            return clock.instant();
        }
    }

    /** A request was sealed into the folder: wakes its delivery. */
    synchronized void sealed(SpoolFile file, long size) {
        files++;
        bytes += size;
        oldest = oldest == null ? file.name() : oldest;
        wakes.release();
    }

    /** Something was put into the folder by other means: wakes its delivery. */
    public synchronized void wake() {
        nextMeasure = System.nanoTime();
        wakes.release();
    }

    /** Waits until something is sealed, or so long; returns at once where that was so since the last call. */
    void awaitSealed(Duration longest) throws InterruptedException {
        if (wakes.tryAcquire(longest.toNanos(), TimeUnit.NANOSECONDS)) {
            wakes.drainPermits();
        }
    }

    /** This file is being delivered, and not to be dropped. */
    public synchronized void delivering(String name) {
        inFlight = name;
    }

    /** This file is answered: it goes away now. */
    public synchronized void answered(String name, long size) {
        inFlight = null;
        files = Math.max(0, files - 1);
        bytes = Math.max(0, bytes - size);
        if (files == 0) {
            bytes = 0;
        }
        if (name.equals(oldest)) {
            oldest = null;
            if (files > 0) {
                nextMeasure = Math.min(nextMeasure, System.nanoTime() + MEASURE_NANOS / 5);
            }
        }
        reportRoom();
    }

    /** Whether senders of records have to wait: the folder has reached its limit, or its disk has no room for so many bytes. */
    synchronized boolean isFullFor(long needed) {
        boolean full = bytes >= maxSize || !disk.test(needed);
        if (full) {
            measureIfDue();
            full = bytes >= maxSize || !disk.test(needed);
        }
        if (full) {
            reportFull();
        } else {
            reportRoom();
        }
        return full;
    }

    /**
     * Drops the oldest samples until a further request fits; none where all of them would not make room.
     *
     * @param needed bytes on disk
     * @return false where it does not fit all the same
     */
    synchronized boolean makeRoomForGauge(long needed) {
        if (fits(needed)) {
            return true;
        }
        reportFull();
        List<SpoolFile> samples = samples();
        long size = samples.stream().mapToLong(this::size).sum();
        if (!fits(needed - size)) {
            return false;
        }
        for (SpoolFile sample : samples) {
            try {
                long released = size(sample);
                if (Files.deleteIfExists(path.resolve(sample.name()))) {
                    files--;
                    bytes -= released;
                    dropped(sample.lines());
                }
            } catch (IOException e) {
                LOG.warn("Cannot delete {}: {}", path.resolve(sample.name()), e.toString());
            }
            if (fits(needed)) {
                return true;
            }
        }
        return false;
    }

    /** Oldest first. */
    private List<SpoolFile> samples() {
        try {
            return DurableFiles.list(path, "*" + SpoolFile.SUFFIX).stream()
                    .flatMap(found -> SpoolFile.parse(found.getFileName().toString()).stream())
                    .filter(file -> file.kind() == Kind.GAUGE && !file.name().equals(inFlight))
                    .sorted(Comparator.comparing(SpoolFile::name))
                    .toList();
        } catch (IOException e) {
            LOG.warn("Cannot list {}: {}", path, e.toString());
            return List.of();
        }
    }

    /** 0 where it is gone. */
    private long size(SpoolFile file) {
        return path.resolve(file.name()).toFile().length();
    }

    private boolean fits(long needed) {
        return bytes + needed <= maxSize && disk.test(needed);
    }

    /** Counts lines that found no room. */
    void dropped(long lines) {
        metrics.pointsDropped(destination, SPOOL_FULL, lines);
    }

    /** Counts lines that were confirmed and cannot be read back. */
    public void damaged(long lines) {
        metrics.pointsDropped(destination, DAMAGED, lines);
    }

    /** Says so where the folder cannot be listed: to Camel it would be empty, and nothing would be delivered. */
    void look() {
        String part = part() + ".folder";
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
            files.iterator().hasNext();
            if (saidUnlistable) {
                saidUnlistable = false;
                health.up(part);
            }
        } catch (IOException | DirectoryIteratorException e) {
            IOException cause =
                    e instanceof DirectoryIteratorException iterating ? iterating.getCause() : (IOException) e;
            String reason = "the spool " + path + " cannot be listed: " + FileFailure.of(cause)
                    + "; nothing is delivered from there meanwhile";
            saidUnlistable = true;
            if (health.down(part, reason)) {
                LOG.error("{}", reason);
            }
        }
    }

    private void measureIfDue() {
        if (System.nanoTime() - nextMeasure >= 0) {
            try {
                measure();
            } catch (IOException e) {
                LOG.debug("{} cannot be measured", path, e);
            }
        }
    }

    private void measure() throws IOException {
        long begin = System.nanoTime();
        List<Path> found = DurableFiles.list(path, "*" + SpoolFile.SUFFIX);
        files = found.size();
        // 0 of what goes away meanwhile.
        bytes = found.stream().mapToLong(file -> file.toFile().length()).sum();
        oldest = found.stream()
                .map(file -> file.getFileName().toString())
                .min(Comparator.naturalOrder())
                .orElse(null);
        long end = System.nanoTime();
        nextMeasure = end + Math.max(MEASURE_NANOS, (end - begin) * MEASURE_EFFORT);
    }

    private void reportRoom() {
        // A little below the limits, or the report would flap while samples make room for samples.
        if (saidFull && bytes < maxSize - maxSize / 20 && disk.test(bytes / 20)) {
            saidFull = false;
            if (health.up(part()) != null) {
                LOG.info("The spool {} has room again", path);
            }
        }
    }

    private void reportFull() {
        boolean onDisk = bytes < maxSize;
        String reason = (onDisk
                        ? "the disk of the spool " + path + " is full"
                        : "the spool " + path + " has reached spool.max-size (" + maxSize + " bytes)")
                + ": records wait in the database, the oldest samples are dropped; "
                + (onDisk
                        ? "free some space there, or lower spool.max-size"
                        : "see why the target takes nothing, or raise spool.max-size");
        saidFull = true;
        if (health.down(part(), reason)) {
            LOG.warn("The spool is full: {}", reason);
        }
    }

    private String part() {
        return "spool." + destination.label();
    }
}
