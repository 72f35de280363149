package io.funcobserver.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.funcobserver.demo.Answer;
import io.funcobserver.demo.FuncDatabase;
import io.funcobserver.demo.FuncSchema;
import io.funcobserver.demo.Line;
import io.funcobserver.demo.Receiver;
import io.funcobserver.testing.ProductProcess;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestInstallation;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A disk or a spool without room, and places that cannot be written: all of it heals without a restart. */
@Slow
class DiskTest {
    private static final String TASKS = FuncSchema.TASK_RECORD;
    private static final boolean ROOT = "root".equals(System.getProperty("user.name"));
    /** Without these, permissions hold for root too. */
    private static final String[] WITHOUT_PRIVILEGE = {"setpriv", "--bounding-set", "-dac_override,-dac_read_search"};

    @AutoClose
    private final TestInstallation site = TestInstallation.open().only("task-record");

    private final FuncDatabase func = site.database;
    private final Receiver target = site.receiver;
    private Path data = site.data;

    @Test
    void recordsPauseAtTheLimitOfTheSpoolAndGoOnWithoutALoss() throws Exception {
        target.answerWith(Answer.status(503));
        site.set("spool.max-size", "8KiB")
                .set("batch.max-lines", "10")
                .set("records.page-size", "20")
                .start();
        insert("a", 600);
        await().until(() -> site.health().contains("has reached spool.max-size"));
        await().until(() -> site.metric("lag_rows", "measurement=\"task-record\"") > 0);
        assertThat(site.isUp()).isFalse();
        long cursor = cursor();
        insert("b", 600);
        assertThat(cursor()).isEqualTo(cursor).isLessThan(600);
        assertThat(site.metric("spool_bytes", "category=\"logging\"")).isBetween(8_192.0, 2 * 8_192.0);

        target.answerWith(Answer.usual());
        awaitAll(1200);
        assertThat(ids()).hasSize(1200);
        await().until(site::isUp);
        assertThat(cursor()).isEqualTo(1200);
        assertThat(site.metric("points_dropped_total")).isZero();
    }

    @Test
    void everySampleIsDeliveredOrCountedAsDropped() throws Exception {
        target.answerWith(Answer.status(503));
        site.only("worker-queue").set("spool.max-size", "8KiB").start();
        await().until(() -> site.metric("points_dropped_total", "reason=\"spool_full\"") > 100);
        assertThat(site.health()).contains("spool.metric").contains("the oldest samples are dropped");
        target.answerWith(Answer.usual());
        await().until(site::isUp);
        await().untilAsserted(() -> {
            double spooled = site.metric("points_spooled_total", "measurement=\"worker-queue\"");
            double delivered = site.metric("points_delivered_total", "category=\"metric\"");
            double dropped = site.metric("points_dropped_total", "category=\"metric\"");
            assertThat(delivered + dropped).isEqualTo(spooled);
        });
    }

    @Test
    void aFullDiskPausesAndHealsWithoutALoss() throws Exception {
        try (Tmpfs disk = Tmpfs.mounted(site.folder.resolve("disk"), "1m")) {
            site.set("data.directory", disk.path().resolve("data").toString());
            fillsAndHeals(disk.path());
        }
    }

    /** The spool is what fills the disk; meanwhile a line is rejected, whose dead letter needs room. */
    private void fillsAndHeals(Path disk) throws Exception {
        data = disk.resolve("data");
        target.answerWith(Answer.status(503));
        site.set("records.page-size", "50").only("task-record", "worker-queue").start();
        for (int i = 0; i < 12; i++) {
            insertLarge("a" + i + "-", 50);
        }
        await().until(() -> site.health().contains("spool.logging"));
        assertThat(site.health()).contains("disk");
        long cursor = cursor();
        assertThat(cursor).isLessThan(600);
        assertThat(disk.toFile().getUsableSpace()).isPositive();

        target.refuse(line -> "a0-7".equals(line.tag("id")));
        target.answerWith(Answer.usual());
        await().untilAsserted(() -> assertThat(new TreeSet<>(ids())).hasSize(599));
        await().until(site::isUp);
        assertThat(site.metric("dead_letter_lines_total", "category=\"logging\""))
                .isEqualTo(1);
        assertThat(cursor()).isEqualTo(600);
    }

    @Test
    void aDiskThatOthersFillPausesAndHealsWithoutALoss() throws Exception {
        try (Tmpfs disk = Tmpfs.mounted(site.folder.resolve("disk"), "1m")) {
            data = disk.path().resolve("data");
            site.set("data.directory", data.toString()).start();
            insert("a", 5);
            awaitAll(5);
            target.answerWith(Answer.status(503));
            insert("b", 5);
            await().until(() -> cursor() == 10);
            Path others = disk.path().resolve("others");
            fill(others);
            insert("c", 5);
            await().until(() -> site.health().contains("spool.logging"));
            assertThat(cursor()).isEqualTo(10);

            // What waits goes out all the same, and no more comes in.
            target.answerWith(Answer.usual());
            awaitAll(10);
            fill(others);
            assertThat(ids()).hasSize(10);
            Files.delete(others);
            awaitAll(15);
            await().until(site::isUp);
        }
    }

    @Test
    void aWriteThatFailsHalfWayLeavesNothingAndIsRepeated() throws Exception {
        Assumptions.assumeTrue(
                runs("prlimit", "--version"), "prlimit of util-linux is not there: no limit can be set on files");
        target.answerWith(Answer.status(503));
        site.set("records.page-size", "200");
        // A soft limit on the size of files stands in for a quota: a write beyond it fails half-way, for root too.
        try (ProductProcess process = site.command(
                ProductProcess.Launch.plain()
                        .behind("prlimit", "--fsize=3000:unlimited")
                        .with("-Xshare:auto"),
                "run")) {
            insert("a", 3);
            await().until(() -> cursor() == 3);
            insertLarge("b", 100);
            await().until(() -> site.health().contains("measurement.task-record"));
            assertThat(cursor()).isEqualTo(3);
            assertThat(spoolFiles("logging")).hasSize(1);

            run("prlimit", "--pid", Long.toString(process.process().pid()), "--fsize=unlimited:unlimited");
            await().until(() -> cursor() == 103);
            target.answerWith(Answer.usual());
            awaitAll(103);
            assertThat(ids()).hasSize(103);
            await().until(site::isUp);
            assertThat(process.stop().exitCode()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"now", "beginning"})
    @DisplayName("A1: while the first cursor cannot be written, nothing is skipped and nothing sent again")
    void theFirstCursorThatCannotBeWrittenSkipsNothing(String start) throws Exception {
        insert("a", 2);
        // A folder in the place of the file that is written: that stops root as well.
        Path part = Files.createDirectories(data.resolve("cursors/task-record.json.part"));
        site.set("records.start", start).start();
        await().until(() -> site.health().contains("measurement.task-record"));
        insert("b", 3);
        await().during(Duration.ofSeconds(1)).until(() -> ids().size() <= 2);

        Files.delete(part);
        List<String> expected = start.equals("now") ? List.of("b0", "b1", "b2") : List.of("a0", "a1", "b0", "b1", "b2");
        await().untilAsserted(() -> assertThat(ids()).containsExactlyElementsOf(expected));
        await().until(site::isUp);
        assertThat(cursor()).isEqualTo(5);
    }

    @Test
    void cursorsThatCannotBeWrittenDoNotSendTheSameRowsOverAndOver() throws Exception {
        site.start();
        insert("a", 2);
        awaitAll(2);
        // A folder in the place of the file that is written: that stops root as well.
        Path part = Files.createDirectories(data.resolve("cursors/task-record.json.part"));
        insert("b", 2);
        awaitAll(4);
        await().until(() -> site.health().contains("measurement.task-record"));
        await().during(Duration.ofSeconds(1)).until(() -> ids().size() <= 6);
        assertThat(cursor()).isEqualTo(2);

        Files.delete(part);
        await().until(site::isUp);
        await().until(() -> cursor() == 4);
        insert("c", 1);
        awaitAll(5);
        assertThat(ids()).hasSizeLessThanOrEqualTo(9);
    }

    @Test
    void aDataDirectoryThatBecomesReadOnlyLosesNothing() throws Exception {
        Assumptions.assumeTrue(
                !ROOT || runs("setpriv", "--version"), "root without setpriv: permissions bind nothing here");
        ProductProcess.Launch launch =
                ROOT ? ProductProcess.Launch.plain().behind(WITHOUT_PRIVILEGE) : ProductProcess.Launch.plain();
        try (ProductProcess process = site.command(launch, "run")) {
            insert("a", 3);
            awaitAll(3);
            permit("r-x------");
            insert("b", 3);
            await().until(() -> site.health().contains("measurement.task-record"));
            assertThat(cursor()).isEqualTo(3);
            permit("rwx------");
            awaitAll(6);
            assertThat(ids()).hasSize(6);
            await().until(site::isUp);

            permit("r-x------");
            try (ProductProcess second = launch.start(site.folder.resolve("second"), second(), "run")) {
                assertThat(second.exitCode()).as(second.output()).isEqualTo(2);
            }
            permit("rwx------");
            assertThat(process.stop().exitCode()).isZero();
        }
    }

    @Test
    void aSecondProcessOnTheSameDataDirectoryRefusesInOneLine() throws Exception {
        site.start();
        try (ProductProcess second =
                ProductProcess.Launch.plain().start(site.folder.resolve("second"), second(), "run")) {
            assertThat(second.exitCode()).as(second.output()).isEqualTo(2);
            assertThat(second.output().lines())
                    .singleElement()
                    .asString()
                    .contains(data.toString())
                    .contains("another func-observer");
        }
        insert("a", 1);
        awaitAll(1);
    }

    /** Another product on the same data. */
    private Map<String, String> second() throws IOException {
        Map<String, String> second = site.another("second");
        second.put("data.directory", data.toString());
        return second;
    }

    private void permit(String permissions) throws IOException {
        try (Stream<Path> paths = Files.walk(data)) {
            for (Path path : paths.filter(Files::isDirectory).toList()) {
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
            }
        }
    }

    private static void fill(Path file) throws IOException {
        byte[] block = new byte[4096];
        try (var out = Files.newOutputStream(
                file, java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.APPEND)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("space");
        }
    }

    private long cursor() throws IOException {
        Path file = data.resolve("cursors/task-record.json");
        return Files.exists(file)
                ? new ObjectMapper()
                        .readTree(Files.readAllBytes(file))
                        .get("seq")
                        .asLong()
                : 0;
    }

    private List<String> spoolFiles(String category) throws IOException {
        try (Stream<Path> files = Files.list(data.resolve("spool/main").resolve(category))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".lp.gz") || name.endsWith(".part"))
                    .sorted()
                    .toList();
        }
    }

    private void insert(String name, int rows) throws Exception {
        try (Connection connection = func.connect()) {
            connection.setAutoCommit(false);
            for (int i = 0; i < rows; i++) {
                func.insert(connection, TASKS, Map.of("id", name + i));
            }
            connection.commit();
        }
    }

    /** Rows whose text gzip cannot make much smaller. */
    private void insertLarge(String name, int rows) throws Exception {
        java.util.Random random = new java.util.Random(1);
        try (Connection connection = func.connect()) {
            connection.setAutoCommit(false);
            for (int i = 0; i < rows; i++) {
                byte[] noise = new byte[3000];
                random.nextBytes(noise);
                String text = java.util.Base64.getEncoder().encodeToString(noise);
                func.insert(connection, TASKS, Map.of("id", name + i, "tracebackTEXT", text));
            }
            connection.commit();
        }
    }

    private void awaitAll(int rows) {
        await().untilAsserted(() -> assertThat(new TreeSet<>(ids())).hasSize(rows));
    }

    private List<String> ids() {
        return target.accepted("DFF_task_record").stream()
                .map((Line line) -> line.tag("id"))
                .toList();
    }

    private static boolean runs(String... command) {
        try {
            run(command);
            return true;
        } catch (IOException | InterruptedException | AssertionError e) {
            return false;
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
    }

    /** A small disk in memory; skips the test where this process may not mount one. */
    private record Tmpfs(Path path) implements AutoCloseable {
        static Tmpfs mounted(Path path, String size) throws IOException {
            Files.createDirectories(path);
            Assumptions.assumeTrue(
                    ROOT && runs("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", path.toString()),
                    "this user may not mount a tmpfs");
            return new Tmpfs(path);
        }

        @Override
        public void close() throws IOException {
            try {
                run("umount", "-l", path.toString());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
