package io.funcobserver.spool;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import java.util.zip.CRC32C;
import java.util.zip.GZIPInputStream;

import io.funcobserver.observe.Conditions;
import io.funcobserver.observe.Metrics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of one category that wait for their delivery, oldest first.
 *
 * <p>The folder is the truth, this is an index over it: another process may add files and an operator may add or delete
 * some, which a re-listing about once a second picks up. All methods may be called from any thread.
 *
 * <p>A writer asks for a {@link #newName}, writes {@code NAME.part} into {@link #folder()}, and {@link #seal}s it. A
 * deliverer {@link #take}s a batch and, when its lines are answered, {@link #settle}s it.
 */
public final class Spool {
    private static final Logger LOG = LoggerFactory.getLogger(Spool.class);
    private static final String SUFFIX = SpoolFile.SUFFIX;

    /** Names the files of the batch that was sent and not answered yet, so that a resend is the same to the byte. */
    private static final String IN_FLIGHT = "in-flight";

    /** Names the files of a batch that was answered and whose files are being deleted. */
    private static final String ANSWERED = "answered";

    /** How the file beside a replayed one ends, in which the earlier answers to its lines are. */
    private static final String HISTORY = ".json";

    private static final long RELIST_NANOS = Duration.ofSeconds(1).toNanos();

    /** Share of the time that listing the folder may take, as a divisor. */
    private static final int RELIST_EFFORT = 20;

    /** @param checksum of what was written into it by this process; null for a file of an earlier one or of someone else */
    private record Entry(SpoolFile file, long seenNanos, Long checksum) {}

    private final Path folder;
    private final Category category;
    private final long maxSize;
    private final LongPredicate disk;
    private final Clock clock;
    private final Conditions conditions;
    private final Metrics metrics;

    private final TreeMap<String, Entry> index = new TreeMap<>();
    private final Map<String, String> orders = new HashMap<>();
    private final Map<String, Entry> announced = new HashMap<>();
    private final Set<SpoolFile> inFlight = new LinkedHashSet<>();
    private final Map<String, Long> unsettled = new HashMap<>();
    private long size;
    private long nextListing;
    private boolean silent = true;
    private boolean saidFull;
    private Instant newest = Instant.EPOCH;

    /**
     * @param folder where the files lie; need not exist yet
     * @param maxSize bytes on disk from which on the spool is full
     */
    public Spool(Path folder, Category category, long maxSize, Clock clock, Conditions conditions, Metrics metrics) {
        this(folder, category, maxSize, new DiskRoom(folder), clock, conditions, metrics);
    }

    /** @param disk whether so many more bytes may be written */
    public Spool(
            Path folder,
            Category category,
            long maxSize,
            LongPredicate disk,
            Clock clock,
            Conditions conditions,
            Metrics metrics) {
        this.disk = disk;
        this.folder = folder;
        this.category = category;
        this.maxSize = maxSize;
        this.clock = clock;
        this.conditions = conditions;
        this.metrics = metrics;
    }

    public Path folder() {
        return folder;
    }

    public Category category() {
        return category;
    }

    /**
     * Creates the folder, removes what a crash left half-written, and lists what is there.
     *
     * @throws IOException when the folder cannot be created or read
     */
    public synchronized void open() throws IOException {
        DurableFiles.createFolder(folder);
        finishSettling();
        index.clear();
        orders.clear();
        size = 0;
        List<Path> histories = new ArrayList<>();
        try (DirectoryStream<Path> paths = Files.newDirectoryStream(folder)) {
            for (Path path : paths) {
                String name = path.getFileName().toString();
                if (name.endsWith(SpoolFile.PART)) {
                    Files.deleteIfExists(path);
                } else if (name.endsWith(HISTORY)) {
                    histories.add(path);
                } else if (name.endsWith(SUFFIX)) {
                    read(path).ifPresent(this::add);
                }
            }
        }
        for (Path path : histories) {
            String name = path.getFileName().toString();
            if (!orders.containsKey(name.substring(0, name.length() - HISTORY.length()))) {
                Files.deleteIfExists(path);
            }
        }
        restoreInFlight();
        nextListing = System.nanoTime() + RELIST_NANOS;
        metrics.gauge("spool_files", "category", category.id(), this, Spool::files);
        metrics.gauge("spool_bytes", "category", category.id(), this, Spool::bytes);
        metrics.gauge("spool_oldest_age_seconds", "category", category.id(), this, Spool::oldestAgeSeconds);
        metrics.pointsDropped(category, "spool_full", 0);
        reportRoom();
    }

    /**
     * A name for a new file, later in order than every other, also when the clock has been set back.
     *
     * @param measurement id of the route that writes it
     * @param lines how many lines it will hold
     * @param rawBytes how many bytes they have before gzip
     */
    public synchronized String newName(String measurement, SpoolFile.Kind kind, long lines, long rawBytes) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        newest = now.isAfter(newest) ? now : newest.plus(1, ChronoUnit.MICROS);
        return SpoolFile.name(newest, measurement, kind, lines, rawBytes);
    }

    /**
     * Remembers what is about to be written under this name, so that the file need not be unpacked to know that it is whole.
     *
     * @param name one of {@link #newName}
     * @param packed a whole gzip member
     */
    public synchronized void announce(String name, byte[] packed) {
        SpoolFile file = SpoolFile.parse(folder.resolve(name), packed.length).orElseThrow();
        announced.put(name, new Entry(file, System.nanoTime(), checksum(packed)));
    }

    /** Whether a file holds, to the bit, what was announced for it: known without unpacking it. */
    synchronized boolean isAsAnnounced(SpoolFile file, byte[] packed) {
        String order = orders.get(file.name());
        Long written = order == null ? null : index.get(order).checksum();
        return written != null && packed.length == file.size() && written == checksum(packed);
    }

    private static long checksum(byte[] packed) {
        CRC32C checksum = new CRC32C();
        checksum.update(packed);
        return checksum.getValue();
    }

    /**
     * Makes {@code name.part}, written by now, a file of the spool. When this returns, its lines survive a power
     * failure.
     *
     * @throws IOException when it cannot be synced or renamed; the caller treats its lines as not written
     */
    public SpoolFile seal(String name) throws IOException {
        Path part = folder.resolve(name + SpoolFile.PART);
        Path target = folder.resolve(name);
        long written = Files.size(part);
        Entry known;
        synchronized (this) {
            known = announced.get(name);
        }
        if (known != null && known.file().size() != written) {
            throw new IOException(
                    part + " has " + written + " bytes, not the " + known.file().size() + " that were written into it");
        }
        Entry entry = known != null ? known : unannounced(target, written);
        DurableFiles.sync(part);
        synchronized (this) {
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
            announced.remove(name);
            add(entry);
            reportRoom();
        }
        DurableFiles.syncFolder(folder);
        return entry.file();
    }

    private static Entry unannounced(Path target, long size) throws IOException {
        SpoolFile file = SpoolFile.parse(target, size)
                .orElseThrow(() -> new IOException("\"" + target.getFileName() + "\" is no name for a spool file"));
        return new Entry(file, System.nanoTime(), null);
    }

    /** Removes what is left of a file that was begun under this name and not sealed. */
    public void discard(String name) throws IOException {
        synchronized (this) {
            announced.remove(name);
            if (orders.containsKey(name)) {
                return;
            }
        }
        Files.deleteIfExists(folder.resolve(name + SpoolFile.PART));
    }

    /** Whether readers of records pause: the spool has reached its size limit, or its disk is full. */
    public synchronized boolean isFull() {
        boolean full = size >= maxSize || !disk.test(0);
        if (full) {
            full();
        }
        return full;
    }

    /**
     * Drops the oldest samples until a gauge's file fits; none where all of them would not make room.
     *
     * @param needed size of the new file on disk, in bytes
     * @return false when it does not fit all the same; the caller drops it, which is what {@link #gaugeDropped} counts
     */
    public synchronized boolean makeRoomForGauge(long needed) {
        if (size + needed <= maxSize) {
            return true;
        }
        if (fits(needed)) {
            return true;
        }
        full();
        List<SpoolFile> samples = index.values().stream()
                .map(Entry::file)
                .filter(file -> file.kind() == SpoolFile.Kind.GAUGE && !inFlight.contains(file))
                .toList();
        if (!fits(needed - samples.stream().mapToLong(SpoolFile::size).sum())) {
            return false;
        }
        for (SpoolFile file : samples) {
            try {
                Files.deleteIfExists(file.path());
                forget(file);
                gaugeDropped(file.lines());
            } catch (IOException e) {
                LOG.warn("Cannot delete {}: {}", file.path(), e.toString());
            }
            if (fits(needed)) {
                return true;
            }
        }
        return false;
    }

    private boolean fits(long bytes) {
        return size + bytes <= maxSize && disk.test(bytes);
    }

    /** Counts the lines of a gauge that found no room. */
    public void gaugeDropped(long lines) {
        metrics.pointsDropped(category, "spool_full", lines);
    }

    /**
     * The oldest files that go into one request together; empty while there is nothing to send yet.
     *
     * <p>The first batch of a process does not wait for more lines to join it: whoever starts it wants to see that it works.
     *
     * <p>Until it is {@link #settle}d, the same batch comes back, also after a crash.
     *
     * @throws IOException when the folder cannot be listed or written
     */
    public synchronized List<SpoolFile> take(BatchLimits limits) throws IOException {
        relistIfDue();
        if (inFlight.isEmpty()) {
            List<SpoolFile> batch = oldest(limits);
            if (batch.isEmpty()) {
                return batch;
            }
            note(batch);
            inFlight.addAll(batch);
            silent = false;
        }
        return List.copyOf(inFlight);
    }

    /** A file of the batch in flight is not there any more: the batch goes on without it. */
    public synchronized void vanished(SpoolFile file) {
        LOG.info("{} was deleted by someone else before it was sent", file.path());
        forget(file);
        inFlight.remove(file);
        reportRoom();
    }

    /**
     * Puts what could be read of a damaged file in its place; the rest is in the dead letters by now.
     *
     * @throws IOException when that cannot be written; the damaged file is still there then
     */
    public synchronized void repair(Damage damage) throws IOException {
        SpoolFile old = damage.file();
        // The batch is put together anew: with one file changed, it cannot be the same as before.
        inFlight.clear();
        Files.deleteIfExists(folder.resolve(IN_FLIGHT));
        if (damage.whole() > 0) {
            byte[] packed = Gzip.pack(damage.lines(), 0, damage.lines().length);
            String stem = old.measurement().isEmpty() ? old.plainName() : old.measurement();
            SpoolFile.Kind kind = old.kind() == SpoolFile.Kind.FOREIGN ? SpoolFile.Kind.RECORD : old.kind();
            String name = SpoolFile.name(old.written(), stem, kind, damage.whole(), damage.lines().length);
            Path part = folder.resolve(name + SpoolFile.PART);
            DurableFiles.write(part, packed);
            DurableFiles.seal(part, folder.resolve(name));
            add(SpoolFile.parse(folder.resolve(name), packed.length).orElseThrow());
            if (name.equals(old.name())) {
                return;
            }
            if (Files.exists(history(old))) {
                Files.move(history(old), folder.resolve(name + HISTORY), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Files.deleteIfExists(old.path());
        Files.deleteIfExists(history(old));
        forget(old);
        reportRoom();
    }

    /**
     * Deletes the batch in flight: its lines were accepted, or are in the dead letters.
     *
     * @throws IOException when a file cannot be deleted; to be called again
     */
    public synchronized void settle() throws IOException {
        Path answered = folder.resolve(ANSWERED);
        if (Files.exists(folder.resolve(IN_FLIGHT))) {
            Files.move(folder.resolve(IN_FLIGHT), answered, StandardCopyOption.ATOMIC_MOVE);
        }
        for (SpoolFile file : inFlight) {
            Files.deleteIfExists(file.path());
            if (file.kind() == SpoolFile.Kind.REPLAY) {
                Files.deleteIfExists(history(file));
            }
            forget(file);
        }
        inFlight.clear();
        Files.deleteIfExists(answered);
        reportRoom();
    }

    /** Where the earlier answers to a replayed file's lines lie. */
    public static Path history(SpoolFile file) {
        return file.path().resolveSibling(file.name() + HISTORY);
    }

    /** The batch that was taken and not settled, oldest file first; empty when there is none. */
    public synchronized List<SpoolFile> inFlight() {
        return List.copyOf(inFlight);
    }

    public synchronized int files() {
        return index.size();
    }

    /** Bytes that the waiting files take on disk. */
    public synchronized long bytes() {
        return size;
    }

    /** Age of the oldest waiting file, 0 when there is none. */
    public synchronized double oldestAgeSeconds() {
        return index.isEmpty()
                ? 0
                : Math.max(0, age(index.firstEntry().getValue()).toNanos() / 1e9);
    }

    private List<SpoolFile> oldest(BatchLimits limits) {
        List<SpoolFile> batch = new ArrayList<>();
        long lines = 0;
        long bytes = 0;
        for (Entry entry : index.values()) {
            SpoolFile file = entry.file();
            if (batch.isEmpty() && !file.joinable()) {
                return List.of(file);
            }
            lines += file.lines();
            bytes += file.bytes();
            boolean beyond = lines > limits.maxLines() || bytes > limits.maxBytes();
            if (!batch.isEmpty() && (beyond || !file.joinable())) {
                return batch;
            }
            batch.add(file);
            if (beyond || lines == limits.maxLines() || bytes == limits.maxBytes()) {
                return batch;
            }
        }
        boolean due =
                silent || !batch.isEmpty() && age(index.firstEntry().getValue()).compareTo(limits.maxDelay()) >= 0;
        return due ? batch : List.of();
    }

    /** By the clock or by the time since it was first seen here, so that a clock set back delays nothing. */
    private Duration age(Entry entry) {
        Duration byClock = Duration.between(entry.file().written(), clock.instant());
        Duration seen = Duration.ofNanos(System.nanoTime() - entry.seenNanos());
        return byClock.compareTo(seen) > 0 ? byClock : seen;
    }

    private void add(SpoolFile file) {
        add(new Entry(file, System.nanoTime(), null));
    }

    private void add(Entry entry) {
        SpoolFile file = entry.file();
        forget(file);
        String order = file.order();
        index.put(order, entry);
        orders.put(file.name(), order);
        size += file.size();
        if (file.joinable() && file.written().isAfter(newest)) {
            newest = file.written();
        }
    }

    private void forget(SpoolFile file) {
        String order = orders.remove(file.name());
        if (order != null) {
            size -= index.remove(order).file().size();
        }
    }

    private void relistIfDue() throws IOException {
        long begin = System.nanoTime();
        if (begin - nextListing < 0) {
            return;
        }
        relist();
        long end = System.nanoTime();
        nextListing = end + Math.max(RELIST_NANOS, (end - begin) * RELIST_EFFORT);
    }

    /** Compares the index with the folder. A file found new is taken in once two listings saw it at the same size. */
    private void relist() throws IOException {
        Set<String> gone = new HashSet<>(orders.keySet());
        Map<String, Long> growing = new HashMap<>();
        try (DirectoryStream<Path> paths = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
            for (Path path : paths) {
                String name = path.getFileName().toString();
                if (!gone.remove(name) && !orders.containsKey(name)) {
                    try {
                        growing.put(name, Files.size(path));
                    } catch (NoSuchFileException e) {
                        LOG.debug("{} was deleted while the folder was listed", path);
                    }
                }
            }
        }
        for (String name : gone) {
            Entry entry = index.get(orders.get(name));
            if (!inFlight.contains(entry.file())) {
                forget(entry.file());
            }
        }
        for (Map.Entry<String, Long> found : growing.entrySet()) {
            if (found.getValue().equals(unsettled.get(found.getKey()))) {
                read(folder.resolve(found.getKey())).ifPresent(this::add);
            }
        }
        unsettled.clear();
        unsettled.putAll(growing);
        reportRoom();
    }

    private Optional<SpoolFile> read(Path path) throws IOException {
        if (!Files.isRegularFile(path)) {
            return Optional.empty();
        }
        try {
            long onDisk = Files.size(path);
            Optional<SpoolFile> named = SpoolFile.parse(path, onDisk);
            return named.isPresent() ? named : Optional.of(count(path, onDisk));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Counts the lines of a file that was put there by hand; damage is found when it is its turn. */
    private static SpoolFile count(Path path, long onDisk) throws IOException {
        long[] lines = new long[1];
        long bytes = 0;
        Lines counter = new Lines(end -> lines[0]++);
        try (InputStream in = new GZIPInputStream(Files.newInputStream(path))) {
            byte[] buffer = new byte[65536];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                counter.feed(buffer, 0, n);
                bytes += n;
            }
            counter.finish();
        } catch (NoSuchFileException e) {
            throw e;
        } catch (IOException e) {
            LOG.warn("{} is damaged: {}", path, e.toString());
        }
        Instant modified = Files.getLastModifiedTime(path).toInstant().truncatedTo(ChronoUnit.MICROS);
        return new SpoolFile(path, "", SpoolFile.Kind.FOREIGN, modified, lines[0], bytes, onDisk);
    }

    /** Delivering goes on where the disk has no room even for this: it is what makes room. */
    private void note(List<SpoolFile> batch) throws IOException {
        Path part = folder.resolve(IN_FLIGHT + SpoolFile.PART);
        byte[] names = String.join(
                        "", batch.stream().map(file -> file.name() + '\n').toList())
                .getBytes(StandardCharsets.UTF_8);
        try {
            DurableFiles.write(part, names);
            Files.move(part, folder.resolve(IN_FLIGHT), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOG.debug("After a crash now, the batch that is sent may be cut anew", e);
            Files.deleteIfExists(part);
        }
    }

    private void restoreInFlight() throws IOException {
        inFlight.clear();
        Path remembered = folder.resolve(IN_FLIGHT);
        if (!Files.exists(remembered)) {
            return;
        }
        for (String name : Files.readAllLines(remembered, StandardCharsets.UTF_8)) {
            String order = orders.get(name);
            if (order != null) {
                inFlight.add(index.get(order).file());
            }
        }
    }

    private void finishSettling() throws IOException {
        Path answered = folder.resolve(ANSWERED);
        if (Files.exists(answered)) {
            for (String name : Files.readAllLines(answered, StandardCharsets.UTF_8)) {
                if (name.endsWith(SUFFIX)) {
                    Files.deleteIfExists(folder.resolve(name));
                    Files.deleteIfExists(folder.resolve(name + HISTORY));
                }
            }
            Files.delete(answered);
        }
    }

    private void reportRoom() {
        if (isFull() || !saidFull) {
            return;
        }
        // A little below the limits, or the report would flap while samples make room for samples.
        boolean room = size < maxSize - maxSize / 20 && disk.test(size / 20);
        if (room) {
            saidFull = false;
            if (conditions.up(part()) != null) {
                LOG.info("The {} spool has room again", category.id());
            }
        }
    }

    private void full() {
        boolean onDisk = size < maxSize && !disk.test(0);
        String reason = (onDisk
                        ? "the disk of the spool " + folder + " is full"
                        : "the spool " + folder + " has reached spool.max-size (" + maxSize + " bytes)")
                + ": records wait in the database, the oldest samples are dropped; "
                + (onDisk
                        ? "free some space there, or lower spool.max-size"
                        : "see why the target takes nothing, or raise spool.max-size");
        saidFull = true;
        if (conditions.down(part(), reason)) {
            LOG.warn("The {} spool is full: {}", category.id(), reason);
        }
    }

    private String part() {
        return "spool." + category.id();
    }
}
