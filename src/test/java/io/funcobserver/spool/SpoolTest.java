package io.funcobserver.spool;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.stream.Stream;

import io.funcobserver.lineprotocol.Category;
import io.funcobserver.observe.Destination;
import io.funcobserver.observe.HealthState;
import io.funcobserver.observe.Metrics;
import io.funcobserver.testing.SettableClock;
import io.funcobserver.testing.Slow;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Promises 1 and 5: what is sealed is whole, and a full spool loses no record. */
class SpoolTest {
    @TempDir
    Path data;

    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-22T18:15:30.123456Z"));
    private final HealthState health = new HealthState(clock);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private LongPredicate disk = bytes -> true;
    private Spool spool;

    @BeforeEach
    void open() throws IOException {
        open(1 << 20, "main");
    }

    private void open(long maxSize, String... targets) throws IOException {
        List<SpoolFolder> folders = new ArrayList<>();
        for (String target : targets) {
            for (Category category : Category.values()) {
                folders.add(new SpoolFolder(
                        new Destination(target, category),
                        data.resolve(target).resolve(category.id()),
                        maxSize,
                        true,
                        bytes -> disk.test(bytes),
                        clock,
                        health,
                        new Metrics(registry)));
            }
        }
        spool = new Spool(folders, clock);
        spool.open();
    }

    private static LineBlock block(Kind kind, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new LineBlock(
                "a_b",
                Category.METRIC,
                kind,
                Gzip.pack(bytes, 0, bytes.length),
                true,
                text.lines().count(),
                bytes.length);
    }

    private List<String> files(String target) throws IOException {
        try (Stream<Path> files = Files.list(data.resolve(target).resolve("metric"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private SpoolFolder folder() {
        return spool.folder(data.resolve("main").resolve("metric"));
    }

    private double dropped() {
        return registry.get("func_observer_points_dropped")
                .tag("category", "metric")
                .tag("target", "main")
                .tag("reason", "spool_full")
                .counter()
                .count();
    }

    @Test
    void namesFilesInOrderOfWritingThoughTheClockGoesBack() throws IOException {
        spool.seal(block(Kind.GAUGE, "m v=1 1\n"));
        clock.advance(Duration.ofHours(-1));
        spool.seal(block(Kind.RECORD, "m v=2 2\n"));
        open();
        spool.seal(block(Kind.RECORD, "m v=3 3\n"));
        assertThat(files("main"))
                .satisfiesExactly(
                        first -> assertThat(first).startsWith("20261122T181530.123456Z_a-b_gauge_1_8_"),
                        second -> assertThat(second).startsWith("20261122T181530.123457Z_a-b_record_1_8_"),
                        third -> assertThat(third).startsWith("20261122T181530.123458Z_a-b_record_1_8_"));
    }

    @Test
    void saysOfAFolderThatIsGoneThatItIsGoneAndNotThatItsDiskIsFull() throws IOException {
        disk = new DiskRoom(folder().path());
        spool.seal(block(Kind.RECORD, "m v=1 1\n"));
        Files.delete(folder().path().resolve(files("main").get(0)));
        Files.delete(folder().path());
        for (Kind kind : Kind.values()) {
            assertThatThrownBy(() -> spool.seal(block(kind, "m v=2 2\n")))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("there is no such file or folder");
        }
        assertThat(health.all()).isEmpty();
    }

    @Test
    void readsNamesBackAndKnowsWhatWasSealed() throws IOException {
        spool.seal(block(Kind.RECORD, "m v=1 1\nm v=2 2\n"));
        String name = files("main").get(0);
        SpoolFile file = SpoolFile.parse(name).orElseThrow();
        assertThat(file.source()).isEqualTo("a-b");
        assertThat(file.kind()).isEqualTo(Kind.RECORD);
        assertThat(file.lines()).isEqualTo(2);
        assertThat(file.bytes()).isEqualTo(16);
        byte[] content = Files.readAllBytes(folder().path().resolve(name));
        assertThat(file.checksum() == SpoolFile.checksum(content)).isTrue();
        content[content.length / 2] ^= 1;
        assertThat(file.checksum() == SpoolFile.checksum(content)).isFalse();
        assertThat(SpoolFile.parse("by-hand.lp.gz")).isEmpty();
        assertThat(SpoolFile.parse("20269922T181530.123456Z_a_record_1_1_00000000.lp.gz"))
                .isEmpty();
    }

    @Test
    void removesWhatCrashLeft() throws IOException {
        Files.writeString(folder().path().resolve("x.lp.gz.part"), "half");
        Files.writeString(folder().path().resolve("x.lp.gz.json"), "[]");
        open();
        assertThat(files("main")).isEmpty();
    }

    @Test
    void linksOneFileIntoTheFolderOfEveryTarget() throws IOException {
        open(1 << 20, "main", "other", "third");
        spool.seal(block(Kind.RECORD, "m v=1 1\n"));
        assertThat(files("main")).hasSize(1).isEqualTo(files("other")).isEqualTo(files("third"));
        assertThat(Files.getAttribute(folder().path().resolve(files("main").get(0)), "unix:nlink"))
                .isEqualTo(3);
    }

    @Test
    void leavesNothingOfARequestThatCannotBeWrittenWhole() throws IOException {
        open(1 << 20, "main", "other");
        Path other = data.resolve("other/metric");
        Files.delete(other);
        Files.createFile(other);
        assertThatThrownBy(() -> spool.seal(block(Kind.RECORD, "m v=1 1\n"))).isInstanceOf(IOException.class);
        assertThat(files("main")).isEmpty();
        Files.delete(other);
        Files.createDirectory(other);
        spool.seal(block(Kind.RECORD, "m v=1 1\n"));
        assertThat(files("main")).hasSize(1).isEqualTo(files("other"));
    }

    @Test
    void pausesRecordsAtItsLimitAndResumes() throws IOException {
        open(60, "main");
        spool.seal(block(Kind.RECORD, "m v=1 1\n"));
        spool.seal(block(Kind.RECORD, "m v=2 2\n"));
        spool.seal(block(Kind.RECORD, "m v=3 3\n"));
        assertThatThrownBy(() -> spool.admit(block(Kind.RECORD, "m v=4 4\n")))
                .isInstanceOf(SpoolFullException.class)
                .hasMessageContaining("metric");
        assertThatThrownBy(() -> spool.seal(block(Kind.RECORD, "m v=4 4\n"))).isInstanceOf(SpoolFullException.class);
        assertThat(health.all().get("spool.metric").reason()).contains("spool.max-size (60 bytes)");
        assertThat(dropped()).isZero();
        for (String file : files("main")) {
            long size = Files.size(folder().path().resolve(file));
            Files.delete(folder().path().resolve(file));
            folder().answered(file, size);
        }
        assertThat(health.all()).isEmpty();
        spool.seal(block(Kind.RECORD, "m v=4 4\n"));
    }

    @Test
    void pausesRecordsWhileTheDiskIsFull() throws IOException {
        disk = bytes -> false;
        assertThatThrownBy(() -> spool.admit(block(Kind.RECORD, "m v=1 1\n"))).isInstanceOf(SpoolFullException.class);
        assertThat(health.all().get("spool.metric").reason()).contains("disk");
        disk = bytes -> true;
        assertThat(spool.admit(block(Kind.RECORD, "m v=1 1\n"))).isTrue();
        assertThat(health.all()).isEmpty();
    }

    @Test
    void dropsOldestGaugesForNewOnesAndNeverRecords() throws IOException {
        long size = block(Kind.GAUGE, "m v=1 1\n").content().length;
        open(3 * size, "main");
        spool.seal(block(Kind.RECORD, "m v=0 0\n"));
        for (int i = 1; i < 5; i++) {
            spool.seal(block(Kind.GAUGE, "m v=" + i + " " + i + "\n"));
        }
        assertThat(files("main")).hasSize(3);
        assertThat(files("main").get(0)).contains("_record_");
        assertThat(dropped()).isEqualTo(2);
        folder().delivering(files("main").get(1));
        String delivered = files("main").get(1);
        spool.seal(block(Kind.GAUGE, "m v=5 5\n"));
        assertThat(files("main")).contains(delivered);
    }

    @Test
    void dropsGaugesWithoutRoomAndCountsThem() throws IOException {
        disk = bytes -> false;
        assertThat(spool.admit(block(Kind.GAUGE, "m v=1 1\nm v=2 2\n"))).isFalse();
        assertThat(dropped()).isEqualTo(2);
    }

    @Test
    void countsOnceWhatAFullTargetGoesWithoutThoughTheFirstTryFails() throws IOException {
        open(60, "main", "other");
        LineBlock records = block(Kind.RECORD, "m v=1 1\nm v=2 2\n");
        spool.seal(records);
        spool.seal(records);
        Path other = data.resolve("other/metric");
        for (String file : files("other")) {
            long size = Files.size(other.resolve(file));
            Files.delete(other.resolve(file));
            spool.folder(other).answered(file, size);
        }
        Files.delete(other);
        Files.createFile(other);
        assertThatThrownBy(() -> spool.seal(records)).isInstanceOf(IOException.class);
        Files.delete(other);
        Files.createDirectory(other);
        assertThat(spool.admit(records)).isTrue();
        spool.seal(records);
        assertThat(files("other")).hasSize(1);
        assertThat(dropped()).isEqualTo(2);
    }

    /** A backlog is not listed for each request. */
    @Slow
    @Test
    void countsManyFilesWithoutListingThemEachTime() throws IOException {
        byte[] packed = block(Kind.RECORD, "m v=1 1\n").content();
        for (int i = 0; i < 2000; i++) {
            Files.write(folder().path().resolve(String.format("%05d.lp.gz", i)), packed);
        }
        open();
        assertThat(folder().requests()).isEqualTo(2000);
        assertThat(folder().bytes()).isEqualTo(2000L * packed.length);
        Files.delete(folder().path().resolve("00000.lp.gz"));
        folder().answered("00000.lp.gz", packed.length);
        assertThat(folder().requests()).isEqualTo(1999);
    }
}
