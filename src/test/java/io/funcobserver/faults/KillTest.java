package io.funcobserver.faults;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.funcobserver.demo.Answer;
import io.funcobserver.demo.FuncSchema;
import io.funcobserver.demo.FuncSimulator;
import io.funcobserver.demo.Line;
import io.funcobserver.demo.Request;
import io.funcobserver.testing.ProductProcess;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestInstallation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Promise 1 under {@code kill -9}. {@code -Dfaults.kills} says how often (20), {@code -Dfaults.seed} repeats a run as far
 * as its random moments go.
 */
@Slow
class KillTest {
    private static final int KILLS = Integer.getInteger("faults.kills", 20);
    private static final long SEED = Long.getLong("faults.seed", System.nanoTime());
    private static final List<String> CATEGORIES = List.of("metric", "logging");

    private final Random random = new Random(SEED);

    /** What the product is in the middle of when it is killed. */
    private enum Moment {
        START,
        WRITE,
        ROWS,
        BACKLOG,
        DRAIN,
        BISECT,
        REPLAY
    }

    /** What the target must see first of a category after a crash; null when nothing was under way. */
    private record UnderWay(int life, Map<String, byte[]> bodies) {}

    private UnderWay underWay = new UnderWay(0, Map.of());

    @Test
    void losesNoRowAndResendsTheSameBytes(TestReporter reporter) throws Exception {
        reporter.publishEntry("faults.seed", String.valueOf(SEED));
        FuncSimulator.Settings busy =
                FuncSimulator.Settings.test().withSeed(SEED).withTasksPerSecond(200);
        try (TestInstallation site = TestInstallation.open()) {
            site.set("batch.max-lines", "150");
            // Each life samples once, at its start: what a second run gathers may be open at the end, as at any stop.
            for (String gauge : List.of("worker-queue", "cache-db", "db-table")) {
                site.set("measurement." + gauge + ".period", "1h");
            }
            try (FuncSimulator func = new FuncSimulator(site.database, site.redis, busy).start()) {
                for (int life = 1; life <= KILLS; life++) {
                    live(site, life, Moment.values()[life % Moment.values().length]);
                }
                assertThat(func.lastFailure()).isNull();
            }
            site.receiver.answerWith(Answer.usual()).refuse(line -> false);
            ProductProcess last = launch(site, KILLS + 1).awaitReady();
            awaitAllDelivered(site);
            assertThat(last.stop().exitCode()).isZero();
            assertThat(site.ledger.differing()).as("resent otherwise").isEmpty();
            assertThat(site.files())
                    .as("files at the end")
                    .filteredOn(file -> !file.equals("dead-letter/replay.lock"))
                    .containsExactlyInAnyOrder(
                            "cursors/func-call.json",
                            "cursors/task-record-func.json",
                            "cursors/task-record.json",
                            "run.lock");
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("with -Dfaults.seed=" + SEED + ": " + e.getMessage(), e);
        }
    }

    @Test
    void countsExactlyTheRowsThatWereTrimmedBeforeTheyCouldBeRead() throws Exception {
        FuncSimulator.Settings trimming = FuncSimulator.Settings.test().withTrims(true);
        try (TestInstallation site = TestInstallation.open()) {
            // What is missing is kept in the cursors, over every crash, until the last life counts it.
            site.set("records.late-window", "1h");
            FuncSimulator func = new FuncSimulator(site.database, null, trimming);
            for (int kill = 0; kill < 3; kill++) {
                ProductProcess product = site.launch().awaitReady();
                func.insert(300);
                // A crash between file and cursor makes the count what it is promised to be, an upper bound: here it is
                // exact.
                await().untilAsserted(() -> assertAllRead(site));
                product.kill();
                func.insert(5000);
            }
            site.set("records.late-window", "0s");
            ProductProcess last = site.launch().awaitReady();
            for (String table : List.of(FuncSchema.TASK_RECORD, FuncSchema.TASK_RECORD_FUNC)) {
                boolean internal = table.equals(FuncSchema.TASK_RECORD);
                String label = "measurement=\"" + (internal ? "task-record\"" : "task-record-func\"");
                String measurement = internal ? "DFF_task_record" : "DFF_task_record_func";
                await().untilAsserted(() -> {
                    assertThat(site.ledger.lost(site.database)).isEmpty();
                    long missing = func.written(table).stream()
                            .filter(row -> !site.ledger.has(measurement, row.id()))
                            .count();
                    assertThat(missing).isPositive();
                    assertThat(last.observed().metrics().value("rows_missed_total", label))
                            .as("rows of %s that are missing", table)
                            .isEqualTo(missing);
                });
            }
        }
    }

    private static void assertAllRead(TestInstallation site) throws Exception {
        for (String measurement : List.of("func-call", "task-record", "task-record-func")) {
            Path cursor = site.data.resolve("cursors").resolve(measurement + ".json");
            assertThat(cursor).exists();
            String table = measurement.equals("task-record") ? FuncSchema.TASK_RECORD : FuncSchema.TASK_RECORD_FUNC;
            assertThat(new ObjectMapper().readTree(cursor.toFile()).get("seq").asLong())
                    .isGreaterThanOrEqualTo(site.database.number("SELECT MAX(seq) FROM " + table));
        }
    }

    private void live(TestInstallation site, int life, Moment moment) throws Exception {
        site.receiver
                .answerWith(moment == Moment.BACKLOG ? Answer.status(503) : Answer.usual())
                .refuse(moment == Moment.BISECT ? KillTest::isPoison : line -> false);
        List<String> left = leftovers(site);
        ProductProcess product = launch(site, life);
        if (moment == Moment.START) {
            product.runFor(randomly(1500));
        } else {
            product.awaitReady();
            left.retainAll(site.files());
            assertThat(left).as("left by the crash before").isEmpty();
            reach(site, life, moment);
            if (moment != Moment.WRITE) {
                product.runFor(randomly(300));
            }
        }
        product.kill();
        assertResent(site);
        underWay = new UnderWay(life, inFlight(site));
        assertRefusedWas(site, life, moment);
    }

    private ProductProcess launch(TestInstallation site, int life) {
        // So that each request tells which life of the product it comes from.
        site.set("target.url", site.receiver.url() + "?life=" + life);
        return site.launch();
    }

    private void reach(TestInstallation site, int life, Moment moment) throws IOException {
        switch (moment) {
            case BACKLOG -> awaitRequests(site, life, request -> request.status() == 503, 3);
            case BISECT -> awaitRequests(site, life, request -> request.status() == 400, 1);
            case WRITE -> awaitHalfWritten(site);
            case REPLAY -> {
                ProductProcess replay = site.command("replay");
                replay.runForAtMost(randomly(1500));
                if (random.nextBoolean()) {
                    replay.kill();
                }
            }
            default -> awaitRequests(site, life, request -> request.status() == 200, 1);
        }
    }

    /** Returns at the very moment when lines are on their way to the disk, which is a matter of milliseconds. */
    private static void awaitHalfWritten(TestInstallation site) throws IOException {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (System.nanoTime() < deadline) {
            for (String category : CATEGORIES) {
                Path spool = site.data.resolve("spool/main").resolve(category);
                try (DirectoryStream<Path> parts = Files.newDirectoryStream(spool, "*.lp.gz.part")) {
                    if (parts.iterator().hasNext()) {
                        return;
                    }
                }
            }
            Thread.onSpinWait();
        }
        throw new AssertionError("nothing was written within a minute");
    }

    private static void awaitRequests(TestInstallation site, int life, Predicate<Request> which, int count) {
        await().until(() -> requests(site, life).stream().filter(which).count() >= count);
    }

    private static List<Request> requests(TestInstallation site, int life) {
        String query = "life=" + life;
        return site.receiver.requests().stream()
                .filter(request -> query.equals(request.query()))
                .toList();
    }

    private Duration randomly(int millis) {
        return Duration.ofMillis(random.nextInt(millis));
    }

    /** One row in a hundred. */
    private static boolean isPoison(Line line) {
        return line.timestamp() % 100 == 7;
    }

    /** What was under way at the last crash is the first that the next life sends. */
    private void assertResent(TestInstallation site) {
        for (String category : CATEGORIES) {
            byte[] expected = underWay.bodies().get(category);
            if (expected != null) {
                requests(site, underWay.life() + 1).stream()
                        .filter(request -> request.path().endsWith(category))
                        .min(Comparator.comparing(Request::number))
                        .ifPresent(first -> assertThat(digest(first.body()))
                                .as("first %s body after crash %d", category, underWay.life())
                                .isEqualTo(digest(expected)));
            }
        }
    }

    /**
     * What is refused is repeated, the same to the byte, and still in the spool. It need not be the oldest there: of two that
     * are sealed at once, the later one may be seen first.
     */
    private static void assertRefusedWas(TestInstallation site, int life, Moment moment) throws IOException {
        if (moment != Moment.BACKLOG) {
            return;
        }
        for (String category : CATEGORIES) {
            List<String> refused = requests(site, life).stream()
                    .filter(request -> request.path().endsWith(category))
                    .map(request -> digest(request.body()))
                    .distinct()
                    .toList();
            List<String> waiting = new ArrayList<>();
            for (String file : site.spooled(category)) {
                waiting.add(digest(Files.readAllBytes(site.data.resolve(file))));
            }
            assertThat(refused)
                    .as("%s bodies refused in life %d", category, life)
                    .hasSizeLessThanOrEqualTo(1);
            assertThat(waiting).containsAll(refused);
        }
    }

    private static String digest(byte[] body) {
        return body == null ? "nothing" : body.length + " bytes, " + UUID.nameUUIDFromBytes(body);
    }

    /** The oldest request of each category: what was being sent, or is sent next. */
    private static Map<String, byte[]> inFlight(TestInstallation site) throws IOException {
        Map<String, byte[]> bodies = new HashMap<>();
        for (String category : CATEGORIES) {
            Path spool = site.data.resolve("spool/main").resolve(category);
            String[] names = spool.toFile().list((folder, name) -> name.endsWith(".lp.gz"));
            if (names != null && names.length > 0) {
                Arrays.sort(names);
                bodies.put(category, Files.readAllBytes(spool.resolve(names[0])));
            }
        }
        return bodies;
    }

    /** Files that a crash left and that belong to nothing; those whose names come again are looked for at the end. */
    private static List<String> leftovers(TestInstallation site) {
        List<String> files = site.files();
        return files.stream()
                .filter(file -> !file.startsWith("cursors/"))
                .filter(file -> file.endsWith(".part")
                        || file.endsWith(".json")
                                && !files.contains(file.replaceAll("\\.json$", ""))
                                && !files.contains(file.replaceAll("\\.json$", ".lp")))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private static void awaitAllDelivered(TestInstallation site) {
        // Func writes on through all lives: the longer they take, the more is left to deliver.
        await().atMost(Duration.ofMinutes(5))
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> {
                    if (!site.deadLetters().isEmpty()) {
                        ProductProcess replay = site.command("replay");
                        assertThat(replay.awaitEnd(Duration.ofSeconds(60)).exitCode())
                                .isZero();
                    }
                    assertThat(site.ledger.lost(site.database)).isEmpty();
                    assertThat(site.isSpoolEmpty()).isTrue();
                    assertThat(site.deadLetters()).isEmpty();
                });
    }
}
