package io.funcobserver.faults;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;

import io.funcobserver.demo.Answer;
import io.funcobserver.demo.EmbeddedMariaDb;
import io.funcobserver.demo.EmbeddedRedis;
import io.funcobserver.demo.Folders;
import io.funcobserver.demo.FuncDatabase;
import io.funcobserver.demo.FuncSchema;
import io.funcobserver.demo.FuncSimulator;
import io.funcobserver.demo.Receiver;
import io.funcobserver.demo.RedisDatabase;
import io.funcobserver.testing.BadServers;
import io.funcobserver.testing.Link;
import io.funcobserver.testing.ProductProcess;
import io.funcobserver.testing.RawServer;
import io.funcobserver.testing.TestInstallation;
import org.awaitility.core.ConditionTimeoutException;

import static org.awaitility.Awaitility.await;

/**
 * The long soak behind {@code ./mvnw -Pchaos -Dchaos.minutes=N}: a Func writes, the product delivers, and one random fault
 * follows the other. In the first third of the time the process itself is ended again and again; after that one process
 * lives through everything else, so that what it takes of the machine can be compared. Ends with a summary, and with 1 when
 * a row was lost or came otherwise than before.
 */
final class Chaos {
    private static final Duration SETTLE = Duration.ofSeconds(15);

    private static final Duration LONGEST_FAULT = Duration.ofSeconds(6);
    private static final Duration LONGEST_RECOVERY = Duration.ofMinutes(3);

    private static final List<String> DISK_ERRORS = List.of(
            "write EIO 100 cursors/",
            "sync EIO 100 cursors/",
            "rename EROFS 100 cursors/",
            "open EMFILE 50 /data/",
            "write ENOSPC 100 /data/",
            "write EDQUOT 50 /data/",
            "write HALF 50 /data/",
            "write SLOW 30 /data/",
            "sync EIO 50 /data/",
            "syncdir EIO 50 /data/",
            "syncdir EIO 100 /spool/\nunlink EIO 100 /spool/",
            "rename EIO 50 /data/",
            "unlink EIO 100 /spool/",
            "unlink EROFS 50 /data/",
            "read EIO 50 /spool/",
            "list EIO 50 /data/",
            "write EIO 50 segments/\ntruncate EIO 50 segments/",
            "open EACCES 100 dead-letter/");

    private final Random random;
    private final Duration duration;
    private final double tasksPerSecond;
    private final PrintStream out;
    private final Map<String, Integer> injected = new TreeMap<>();

    private EmbeddedMariaDb mariaDb;
    private EmbeddedRedis redis;
    private Link toMariaDb;
    private Link toRedis;
    private Link toTarget;
    private FaultyDisk disk;
    private TestInstallation site;
    private ProductProcess product;
    private long deadLettered;
    private Footprint atFirst;

    private interface Action {
        void run() throws Exception;
    }

    /** @param ends whether the product's process ends by it */
    private record Fault(String name, boolean ends, Action begin, Action end) {
        Fault(String name, Action begin, Action end) {
            this(name, false, begin, end);
        }
    }

    private Chaos(long seed, Duration duration, double tasksPerSecond, PrintStream out) {
        this.random = new Random(seed);
        this.duration = duration;
        this.tasksPerSecond = tasksPerSecond;
        this.out = out;
    }

    public static void main(String[] arguments) throws Exception {
        long given = Long.getLong("chaos.seed", 0);
        long seed = given == 0 ? System.nanoTime() : given;
        Duration duration = Duration.ofMinutes(Long.getLong("chaos.minutes", 10));
        double tasksPerSecond = Double.parseDouble(System.getProperty("chaos.tasks", "150"));
        System.out.println("Chaos for " + duration.toMinutes() + " min, " + tasksPerSecond
                + " tasks a second; again with -Dchaos.seed=" + seed);
        Path folder = Files.createTempDirectory("func-observer-chaos");
        boolean well = new Chaos(seed, duration, tasksPerSecond, System.out).run(folder);
        if (well) {
            Folders.remove(folder);
        } else {
            System.out.println("The product's data and logs are in " + folder);
        }
        System.exit(well ? 0 : 1);
    }

    private boolean run(Path folder) throws Exception {
        disk = FaultyDisk.compiled(folder).orElse(null);
        try (EmbeddedMariaDb mysqlServer = EmbeddedMariaDb.started();
                EmbeddedRedis redisServer = EmbeddedRedis.started();
                Receiver receiver = Receiver.startedForgetful();
                Link mysqlLink = new Link(mysqlServer.port());
                Link redisLink = new Link(redisServer.port());
                Link targetLink = new Link(receiver.port());
                TestInstallation running = new TestInstallation(
                        folder,
                        FuncDatabase.create(mysqlServer.server(), "dataflux_func", FuncSchema.V6),
                        new RedisDatabase(redisServer.server(), 5),
                        receiver)) {
            mariaDb = mysqlServer;
            redis = redisServer;
            toMariaDb = mysqlLink;
            toRedis = redisLink;
            toTarget = targetLink;
            site = running;
            site.set("func.mysql.port", String.valueOf(toMariaDb.port()));
            site.set("func.redis.port", String.valueOf(toRedis.port()));
            site.set("target.url", "http://127.0.0.1:" + toTarget.port());
            site.set("batch.max-lines", "500");
            product = launch().awaitReady();
            FuncSimulator.Settings busy = FuncSimulator.Settings.test().withTasksPerSecond(tasksPerSecond);
            long written;
            try (FuncSimulator func = new FuncSimulator(site.database, site.redis, busy).start()) {
                long begin = System.nanoTime();
                while (System.nanoTime() - begin < duration.toNanos() / 3) {
                    inject(faults());
                }
                atFirst = footprint();
                while (System.nanoTime() - begin < duration.toNanos()) {
                    inject(faults().stream().filter(fault -> !fault.ends()).toList());
                }
                written = func.rows();
            }
            recover();
            return summary(written);
        }
    }

    private ProductProcess launch() {
        return site.command(ProductProcess.Launch.plain().in(disk == null ? Map.of() : disk.environment()), "run");
    }

    /** What the process takes when nothing is the matter. */
    private Footprint footprint() throws IOException {
        product.runFor(SETTLE);
        return Footprint.of(product.process().pid());
    }

    private void inject(List<Fault> faults) throws Exception {
        Fault fault = faults.get(random.nextInt(faults.size()));
        injected.merge(fault.name(), 1, Integer::sum);
        out.println(fault.name());
        fault.begin().run();
        product.runForAtMost(Duration.ofMillis(random.nextInt((int) LONGEST_FAULT.toMillis())));
        fault.end().run();
        if (!product.isAlive()) {
            throw new IllegalStateException("the product ended by itself: " + product.output());
        }
        product.runForAtMost(Duration.ofMillis(random.nextInt(2000)));
    }

    private List<Fault> faults() {
        Action nothing = () -> {};
        Action start = () -> product = launch().awaitReady();
        List<Fault> faults = new ArrayList<>(List.of(
                new Fault("kill -9", true, () -> product.kill(), start),
                new Fault("kill -9", true, () -> product.kill(), start),
                new Fault("kill -9 in the start", true, this::killInTheStart, start),
                new Fault("SIGTERM", true, this::terminate, start),
                new Fault("target refuses", () -> site.receiver.stop(), () -> site.receiver.start()),
                new Fault(
                        "poison lines", () -> site.receiver.refuse(line -> line.timestamp() % 200 == 7), this::replay),
                new Fault(
                        "poison lines, partial writes",
                        () -> site.receiver.refuseInPart(line -> line.timestamp() % 200 == 7),
                        this::replay),
                new Fault("MySQL crashes", () -> mariaDb.kill(), () -> mariaDb.start()),
                new Fault("MySQL restarts", () -> mariaDb.stop(), () -> mariaDb.start()),
                new Fault("MySQL hangs", () -> mariaDb.freeze(), () -> mariaDb.thaw()),
                new Fault("MySQL breaks off", () -> toMariaDb.cutAfter(random.nextInt(200_000)), nothing),
                new Fault("Redis crashes", () -> redis.stop(), () -> redis.start()),
                new Fault("Redis hangs", () -> redis.freeze(), () -> redis.thaw()),
                new Fault("Redis breaks off", () -> toRedis.cutAfter(random.nextInt(5_000)), nothing)));
        answers()
                .forEach((name, answer) -> faults.add(new Fault(
                        "target: " + name,
                        () -> site.receiver.answerWith(request -> answer.get()),
                        () -> site.receiver.answerWith(Answer.usual()))));
        badServers(faults, "target", toTarget, BadServers.targets());
        badServers(faults, "MySQL", toMariaDb, BadServers.mySql());
        badServers(faults, "Redis", toRedis, BadServers.redis());
        for (String table : List.of(FuncSchema.TASK_RECORD, FuncSchema.TASK_RECORD_FUNC)) {
            faults.add(new Fault(
                    "a table is away",
                    () -> site.database.execute("RENAME TABLE " + table + " TO elsewhere"),
                    () -> site.database.execute("RENAME TABLE elsewhere TO " + table)));
        }
        faults.add(new Fault("a row of 30 MB", this::insertGiant, nothing));
        if (disk != null) {
            for (String rules : DISK_ERRORS) {
                faults.add(new Fault(
                        "disk: " + rules.replace("\n", ", "), () -> disk.fail(rules.split("\n")), () -> disk.heal()));
            }
        }
        return faults;
    }

    private static void badServers(List<Fault> faults, String what, Link way, Map<String, RawServer.Serving> servers) {
        servers.forEach((name, serving) ->
                faults.add(new Fault(what + ": " + name, () -> way.leadTo(serving), () -> way.leadBack())));
    }

    private void insertGiant() throws SQLException {
        site.database.execute("INSERT INTO " + FuncSchema.TASK_RECORD_FUNC
                + " (id, funcId, status, triggerTimeMs, startTimeMs, endTimeMs, printLogsTEXT) VALUES (UUID(), 'giant',"
                + " 'success', UNIX_TIMESTAMP() * 1000, 1, 1, REPEAT('x', 30000000))");
    }

    private static Map<String, Supplier<Answer>> answers() {
        Map<String, Supplier<Answer>> answers = new TreeMap<>();
        for (int status : new int[] {301, 401, 404, 408, 429, 500, 503}) {
            answers.put(String.valueOf(status), () -> Answer.status(status));
        }
        answers.put("429, Retry-After", () -> Answer.status(429).header("Retry-After", "1"));
        answers.put("500, stored", () -> Answer.storeThenStatus(500));
        answers.put("no answer", Answer::noAnswer);
        answers.put("reset in the body", Answer::resetInBody);
        answers.put("reset, stored", Answer::storeThenReset);
        return answers;
    }

    private void killInTheStart() {
        product.kill();
        ProductProcess starting = launch();
        starting.runForAtMost(Duration.ofMillis(random.nextInt(2000)));
        starting.kill();
    }

    private void terminate() {
        int exitCode = product.stop().exitCode();
        if (exitCode != 0) {
            throw new IllegalStateException("exit code " + exitCode + " after SIGTERM: " + product.output());
        }
    }

    private void replay() {
        site.receiver.refuse(line -> false);
        deadLettered += site.deadLines().size();
        int exitCode = site.command("replay").awaitEnd(Duration.ofMinutes(1)).exitCode();
        if (exitCode != 0) {
            throw new IllegalStateException("replay ended with " + exitCode);
        }
    }

    private void recover() {
        try {
            await().atMost(LONGEST_RECOVERY).pollInterval(Duration.ofSeconds(1)).until(() -> {
                if (!site.deadLetters().isEmpty()) {
                    replay();
                }
                return site.isSpoolEmpty() && site.ledger.lost(site.database).isEmpty();
            });
        } catch (ConditionTimeoutException e) {
            out.println("Not everything has come after " + LONGEST_RECOVERY.toMinutes() + " min.");
        }
    }

    private boolean summary(long written) throws SQLException, IOException {
        List<String> lost = site.ledger.lost(site.database);
        List<String> differing = site.ledger.differing();
        Footprint atLast = footprint();
        int exitCode = product.stop().exitCode();
        out.println();
        out.println("faults injected  "
                + injected.values().stream().mapToInt(i -> i).sum());
        injected.forEach((name, count) -> out.printf("  %-32s %d%n", name, count));
        out.println("rows written     " + written);
        out.println("rows delivered   " + site.ledger.delivered(site.database));
        out.println("lost             " + lost.size());
        out.println("points delivered " + site.ledger.points());
        out.println("copies           " + site.ledger.resent() + ", " + differing.size() + " of them otherwise");
        out.println("dead-lettered    " + deadLettered + ", all replayed");
        out.println("disk errors      " + (disk == null ? "none: no C compiler here" : "yes"));
        out.println("one process, from the last start on and at its end");
        Footprint.table(atFirst, atLast).forEach(line -> out.println("  " + line));
        if (exitCode != 0) {
            out.println("exit code " + exitCode + " at the end: " + product.output());
        }
        lost.stream().limit(20).forEach(row -> out.println("lost: " + row));
        differing.stream().limit(20).forEach(line -> out.println("resent otherwise: " + line));
        return lost.isEmpty() && differing.isEmpty() && exitCode == 0;
    }
}
