package io.funcobserver.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.funcobserver.config.Catalogue;

/**
 * Shows the product at work on one machine: a real MariaDB and a real Redis, a simulated Func that writes them, the
 * product with its own routes, and a receiver that shows what arrives.
 */
public final class Demo {
    private static final String DATABASE = "dataflux_func";
    private static final String READER = "func-observer";
    /** {@code -Ddemo.intake}: the simulated Func uploads to the intake instead of being read. */
    private static final boolean BY_UPLOAD = !"false".equals(System.getProperty("demo.intake", "false"));

    private static final List<String> TAILS = List.of("func-call", "task-record", "task-record-func");
    private static final int UPLOADED_TASKS_PER_SECOND = 300;
    private static final Duration TERMINAL_REFRESH = Duration.ofSeconds(1);
    private static final Duration PLAIN_REFRESH = Duration.ofSeconds(5);
    private static final Duration LONGEST_DELIVERY = Duration.ofSeconds(10);
    private static final Duration LONGEST_STOP = Duration.ofSeconds(30);

    private final Product product;
    private final Screen screen;
    private final CountDownLatch stop;
    private final Arrivals arrivals = new Arrivals();
    /** What Func has uploaded and what of it arrived; null where it is read. */
    private Uploaded uploaded;

    private record Uploaded(long requests, long lost, long points, long arrived) {
        boolean isComplete() {
            return lost == 0 && arrived >= points;
        }
    }

    /** @param stop ends the demo when it is counted down */
    Demo(Product product, Screen screen, CountDownLatch stop) {
        this.product = product;
        this.screen = screen;
        this.stop = stop;
    }

    /** Runs until Ctrl-C, or for the seconds that the system property {@code demo.seconds} says. */
    public static void main(String[] args) {
        Screen screen = Screen.standard();
        // The product logs to standard error: its lines go above the table, not into it.
        System.setErr(screen.messages());
        Duration duration;
        try {
            duration = duration(System.getProperty("demo.seconds", "0"));
        } catch (IllegalArgumentException e) {
            screen.say(e.getMessage());
            System.exit(2);
            return;
        }
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            stop.countDown();
            await(ended, LONGEST_STOP);
        }));
        // Maven, or the terminal's shell: without it nobody would end the demo.
        ProcessHandle.current().parent().ifPresent(parent -> parent.onExit().thenRun(stop::countDown));
        int exit = 1;
        try {
            exit = new Demo(Product.shipped(), screen, stop).run(duration);
        } catch (Exception e) {
            screen.say("The demo failed: " + e.getMessage());
        } finally {
            ended.countDown();
        }
        System.exit(exit);
    }

    /** @return zero for no end */
    private static Duration duration(String seconds) {
        try {
            long value = Long.parseLong(seconds);
            if (value >= 0) {
                return Duration.ofSeconds(value);
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new IllegalArgumentException(
                "demo.seconds=" + seconds + " is not a number of seconds; 0 runs until Ctrl-C");
    }

    /**
     * Starts everything, runs, and stops everything.
     *
     * @param duration from when the product has started; zero for no end
     * @return 0 when each measurement arrived, all that was uploaded with it, and no request was refused; else 1
     */
    int run(Duration duration) throws Exception {
        screen.say("func-observer demo: everything runs on this machine, bound to 127.0.0.1; Ctrl-C ends it.");
        Path directory = Files.createTempDirectory("func-observer-demo");
        try {
            serve(directory, duration);
        } finally {
            Folders.remove(directory);
        }
        return summary();
    }

    private void serve(Path directory, Duration duration) throws Exception {
        try (EmbeddedMariaDb mariaDb =
                        starting("MariaDB (unpacked once, to target/embedded)", EmbeddedMariaDb::started);
                EmbeddedRedis redis = starting("Redis", EmbeddedRedis::started)) {
            screen.say("MariaDB listens on " + mariaDb.port() + ", Redis on " + redis.port() + ".");
            FuncDatabase database = FuncDatabase.create(mariaDb.server(), DATABASE, FuncSchema.V6);
            RedisDatabase keys = new RedisDatabase(redis.server(), 5);
            String password = UUID.randomUUID().toString();
            createReader(mariaDb, password);
            try (Receiver receiver =
                            Receiver.startedForgetful().onLine(arrivals::line).onRequest(arrivals::request);
                    FuncSimulator func = new FuncSimulator(database, keys, FuncSimulator.Settings.demo()).start()) {
                screen.say("The simulated Func finishes 300 tasks a second; the receiver listens on " + receiver.url()
                        + ".");
                Map<String, String> properties = properties(database, keys, receiver, directory);
                properties.put("func.mysql.username", READER);
                properties.put("func.mysql.password", password);
                int intake = FreePort.next();
                if (BY_UPLOAD) {
                    switchUploadOn(mariaDb, "http://127.0.0.1:" + intake);
                    properties.put("intake.enabled", "true");
                    properties.put("intake.port", String.valueOf(intake));
                }
                AutoCloseable running = starting("func-observer", () -> product.start(properties));
                FuncUploader uploader = new FuncUploader("http://127.0.0.1:" + intake, UPLOADED_TASKS_PER_SECOND, 1);
                String page = "Status page: http://127.0.0.1:" + properties.get("observe.port") + "/";
                screen.say(page);
                try {
                    if (BY_UPLOAD) {
                        screen.say("Func uploads to http://127.0.0.1:" + intake + " instead of being read.");
                        uploader.start();
                    }
                    watch(duration, page);
                    screen.leaveTable();
                    screen.say("Stopping.");
                    if (BY_UPLOAD) {
                        uploader.close();
                        uploaded = awaitUploaded(uploader);
                    }
                } finally {
                    uploader.close();
                    running.close();
                }
                if (func.lastFailure() != null) {
                    screen.say("The simulated Func could not write: "
                            + func.lastFailure().getMessage());
                }
            }
        }
    }

    @FunctionalInterface
    private interface Start<T> {
        T start() throws Exception;
    }

    private <T> T starting(String name, Start<T> part) throws Exception {
        screen.say("Starting " + name + " ...");
        long start = System.nanoTime();
        T started = part.start();
        screen.say(String.format(Locale.ROOT, "  ready after %.1f s.", (System.nanoTime() - start) / 1e9));
        return started;
    }

    /** A user with no more rights than a real installation should give. */
    private static void createReader(EmbeddedMariaDb mariaDb, String password) throws SQLException {
        try (Connection connection = mariaDb.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE USER '" + READER + "'@'127.0.0.1' IDENTIFIED BY '" + password + "'");
            statement.execute("GRANT SELECT ON " + DATABASE + ".* TO '" + READER + "'@'127.0.0.1'");
        }
    }

    /** As Func's settings say it, where the product looks. */
    private static void switchUploadOn(EmbeddedMariaDb mariaDb, String url) throws SQLException {
        try (Connection connection = mariaDb.connect();
                Statement statement = connection.createStatement()) {
            String table = DATABASE + ".wat_main_system_setting";
            statement.execute("CREATE TABLE IF NOT EXISTS " + table + " (id VARCHAR(256) PRIMARY KEY, value JSON)");
            statement.execute("REPLACE INTO " + table + " (id, value) VALUES ('GUANCE_DATA_UPLOAD_ENABLED', 'true'),"
                    + " ('GUANCE_DATA_UPLOAD_URL', '\"" + url + "\"')");
        }
    }

    private static Map<String, String> properties(
            FuncDatabase database, RedisDatabase keys, Receiver receiver, Path directory) throws IOException {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("func.site-name", "demo");
        properties.put("func.mysql.host", database.server().host());
        properties.put("func.mysql.port", String.valueOf(database.server().port()));
        properties.put("func.mysql.database", database.name());
        properties.put("func.redis.host", keys.host());
        properties.put("func.redis.port", String.valueOf(keys.port()));
        properties.put("func.redis.database", String.valueOf(keys.number()));
        properties.put("target.url", receiver.url());
        properties.put("data.directory", directory.resolve("data").toString());
        properties.put("observe.port", String.valueOf(FreePort.next()));
        properties.put("records.start", "beginning");
        // Quicker than by default: something is to be seen.
        Catalogue.standardRouteIds()
                .forEach(id -> properties.put("measurement." + id + ".period", TAILS.contains(id) ? "1s" : "5s"));
        return properties;
    }

    /** @param head stands above the table, where log lines do not carry it away */
    private void watch(Duration duration, String head) {
        Duration refresh = screen.isTerminal() ? TERMINAL_REFRESH : PLAIN_REFRESH;
        long start = System.nanoTime();
        LiveTable table = new LiveTable(arrivals, start);
        boolean ends = false;
        while (!ends) {
            Duration left = duration.minusNanos(System.nanoTime() - start);
            boolean last = !duration.isZero() && left.compareTo(refresh) <= 0;
            ends = await(stop, last ? left : refresh) || last;
            List<String> rows = new ArrayList<>(List.of(head));
            rows.addAll(table.rows(System.nanoTime(), screen.width()));
            screen.show(rows);
        }
    }

    /** What was answered 200 is delivered within {@code batch.max-delay}. */
    private Uploaded awaitUploaded(FuncUploader uploader) throws InterruptedException {
        long deadline = System.nanoTime() + LONGEST_DELIVERY.toNanos();
        Uploaded now;
        do {
            TimeUnit.MILLISECONDS.sleep(50);
            now = new Uploaded(uploader.taken(), uploader.lost(), uploader.points(), arrivals.uploaded());
        } while (!now.isComplete() && System.nanoTime() < deadline);
        return now;
    }

    private int summary() {
        long points =
                arrivals.points().values().stream().mapToLong(Long::longValue).sum();
        screen.say(points + " points arrived in " + arrivals.requests() + " requests.");
        arrivals.all()
                .forEach(arrived ->
                        screen.say(String.format(Locale.ROOT, "  %-22s %9d", arrived.measurement(), arrived.points())));
        if (!arrivals.missing().isEmpty()) {
            screen.say("Missing: " + String.join(", ", arrivals.missing()) + ".");
        }
        if (arrivals.refused() > 0) {
            screen.say(
                    arrivals.refused() + " requests were refused, the last one with " + arrivals.lastRefusal() + ".");
        }
        if (uploaded != null) {
            screen.say(uploaded.requests() + " uploads of " + uploaded.points() + " points were answered 200, and "
                    + uploaded.arrived() + " of their points arrived; " + uploaded.lost() + " uploads were not taken.");
        }
        boolean complete = uploaded == null || uploaded.isComplete();
        return arrivals.missing().isEmpty() && arrivals.refused() == 0 && complete ? 0 : 1;
    }

    /** True when the latch came down in time. */
    private static boolean await(CountDownLatch latch, Duration atMost) {
        try {
            return latch.await(Math.max(0, atMost.toMillis()), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
