package io.funcobserver.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.funcobserver.app.Pipeline;
import io.funcobserver.app.RouteFiles;
import io.funcobserver.app.SourceTimeouts;
import io.funcobserver.config.Catalogue;
import io.funcobserver.config.Settings;
import io.funcobserver.config.SettingsSources;
import io.funcobserver.demo.Folders;
import io.funcobserver.demo.FreePort;
import io.funcobserver.demo.FuncDatabase;
import io.funcobserver.demo.FuncSchema;
import io.funcobserver.demo.FuncSimulator;
import io.funcobserver.demo.Line;
import io.funcobserver.demo.LineParser;
import io.funcobserver.demo.Receiver;
import io.funcobserver.demo.RedisDatabase;
import io.funcobserver.demo.Servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A Func, a receiver and a data directory with the product between them: in this process or as one of its own, with short
 * periods and pauses, and seen from outside by health and metrics. Records are read from their beginning.
 */
public final class TestInstallation implements AutoCloseable {
    /** The measurements that are read from a growing table or a list; the others are gauges. */
    public static final List<String> RECORDS = List.of("func-call", "task-record", "task-record-func");

    private static final Path SHIPPED = Path.of("routes");

    public final Path folder;
    public final Path data;
    public final FuncDatabase database;
    public final RedisDatabase redis;
    public final Receiver receiver;
    public final Ledger ledger = new Ledger();
    /** By property; what is changed here counts from the next start on. */
    public final Map<String, String> settings;

    private final boolean passing;
    private final List<ProductProcess> processes = new ArrayList<>();
    private Pipeline pipeline;
    private SourceTimeouts timeouts;

    /** On the servers that all tests share, with a Func of the newest schema. */
    public static TestInstallation open() {
        return open(FuncSchema.V6);
    }

    /** On the servers that all tests share. */
    public static TestInstallation open(FuncSchema schema) {
        try {
            return new TestInstallation(Servers.newDatabase(schema), Servers.newRedisDatabase(), Receiver.started());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** On servers of the test's own; these databases and the receiver are closed with the installation. */
    public TestInstallation(FuncDatabase database, RedisDatabase redis, Receiver receiver) throws IOException {
        this(Files.createTempDirectory("func-observer-test"), true, database, redis, receiver);
    }

    /** In a folder that is there afterwards too. */
    public TestInstallation(Path folder, FuncDatabase database, RedisDatabase redis, Receiver receiver)
            throws IOException {
        this(folder, false, database, redis, receiver);
    }

    private TestInstallation(
            Path folder, boolean passing, FuncDatabase database, RedisDatabase redis, Receiver receiver)
            throws IOException {
        this.folder = folder;
        this.passing = passing;
        this.data = folder.resolve("data");
        this.database = database;
        this.redis = redis;
        this.receiver = receiver.onLine(ledger::arrived);
        this.settings = TestSettings.of(database, redis, receiver.url(), data);
        set("observe.port", String.valueOf(FreePort.next()));
        set("records.start", "beginning");
        Catalogue.standardRouteIds()
                .forEach(id -> set("measurement." + id + ".period", RECORDS.contains(id) ? "100ms" : "1s"));
        set("batch.max-delay", "20ms");
        set("retry.delay", "20ms");
        set("retry.max-delay", "100ms");
        set("target.connect-timeout", "1s");
        set("target.timeout", "5s");
    }

    public TestInstallation set(String property, String value) {
        settings.put(property, value);
        return this;
    }

    /** Leaves the other standard measurements out, and reads these often. */
    public TestInstallation only(String... measurements) {
        List<String> wanted = List.of(measurements);
        Catalogue.standardRouteIds()
                .forEach(id -> set("measurement." + id + ".enabled", String.valueOf(wanted.contains(id))));
        wanted.forEach(id -> set("measurement." + id + ".period", "100ms"));
        return this;
    }

    /** Leaves the gauges out. */
    public TestInstallation onlyRecords() {
        return only(RECORDS.toArray(String[]::new));
    }

    /** The product in this process waits no longer than this for MySQL and Redis. */
    public TestInstallation waitingForSources(Duration longest) {
        timeouts = new SourceTimeouts(longest, longest, longest);
        return this;
    }

    /** A Func that writes when it is told to and keeps every row. */
    public FuncSimulator func() {
        return new FuncSimulator(database, null, FuncSimulator.Settings.test());
    }

    /** Starts the product in this process, with the shipped routes. */
    public TestInstallation start() throws IOException {
        return start(SHIPPED);
    }

    /** Starts the product in this process. */
    public TestInstallation start(Path routes) throws IOException {
        pipeline = startPipeline(routes, settings);
        return this;
    }

    /** Starts one more product in this process, with settings of its own, which is the caller's to close. */
    public Pipeline startAnother(Map<String, String> own) throws IOException {
        Map<String, String> all = new LinkedHashMap<>(settings);
        all.put("observe.port", String.valueOf(FreePort.next()));
        all.putAll(own);
        return startPipeline(SHIPPED, all);
    }

    private Pipeline startPipeline(Path routes, Map<String, String> all) throws IOException {
        RouteFiles files = RouteFiles.in(routes);
        List<String> assignments = all.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .toList();
        Settings effective = Settings.read(new SettingsSources(assignments, Map.of(), null), files.ids())
                .orThrow();
        return timeouts == null ? Pipeline.start(effective, files) : Pipeline.start(effective, files, timeouts);
    }

    /** Stops the product in this process, if it runs. */
    public void stop() throws IOException {
        if (pipeline != null) {
            pipeline.close();
            pipeline = null;
        }
    }

    /** The product as a process of its own; ended with the installation at the latest. */
    public ProductProcess launch() {
        return command("run");
    }

    /** Any command, as a process of its own. */
    public ProductProcess command(String... command) {
        return command(ProductProcess.Launch.plain(), command);
    }

    /** Any command, as a process of its own. */
    public ProductProcess command(ProductProcess.Launch how, String... command) {
        ProductProcess product = how.start(folder.resolve("work"), settings, command);
        processes.add(product);
        return product;
    }

    /** Any command, as a process of its own, to its end. */
    public ProductProcess.Ended ended(String... command) {
        return command(command).awaitEnd();
    }

    /** Settings for one more product beside this one: with a data directory and a port of its own. */
    public Map<String, String> another(String name) throws IOException {
        Map<String, String> another = new LinkedHashMap<>(settings);
        another.put("data.directory", folder.resolve(name).resolve("data").toString());
        another.put("observe.port", String.valueOf(FreePort.next()));
        return another;
    }

    /** Switches the intake on. Returns its port. */
    public int receiveUploads() throws IOException {
        int port = FreePort.next();
        set("intake.enabled", "true").set("intake.port", String.valueOf(port));
        return port;
    }

    /** Waits until every row of the tables has arrived, none of it changed when it came again. */
    public void awaitDelivered() {
        await().untilAsserted(
                        () -> assertThat(ledger.lost(database)).as("rows lost").isEmpty());
        assertThat(ledger.differing()).as("resent otherwise").isEmpty();
    }

    /** What the product that runs here shows. */
    public Observed observed() {
        return new Observed(settings.get("observe.port"));
    }

    /** The address of the status page. */
    public String page() {
        return "http://127.0.0.1:" + settings.get("observe.port") + "/";
    }

    /** What {@code /observe/health} answers, or why there is no answer. */
    public String health() {
        try {
            return observed().health();
        } catch (IOException e) {
            return "no answer: " + e;
        }
    }

    public boolean isUp() {
        return health().replaceAll("\\s", "").startsWith("{\"status\":\"UP\"");
    }

    /** What {@code /observe/metrics} answers; empty when there is no answer. */
    public Scrape metrics() {
        try {
            return observed().metrics();
        } catch (IOException e) {
            return new Scrape("");
        }
    }

    /** The sum of all series of the metric that have these labels, such as {@code category="metric"}. */
    public double metric(String name, String... labels) {
        return metrics().value(name, labels);
    }

    /** How many values the measurement has dropped for the reason, which is counted from the start on. */
    public long dropped(String measurement, String reason) {
        String[] labels = {"measurement=\"" + measurement + "\"", "reason=\"" + reason + "\""};
        Scrape metrics = metrics();
        assertThat(metrics.has("values_dropped_total", labels))
                .as(metrics.text())
                .isTrue();
        return (long) metrics.value("values_dropped_total", labels);
    }

    /** The values of a tag of the accepted lines of a measurement, in the order in which they came. */
    public List<String> tags(String measurement, String tag) {
        return receiver.accepted(measurement).stream()
                .map(line -> line.tag(tag))
                .toList();
    }

    /** Every file of the data directory, sorted, with {@code /} between folders. */
    public List<String> files() {
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
    public List<String> spooled(String category) {
        return files().stream()
                .filter(file -> file.startsWith("spool/main/" + category + "/") && file.endsWith(".lp.gz"))
                .toList();
    }

    public boolean isSpoolEmpty() {
        return files().stream().noneMatch(file -> file.startsWith("spool/") || file.startsWith("segments/"));
    }

    /** The dead letters, as the command names them. */
    public List<String> deadLetters() {
        return files().stream()
                .filter(file -> file.startsWith("dead-letter/") && file.endsWith(".lp"))
                .toList();
    }

    /** The lines of all dead letters. */
    public List<Line> deadLines() {
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
    public void close() throws IOException, SQLException {
        stop();
        processes.forEach(ProductProcess::close);
        receiver.close();
        database.close();
        if (passing) {
            Folders.remove(folder);
        }
    }
}
