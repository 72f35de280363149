package io.funcobserver.faults;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.funcobserver.demo.FuncSimulator;
import io.funcobserver.demo.Receiver;
import io.funcobserver.testing.ProductProcess;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestInstallation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** Whatever call to the disk fails, and however: nothing is lost, nothing is sent without end, and it heals by itself. */
@Slow
class DiskErrorsTest {
    private static final int TASKS = 20;
    /** Each call is two lines: more than all twice is more than a failed write excuses. */
    private static final int MOST_COPIES = 4 * TASKS;

    @TempDir
    static Path folder;

    private static FaultyDisk disk;
    private static TestInstallation site;
    private static Receiver second;
    private static ProductProcess product;
    private static FuncSimulator func;

    @BeforeAll
    static void start() throws Exception {
        disk = FaultyDisk.compiled(folder).orElse(null);
        Assumptions.assumeTrue(disk != null, "no C compiler");
        disk.heal();
        site = TestInstallation.open();
        second = Receiver.startedForgetful();
        site.set("targets", "main,second");
        site.set("target.main.url", site.settings.remove("target.url"));
        site.set("target.second.url", second.url());
        product = site.command(ProductProcess.Launch.plain().in(disk.environment()), "run")
                .awaitReady();
        func = site.func();
    }

    @AfterAll
    static void stop() throws Exception {
        if (site != null) {
            site.close();
            second.close();
        }
    }

    @AfterEach
    void heal() {
        disk.heal();
    }

    /** What fails, and what health says of it meanwhile; nothing where it does no harm. */
    static Stream<Arguments> faults() {
        return Stream.of(
                arguments("A1", "sync EIO 100 cursors/", "the cursor .* cannot be written: Input/output error"),
                arguments("A1", "rename EROFS 100 cursors/", "the cursor .* cannot be written: Read-only file system"),
                arguments("A1", "open EMFILE 100 /data/", "Too many open files; raise the limit"),
                arguments("A5", "syncdir EIO 100 /spool/", "the spool .* cannot be written: Input/output error"),
                arguments("A5", "syncdir EINVAL 100 /data/", ""),
                arguments("A5", "syncdir EIO 100 /spool/\nunlink EIO 100 /spool/", "the spool .* cannot be written"),
                arguments("A6", "read EIO 100 /spool/", "cannot be read: Input/output error"),
                arguments("A6", "unlink EIO 100 /spool/", "the answered file .* cannot be deleted: Input/output error"),
                arguments(
                        "",
                        "write EDQUOT 100 /data/",
                        "Disk quota exceeded; free some space there, or raise the quota"),
                arguments("", "write EINTR 30 /data/\nwrite HALF 100 /data/", ""),
                arguments("", "rename EIO 100 /spool/", "the spool .* cannot be written: Input/output error"),
                arguments("", "write EIO 100 /spool/\nunlink EIO 100 /spool/", "the spool .* cannot be written"),
                arguments("", "link EPERM 100 /spool/", ""),
                arguments("", "list EIO 100 /spool/", "the spool .* cannot be listed: Input/output error"),
                arguments("", "sync EIO 100 segments/\ntruncate EIO 100 segments/", "segments .* cannot be written"),
                arguments("", "syncdir EIO 100 segments", "segments .* cannot be written: Input/output error"),
                arguments("", "unlink EIO 100 segments/", "the lines in .*segment cannot be moved on"),
                arguments("", "read EIO 100 segments/", "the lines in .*segment cannot be moved on"));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("faults")
    @DisplayName("A1, A5, A6 and their kind")
    void losesNothingAndSaysWhatIsWrong(String code, String fault, String said) throws Exception {
        long copies = site.ledger.resent();
        disk.fail(fault.split("\n"));
        func.insert(TASKS);
        if (said.isEmpty()) {
            awaitAll();
        } else {
            await().untilAsserted(() -> assertThat(product.observed().health().replace("\\", ""))
                    .as(product.output())
                    .containsPattern(said));
            // Some looks more, in which it might send again what it has sent.
            product.runFor(Duration.ofMillis(600));
        }
        assertThat(site.ledger.resent() - copies).isLessThanOrEqualTo(MOST_COPIES);

        disk.heal();
        awaitAll();
        // One of these is always there for a moment, but never the same.
        List<String> before = site.files().stream()
                .filter(file -> file.startsWith("segments/"))
                .toList();
        await().untilAsserted(() -> {
            assertThat(product.observed().health().replaceAll("\\s", ""))
                    .as(product.output())
                    .startsWith("{\"status\":\"UP\"");
            assertThat(site.files())
                    .filteredOn(file -> file.endsWith(".part") || file.contains("_record_") || before.contains(file))
                    .as("what is left of it")
                    .isEmpty();
        });
        assertThat(site.deadLetters()).isEmpty();
        assertThat(site.ledger.differing()).isEmpty();
    }

    private static void awaitAll() {
        await().untilAsserted(() ->
                assertThat(site.ledger.lost(site.database)).as(product.output()).isEmpty());
    }

    /** Each stands there as it was created: to write into it fails, and so does what might follow. */
    @Test
    @DisplayName("files have their final mode from the first moment")
    void createsFilesForTheirOwnerAlone() throws Exception {
        disk.fail("write EIO 100 /data/", "unlink EIO 100 /data/");
        func.insert(TASKS);
        await().untilAsserted(() -> assertThat(site.files())
                .anyMatch(file -> file.matches("spool/main/.*\\.part"))
                .anyMatch(file -> file.matches("segments/.*\\.segment")));
        for (String file : site.files()) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(site.data.resolve(file))))
                    .as(file)
                    .isEqualTo("rw-------");
        }
        disk.heal();
        awaitAll();
    }

    /** Seen by what it says where that fails. */
    @Test
    @DisplayName("parents of new folders are synced")
    void syncsTheParentsOfNewFolders() throws Exception {
        Path parent = Files.createDirectory(folder.resolve("parent"));
        disk.fail("syncdir EIO 100 " + parent);
        Map<String, String> settings = site.another("other");
        settings.put("data.directory", parent.resolve("new/data").toString());
        try (ProductProcess other =
                ProductProcess.Launch.plain().in(disk.environment()).start(folder.resolve("work"), settings, "run")) {
            assertThat(other.exitCode()).as(other.output()).isEqualTo(2);
            assertThat(other.output()).contains("cannot be written: Input/output error");
        }
    }
}
