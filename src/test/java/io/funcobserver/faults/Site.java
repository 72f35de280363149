package io.funcobserver.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.funcobserver.app.Pipeline;
import io.funcobserver.app.RouteFiles;
import io.funcobserver.app.TestSettings;
import io.funcobserver.config.Settings;
import io.funcobserver.demo.FreePort;
import io.funcobserver.demo.FuncDatabase;
import io.funcobserver.demo.FuncSchema;
import io.funcobserver.demo.FuncSimulator;
import io.funcobserver.demo.Line;
import io.funcobserver.demo.LineParser;
import io.funcobserver.demo.Receiver;
import io.funcobserver.demo.RedisDatabase;
import io.funcobserver.demo.Servers;

/** A Func, a receiver, and a data directory: all that a product needs, with everything as quick as can be. */
final class Site implements AutoCloseable {
    final Path folder;
    final Path data;
    final FuncDatabase database;
    final RedisDatabase redis;
    final Receiver receiver;
    final Ledger ledger = new Ledger();
    final Map<String, String> settings;

    private final List<ProductProcess> processes = new ArrayList<>();

    /** On the servers that all tests share. */
    static Site on(Path folder) throws IOException, SQLException {
        return new Site(folder, Servers.newDatabase(FuncSchema.V6), Servers.newRedisDatabase());
    }

    Site(Path folder, FuncDatabase database, RedisDatabase redis) throws IOException {
        this(folder, database, redis, Receiver.started());
    }

    Site(Path folder, FuncDatabase database, RedisDatabase redis, Receiver receiver) throws IOException {
        this.folder = folder;
        this.data = folder.resolve("data");
        this.database = database;
        this.redis = redis;
        this.receiver = receiver.onLine(ledger::arrived);
        this.settings = new LinkedHashMap<>(TestSettings.of(database, redis, receiver.url(), data));
        set("observe.port", String.valueOf(FreePort.next()));
        set("records.start", "beginning");
        for (String gauge : List.of(
                "worker-queue",
                "cache-db",
                "cache-db-key",
                "db-table",
                "delay-queue",
                "entity",
                "cron-job",
                "service-info")) {
            set("measurement." + gauge + ".period", "1s");
        }
        for (String tail : List.of("func-call", "task-record", "task-record-func")) {
            set("measurement." + tail + ".period", "100ms");
        }
        set("batch.max-delay", "20ms");
        set("retry.delay", "50ms");
        set("retry.max-delay", "200ms");
        set("target.connect-timeout", "1s");
        set("target.timeout", "2s");
    }

    Site set(String property, String value) {
        settings.put(property, value);
        return this;
    }

    /** A Func that writes when it is told to and keeps every row. */
    FuncSimulator func() {
        return new FuncSimulator(database, null, FuncSimulator.Settings.test());
    }

    /** The product in this process. */
    Pipeline startPipeline() throws IOException {
        return Pipeline.start(Settings.of(settings), RouteFiles.in(Path.of("routes")));
    }

    /** The product as a process of its own; ended with the site at the latest. */
    ProductProcess launch() {
        ProductProcess product = ProductProcess.run(folder.resolve("work"), settings);
        processes.add(product);
        return product;
    }

    /** One of the other commands, as a process of its own. */
    ProductProcess command(String... command) {
        ProductProcess product = ProductProcess.start(folder.resolve("work"), settings, command);
        processes.add(product);
        return product;
    }

    /** What the product that runs on this site shows. */
    Observed observed() {
        return new Observed(settings.get("observe.port"));
    }

    /** Every file of the data directory, sorted, with {@code /} between folders. */
    List<String> files() {
        if (!Files.exists(data)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(data)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> data.relativize(file).toString().replace('\\', '/'))
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            // A file went away while the folder was walked.
            return files();
        }
    }

    /** The spool's files of a category that wait, oldest first. */
    List<String> spooled(String category) {
        return files().stream()
                .filter(file -> file.startsWith("spool/main/" + category + "/") && file.endsWith(".lp.gz"))
                .toList();
    }

    boolean isSpoolEmpty() {
        return files().stream().noneMatch(file -> file.startsWith("spool/") || file.startsWith("segments/"));
    }

    /** The dead letters, as the command names them. */
    List<String> deadLetters() {
        return files().stream()
                .filter(file -> file.startsWith("dead-letter/") && file.endsWith(".lp"))
                .toList();
    }

    /** The lines of all dead letters. */
    List<Line> deadLines() {
        List<Line> lines = new ArrayList<>();
        for (String file : deadLetters()) {
            try {
                lines.addAll(
                        LineParser.parse(Files.readAllBytes(data.resolve(file))).lines());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return lines;
    }

    @Override
    public void close() throws SQLException {
        processes.forEach(ProductProcess::close);
        receiver.close();
        database.close();
    }
}
