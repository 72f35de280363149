package io.funcobserver.spool;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;

import io.funcobserver.observe.Conditions;
import io.funcobserver.observe.Metrics;
import io.funcobserver.spool.SpoolFile.Kind;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class SpoolTest {
    private static final BatchLimits NOW = new BatchLimits(1 << 20, 1000, Duration.ZERO);

    @TempDir
    Path folder;

    private final SetClock clock = new SetClock();
    private final Conditions conditions = new Conditions(clock);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private Spool spool;

    /** Stands still until it is set. */
    private static final class SetClock extends Clock {
        private Instant now = Instant.parse("2026-11-22T18:15:30.123456Z");

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    @BeforeEach
    void open() throws IOException {
        open(1 << 20);
    }

    private void open(long maxSize) throws IOException {
        spool = new Spool(folder, Category.METRIC, maxSize, clock, conditions, new Metrics(registry));
        spool.open();
    }

    private static byte[] gzip(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return Gzip.pack(bytes, 0, bytes.length);
    }

    private SpoolFile write(Kind kind, String text) throws IOException {
        String name = spool.newName("a-b", kind, text.lines().count(), text.length());
        Files.write(folder.resolve(name + ".part"), gzip(text));
        return spool.seal(name);
    }

    private double dropped() {
        return registry.get("func_observer_points_dropped")
                .tag("reason", "spool_full")
                .counter()
                .count();
    }

    @Test
    void namesFilesInOrderOfWritingThoughTheClockGoesBack() throws IOException {
        assertThat(spool.newName("a-b", Kind.GAUGE, 3, 99)).isEqualTo("20261122T181530.123456Z_a-b_gauge_3_99.lp.gz");
        String second = write(Kind.RECORD, "m v=1 1\n").name();
        assertThat(second).startsWith("20261122T181530.123457Z_");
        clock.now = clock.now.minusSeconds(3600);
        open();
        assertThat(spool.newName("a-b", Kind.RECORD, 1, 1)).startsWith("20261122T181530.123458Z_");
    }

    @Test
    void readsNamesBack() throws IOException {
        SpoolFile file = write(Kind.RECORD, "m v=1 1\nm v=2 2\n");
        open();
        assertThat(spool.take(NOW)).containsExactly(file);
        assertThat(file.measurement()).isEqualTo("a-b");
        assertThat(file.lines()).isEqualTo(2);
        assertThat(file.bytes()).isEqualTo(16);
        assertThat(file.size()).isEqualTo(Files.size(file.path()));
        assertThat(spool.bytes()).isEqualTo(file.size());
    }

    @Test
    void removesWhatCrashLeft() throws IOException {
        Files.writeString(folder.resolve("x.lp.gz.part"), "half");
        Files.writeString(folder.resolve("20261122T181530.123456Z_a_replay_1_1.lp.gz.json"), "[]");
        open();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void finishesDeletionThatWasInterrupted() throws IOException {
        SpoolFile one = write(Kind.RECORD, "m v=1 1\n");
        SpoolFile two = write(Kind.RECORD, "m v=2 2\n");
        Files.writeString(folder.resolve("answered"), one.name() + "\n");
        open();
        assertThat(spool.take(NOW)).containsExactly(two);
        assertThat(one.path()).doesNotExist();
    }

    @Test
    void joinsUpToTheLimits() throws IOException {
        SpoolFile one = write(Kind.RECORD, "m v=1 1\n");
        SpoolFile two = write(Kind.GAUGE, "m v=2 2\n");
        write(Kind.RECORD, "m v=3 3\n");
        assertThat(spool.take(new BatchLimits(17, 1000, Duration.ofHours(1)))).containsExactly(one, two);
    }

    @Test
    void joinsUpToTheMostLines() throws IOException {
        SpoolFile one = write(Kind.RECORD, "m v=1 1\n");
        SpoolFile two = write(Kind.RECORD, "m v=2 2\n");
        write(Kind.RECORD, "m v=3 3\n");
        assertThat(spool.take(new BatchLimits(1000, 2, Duration.ofHours(1)))).containsExactly(one, two);
    }

    @Test
    void sendsLargeFileAlone() throws IOException {
        SpoolFile one = write(Kind.RECORD, "m v=\"" + "x".repeat(100) + "\" 1\n");
        write(Kind.RECORD, "m v=2 2\n");
        assertThat(spool.take(new BatchLimits(50, 1000, Duration.ofHours(1)))).containsExactly(one);
    }

    @Test
    void sendsReplayedFileAlone() throws IOException {
        SpoolFile one = write(Kind.RECORD, "m v=1 1\n");
        SpoolFile two = write(Kind.REPLAY, "m v=2 2\n");
        write(Kind.RECORD, "m v=3 3\n");
        BatchLimits patient = new BatchLimits(1 << 20, 1000, Duration.ofHours(1));
        assertThat(spool.take(patient)).containsExactly(one);
        spool.settle();
        assertThat(spool.take(patient)).containsExactly(two);
        spool.settle();
        assertThat(spool.take(patient)).isEmpty();
    }

    private void sendFirst() throws IOException {
        write(Kind.RECORD, "m v=0 0\n");
        assertThat(spool.take(NOW)).hasSize(1);
        spool.settle();
    }

    @Test
    void sendsFirstLinesOfProcessAtOnce() throws IOException {
        BatchLimits patient = new BatchLimits(1 << 20, 1000, Duration.ofHours(1));
        assertThat(spool.take(patient)).isEmpty();
        write(Kind.GAUGE, "m v=1 1\n");
        assertThat(spool.take(patient)).hasSize(1);
        spool.settle();
        write(Kind.GAUGE, "m v=2 2\n");
        assertThat(spool.take(patient)).isEmpty();
    }

    @Test
    void waitsForMoreLines() throws IOException {
        BatchLimits patient = new BatchLimits(1 << 20, 1000, Duration.ofSeconds(30));
        sendFirst();
        write(Kind.RECORD, "m v=1 1\n");
        assertThat(spool.take(patient)).isEmpty();
        clock.now = clock.now.plusSeconds(31);
        assertThat(spool.take(patient)).hasSize(1);
        assertThat(spool.oldestAgeSeconds()).isGreaterThanOrEqualTo(30);
    }

    @Test
    void sendsFilesFromTheFutureWhenTheClockGoesBack() throws IOException {
        write(Kind.RECORD, "m v=1 1\n");
        clock.now = clock.now.minusSeconds(3600);
        await().until(() -> !spool.take(new BatchLimits(1 << 20, 1000, Duration.ofMillis(50)))
                .isEmpty());
    }

    @Test
    void takesTheSameBatchAgainUntilItIsSettled() throws IOException {
        write(Kind.RECORD, "m v=1 1\n");
        write(Kind.RECORD, "m v=2 2\n");
        List<SpoolFile> batch = spool.take(NOW);
        write(Kind.RECORD, "m v=3 3\n");
        assertThat(spool.take(NOW)).isEqualTo(batch);
        open();
        assertThat(spool.take(NOW)).isEqualTo(batch);
        spool.settle();
        assertThat(spool.take(NOW)).hasSize(1);
        spool.settle();
        assertThat(folder).isEmptyDirectory();
        assertThat(spool.bytes()).isZero();
    }

    @Test
    void pausesRecordsAtItsLimitAndResumes() throws IOException {
        long size = write(Kind.RECORD, "m v=1 1\n").size();
        open(size);
        assertThat(spool.isFull()).isTrue();
        assertThat(conditions.all()).containsKey("spool.metric");
        spool.take(NOW);
        spool.settle();
        assertThat(spool.isFull()).isFalse();
        assertThat(conditions.all()).isEmpty();
    }

    @Test
    void dropsOldestGaugesForNewOnes() throws IOException {
        SpoolFile sent = write(Kind.GAUGE, "m v=1 1\n");
        SpoolFile record = write(Kind.RECORD, "m v=2 2\n");
        SpoolFile oldest = write(Kind.GAUGE, "m v=3 3\nm v=3 4\n");
        open(spool.bytes());
        spool.take(new BatchLimits(1 << 20, 1, Duration.ZERO));
        assertThat(spool.makeRoomForGauge(10)).isTrue();
        assertThat(oldest.path()).doesNotExist();
        assertThat(sent.path()).exists();
        assertThat(record.path()).exists();
        assertThat(dropped()).isEqualTo(2);
        assertThat(spool.makeRoomForGauge(100_000)).isFalse();
        assertThat(conditions.all()).containsKey("spool.metric");
    }

    @Test
    void noticesFilesThatOthersAddAndDelete() throws IOException {
        SpoolFile deleted = write(Kind.RECORD, "m v=1 1\n");
        Files.delete(deleted.path());
        Files.write(folder.resolve("mine.lp.gz"), gzip("m v=2 2\nm m=\"two\nlines\" 3\n"));
        await().until(() -> {
            List<SpoolFile> batch = spool.take(NOW);
            if (batch.contains(deleted)) {
                spool.vanished(deleted);
                return false;
            }
            return batch.size() == 1
                    && batch.get(0).name().equals("mine.lp.gz")
                    && batch.get(0).lines() == 2;
        });
        assertThat(spool.files()).isEqualTo(1);
    }

    @Test
    void readsBatchAsItsFilesOneAfterTheOther() throws IOException {
        write(Kind.RECORD, "m v=1 1\n");
        write(Kind.RECORD, "m v=2 2\n");
        Batch batch = new BatchReader(spool).read(spool.take(NOW)).batch();
        assertThat(Gzip.unpack(batch.gzipped())).asString().isEqualTo("m v=1 1\nm v=2 2\n");
        assertThat(batch.lines()).isEqualTo(2);
    }

    @Test
    void repairsFileWithSomethingBehindItsEnd() throws IOException {
        SpoolFile file = write(Kind.RECORD, "m v=1 1\n");
        byte[] whole = Files.readAllBytes(file.path());
        byte[] padded = Arrays.copyOf(whole, whole.length + 100);
        Files.write(file.path(), padded);
        open();
        Damage damage = new BatchReader(spool).read(spool.take(NOW)).damage();
        assertThat(damage.lost()).isZero();
        spool.repair(damage);
        assertThat(new BatchReader(spool).read(spool.take(NOW)).batch().bytes()).isEqualTo(8);
    }

    @Test
    void deletesFileOfWhichNothingCanBeRead() throws IOException {
        Files.write(folder.resolve("20261122T181530.123456Z_a_record_7_99.lp.gz"), new byte[0]);
        open();
        Damage damage = new BatchReader(spool).read(spool.take(NOW)).damage();
        assertThat(damage.lost()).isEqualTo(7);
        spool.repair(damage);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void staysQuickWithManyFiles() throws IOException {
        byte[] content = gzip("m v=1 1\n");
        for (int i = 0; i < 20_000; i++) {
            Files.write(
                    folder.resolve(SpoolFile.name(clock.now.plusNanos(i * 1000L), "a", Kind.RECORD, 1, 8)), content);
        }
        open(1 << 30);
        long begin = System.nanoTime();
        for (int i = 0; i < 1000; i++) {
            assertThat(spool.take(new BatchLimits(80, 1000, Duration.ZERO))).hasSize(10);
            spool.settle();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
        assertThat(spool.files()).isEqualTo(10_000);
    }

    @Test
    void sendsFileUncheckedOnlyWhileItIsAsAnnounced() throws IOException {
        byte[] packed = gzip("a b=1\n");
        String name = spool.newName("a-b", Kind.RECORD, 1, 6);
        spool.announce(name, packed);
        Files.write(folder.resolve(name + ".part"), packed);
        SpoolFile file = spool.seal(name);
        assertThat(spool.isAsAnnounced(file, packed)).isTrue();
        assertThat(new BatchReader(spool).read(spool.take(NOW)).batch().bytes()).isEqualTo(6);

        byte[] flipped = packed.clone();
        flipped[flipped.length / 2] ^= 1;
        Files.write(file.path(), flipped);
        assertThat(spool.isAsAnnounced(file, flipped)).isFalse();
        assertThat(new BatchReader(spool).read(spool.take(NOW)).damage()).isNotNull();
    }

    @Test
    void checksFilesOfAnEarlierProcess() throws IOException {
        byte[] packed = gzip("a b=1\n");
        String name = spool.newName("a-b", Kind.RECORD, 1, 6);
        spool.announce(name, packed);
        Files.write(folder.resolve(name + ".part"), packed);
        SpoolFile file = spool.seal(name);
        open();
        assertThat(spool.isAsAnnounced(file, packed)).isFalse();
        assertThat(new BatchReader(spool).read(spool.take(NOW)).batch().bytes()).isEqualTo(6);
    }

    @Test
    void forgetsWhatWasAnnouncedForDiscardedFile() throws IOException {
        byte[] packed = gzip("a b=1\n");
        String name = spool.newName("a-b", Kind.RECORD, 1, 6);
        spool.announce(name, packed);
        spool.discard(name);
        Files.write(folder.resolve(name + ".part"), packed);
        assertThat(spool.isAsAnnounced(spool.seal(name), packed)).isFalse();
    }
}
