package io.funcobserver.app;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;

import io.funcobserver.config.Settings;
import io.funcobserver.delivery.DeadLetters;
import io.funcobserver.delivery.Deliveries;
import io.funcobserver.delivery.SpooledFiles;
import io.funcobserver.delivery.Target;
import io.funcobserver.lineprotocol.Category;
import io.funcobserver.mysql.CursorFile;
import io.funcobserver.mysql.CursorStore;
import io.funcobserver.observe.Destination;
import io.funcobserver.observe.HealthState;
import io.funcobserver.observe.Metrics;
import io.funcobserver.spool.BatchLimits;
import io.funcobserver.spool.DiskRoom;
import io.funcobserver.spool.DurableFiles;
import io.funcobserver.spool.LineBlock;
import io.funcobserver.spool.SegmentRepository;
import io.funcobserver.spool.Spool;
import io.funcobserver.spool.SpoolFolder;
import org.apache.camel.spi.Registry;

/** Files in {@code data.directory}: the spool, the dead letters and the cursors. */
final class FileTransport implements Transport {
    private final Path data;
    private final HealthState health;
    private final Spool spool;
    private final SegmentRepository segments;
    private final DeadLetters deadLetters;
    private Closeable taken;

    FileTransport(Settings settings, List<Target> targets, HealthState health, Metrics metrics, Clock clock) {
        this.data = Path.of(settings.text("data.directory"));
        this.health = health;
        List<SpoolFolder> folders = new ArrayList<>();
        for (Target target : targets) {
            for (Category category : Category.values()) {
                Path folder = data.resolve("spool").resolve(target.name()).resolve(category.id());
                folders.add(new SpoolFolder(
                        new Destination(target.name(), category),
                        folder,
                        settings.size("spool.max-size"),
                        target.url(category).isSent(),
                        new DiskRoom(folder),
                        clock,
                        health,
                        metrics));
            }
        }
        this.spool = new Spool(folders, clock);
        this.segments = new SegmentRepository(data.resolve("segments"), BatchLimits.of(settings), spool, clock, health);
        this.deadLetters = DeadLetters.of(settings, metrics);
    }

    @Override
    public void bindTo(Registry registry, Deliveries deliveries) {
        deliveries.bindRequests(
                registry, delivery -> new SpooledFiles(spool.folder(delivery.destination()), delivery, health));
        registry.bind("spool", spool);
        registry.bind("segments", segments);
        registry.bind("dead-letters", deadLetters);
    }

    @Override
    public void open() throws IOException {
        taken = DataDirectory.take(data);
        DurableFiles.createFolder(cursorFolder());
        spool.open();
        segments.open();
        deadLetters.open();
    }

    private Path cursorFolder() {
        return data.resolve("cursors");
    }

    @Override
    public boolean isBehind() {
        return segments.isBehind();
    }

    @Override
    public void onDropped(BiConsumer<Destination, LineBlock> told) {
        spool.onDropped(told);
    }

    @Override
    public Function<String, CursorStore> cursors() {
        return name -> new CursorFile(cursorFolder(), name);
    }

    @Override
    public DeadLetters deadLetters() {
        return deadLetters;
    }

    @Override
    public void close() throws IOException {
        if (taken != null) {
            taken.close();
        }
    }
}
