package io.funcobserver.faults;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.funcobserver.demo.Answer;
import io.funcobserver.demo.EmbeddedMariaDb;
import io.funcobserver.demo.EmbeddedRedis;
import io.funcobserver.demo.FuncDatabase;
import io.funcobserver.demo.FuncSchema;
import io.funcobserver.demo.FuncSimulator;
import io.funcobserver.demo.Receiver;
import io.funcobserver.demo.RedisDatabase;
import io.funcobserver.testing.ProductProcess;
import io.funcobserver.testing.TestInstallation;
import org.awaitility.core.ConditionTimeoutException;

import static org.awaitility.Awaitility.await;

/**
 * The long soak behind {@code ./mvnw -Pchaos -Dchaos.minutes=N}: a Func writes, the product delivers, and one random fault
 * follows the other. Ends with a summary, and with 1 when a row was lost or came otherwise than before.
 */
final class Chaos {
    private static final double TASKS_PER_SECOND = 150;
    private static final Duration LONGEST_FAULT = Duration.ofSeconds(6);
    private static final Duration LONGEST_RECOVERY = Duration.ofMinutes(3);

    private final Random random;
    private final Duration duration;
    private final PrintStream out;
    private final Map<String, Integer> injected = new TreeMap<>();

    private EmbeddedMariaDb mariaDb;
    private EmbeddedRedis redis;
    private Link toMariaDb;
    private Link toRedis;
    private TestInstallation site;
    private ProductProcess product;
    private long deadLettered;

    private interface Action {
        void run() throws Exception;
    }

    private record Fault(String name, Action begin, Action end) {}

    private Chaos(long seed, Duration duration, PrintStream out) {
        this.random = new Random(seed);
        this.duration = duration;
        this.out = out;
    }

    public static void main(String[] arguments) throws Exception {
        long given = Long.getLong("chaos.seed", 0);
        long seed = given == 0 ? System.nanoTime() : given;
        Duration duration = Duration.ofMinutes(Long.getLong("chaos.minutes", 10));
        System.out.println("Chaos for " + duration.toMinutes() + " min; again with -Dchaos.seed=" + seed);
        Path folder = Files.createTempDirectory("func-observer-chaos");
        boolean well = new Chaos(seed, duration, System.out).run(folder);
        if (well) {
            remove(folder);
        } else {
            System.out.println("The product's data and logs are in " + folder);
        }
        System.exit(well ? 0 : 1);
    }

    private boolean run(Path folder) throws Exception {
        try (EmbeddedMariaDb mysqlServer = EmbeddedMariaDb.started();
                EmbeddedRedis redisServer = EmbeddedRedis.started();
                Link mysqlLink = new Link(mysqlServer.port());
                Link redisLink = new Link(redisServer.port());
                TestInstallation running = new TestInstallation(
                        folder,
                        FuncDatabase.create(mysqlServer.server(), "dataflux_func", FuncSchema.V6),
                        new RedisDatabase(redisServer.server(), 5),
                        Receiver.startedForgetful())) {
            mariaDb = mysqlServer;
            redis = redisServer;
            toMariaDb = mysqlLink;
            toRedis = redisLink;
            site = running;
            site.set("func.mysql.port", String.valueOf(toMariaDb.port()));
            site.set("func.redis.port", String.valueOf(toRedis.port()));
            site.set("batch.max-lines", "500");
            product = site.launch().awaitReady();
            FuncSimulator.Settings busy = FuncSimulator.Settings.test().withTasksPerSecond(TASKS_PER_SECOND);
            long written;
            try (FuncSimulator func = new FuncSimulator(site.database, site.redis, busy).start()) {
                long end = System.nanoTime() + duration.toNanos();
                while (System.nanoTime() < end) {
                    inject();
                }
                written = func.rows();
            }
            recover();
            return summary(written);
        }
    }

    private void inject() throws Exception {
        List<Fault> faults = faults();
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
        Action start = () -> product = site.launch().awaitReady();
        List<Fault> faults = new ArrayList<>(List.of(
                new Fault("kill -9", () -> product.kill(), start),
                new Fault("kill -9", () -> product.kill(), start),
                new Fault("kill -9 in the start", this::killInTheStart, start),
                new Fault("SIGTERM", this::terminate, start),
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
        return faults;
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
        ProductProcess starting = site.launch();
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
        product.stop();
        out.println();
        out.println("faults injected  "
                + injected.values().stream().mapToInt(i -> i).sum());
        injected.forEach((name, count) -> out.printf("  %-32s %d%n", name, count));
        out.println("rows written     " + written);
        out.println("rows delivered   " + site.ledger.delivered(site.database));
        out.println("lost             " + lost.size());
        out.println("resent lines     " + site.ledger.resent() + ", " + differing.size() + " of them otherwise");
        out.println("dead-lettered    " + deadLettered + ", all replayed");
        lost.stream().limit(20).forEach(row -> out.println("lost: " + row));
        differing.stream().limit(20).forEach(line -> out.println("resent otherwise: " + line));
        return lost.isEmpty() && differing.isEmpty();
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
