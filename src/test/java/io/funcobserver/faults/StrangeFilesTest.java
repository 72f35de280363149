package io.funcobserver.faults;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.funcobserver.demo.FuncSchema;
import io.funcobserver.spool.Gzip;
import io.funcobserver.testing.ProductProcess;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestInstallation;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What is no file, and has the name of one in the data directory: a named pipe, a socket, a folder, a link to nowhere. None of
 * them is waited for, and none holds up more than what it stands in place of.
 */
@Slow
class StrangeFilesTest {
    private static final byte[] LINE = "m,a=b f=1i 1\n".getBytes(StandardCharsets.US_ASCII);

    @AutoClose
    private final TestInstallation site = TestInstallation.open().only("task-record", "worker-queue");

    /** Makes a path into something. */
    @FunctionalInterface
    private interface Maker {
        void make(Path path) throws Exception;
    }

    private final Map<String, Maker> kinds = new LinkedHashMap<>();

    @BeforeEach
    void prepare() throws IOException {
        Path aside = Files.createDirectories(site.folder.resolve("aside/folder"));
        kinds.put("pipe", StrangeFilesTest::pipe);
        kinds.put("socket", StrangeFilesTest::socket);
        kinds.put("folder", Files::createDirectory);
        kinds.put("full", path -> Files.createFile(Files.createDirectory(path).resolve("x.lp.gz")));
        kinds.put("link", path -> Files.createSymbolicLink(path, aside));
        kinds.put("nowhere", path -> Files.createSymbolicLink(path, aside.resolve("nothing")));
    }

    private static void pipe(Path path) throws Exception {
        Process mkfifo;
        try {
            mkfifo = new ProcessBuilder("mkfifo", path.toString()).start();
        } catch (IOException e) {
            Assumptions.abort("there is no mkfifo here");
            return;
        }
        assertThat(mkfifo.waitFor()).isZero();
    }

    private static void socket(Path path) throws IOException {
        // The name that a socket is bound to has to be short.
        Path bound = Files.createTempDirectory("s").resolve("s");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(bound));
            Files.move(bound, path);
        }
        Files.delete(bound.getParent());
    }

    /** @param name with {@code %s} for the kind */
    private void everyKind(String name) throws Exception {
        for (Map.Entry<String, Maker> kind : kinds.entrySet()) {
            Path path = site.data.resolve(String.format(name, kind.getKey()));
            Files.createDirectories(path.getParent());
            kind.getValue().make(path);
        }
    }

    private void awaitDelivery(ProductProcess product) {
        await().untilAsserted(() -> {
            assertThat(product.isAlive()).as(product.output()).isTrue();
            assertThat(site.tags("DFF_task_record", "id")).contains("one");
            assertThat(site.receiver.accepted("DFF_worker_queue")).isNotEmpty();
        });
    }

    @Test
    void isPassedOverInTheSpool() throws Exception {
        for (String category : List.of("logging", "metric")) {
            everyKind("spool/main/" + category + "/0-%s.lp.gz");
            everyKind("spool/main/" + category + "/%s.part");
            everyKind("spool/main/" + category + "/20261122T181530.123456Z_%s_gauge_1_10_00000000.lp.gz");
            everyKind("spool/main/" + category + "/1-%s.lp.gz.json");
        }
        // Requests put there by hand, whose history is none.
        for (String kind : kinds.keySet()) {
            Files.write(site.data.resolve("spool/main/logging/1-" + kind + ".lp.gz"), Gzip.pack(LINE, 0, LINE.length));
        }
        everyKind("segments/logging-record-%s.segment");
        pipe(site.data.resolve("segments/logging-record-0.segment"));
        site.receiver.refuse(line -> line.measurement().equals("m"));
        site.database.insert(FuncSchema.TASK_RECORD, Map.of("id", "one"));
        ProductProcess product = site.launch();
        awaitDelivery(product);
        await().until(() -> site.deadLetters().size() == kinds.size());
        assertThat(site.metric("spool_files", "category=\"logging\"")).isZero();
        assertThat(site.health()).contains("lp.gz cannot be read: it is no regular file");
        assertThat(product.stop().exitCode()).as(product.output()).isZero();
    }

    @Test
    void isNoDeadLetter() throws Exception {
        everyKind("dead-letter/main/logging/%s.lp");
        everyKind("dead-letter/main/logging/%s.part");
        everyKind("dead-letter/main/logging/1-%s.json");
        for (String kind : kinds.keySet()) {
            Files.write(site.data.resolve("dead-letter/main/logging/1-" + kind + ".lp"), LINE);
        }
        ProductProcess.Ended list = site.ended("dead-letters");
        assertThat(list.exitCode()).as(list.output()).isZero();
        assertThat(list.output()).hasLineCount(1 + kinds.size());
        ProductProcess.Ended replay = site.ended("replay");
        assertThat(replay.exitCode()).as(replay.output()).isZero();
        assertThat(replay.output()).contains(kinds.size() + " dead letters with " + kinds.size() + " lines on the way");
        site.database.insert(FuncSchema.TASK_RECORD, Map.of("id", "one"));
        ProductProcess product = site.launch();
        awaitDelivery(product);
        assertThat(product.stop().exitCode()).as(product.output()).isZero();
    }

    /** Such as the file of another owner. */
    @Test
    void aDeadLetterThatCannotBeReadSpoilsNoOther() throws Exception {
        Path unreadable = Path.of("/proc/self/mem");
        Assumptions.assumeTrue(Files.isRegularFile(unreadable), "no file here that cannot be read, for root either");
        Path folder = Files.createDirectories(site.data.resolve("dead-letter/main/logging"));
        Files.createSymbolicLink(folder.resolve("a.lp"), unreadable);
        Files.write(folder.resolve("b.lp"), LINE);
        ProductProcess.Ended list = site.ended("dead-letters");
        assertThat(list.exitCode()).as(list.output()).isZero();
        assertThat(list.output()).hasLineCount(3);
        ProductProcess.Ended replay = site.ended("replay");
        assertThat(replay.exitCode()).isEqualTo(1);
        assertThat(replay.output()).contains("\"a\" cannot be replayed").contains("1 dead letter with 1 line");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cursors/task-record.json", "cursors/task-record.json.part"})
    void stopsTheMeasurementWhoseCursorItStandsFor(String cursor) throws Exception {
        Path path = site.data.resolve(cursor);
        Files.createDirectories(path.getParent());
        pipe(path);
        site.database.insert(FuncSchema.TASK_RECORD, Map.of("id", "one"));
        site.start();
        await().until(() -> site.health().contains("measurement.task-record")
                && site.health().contains("no regular file"));
        await().until(() -> !site.receiver.accepted("DFF_worker_queue").isEmpty());
        Files.delete(path);
        await().until(() -> site.tags("DFF_task_record", "id").contains("one"));
        await().until(site::isUp);
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "replay"})
    void isNoLock(String command) throws Exception {
        Path lock = site.data.resolve(command.equals("run") ? "run.lock" : "dead-letter/replay.lock");
        Files.createDirectories(lock.getParent());
        pipe(lock);
        ProductProcess.Ended ended = site.ended(command);
        assertThat(ended.exitCode()).isNotZero();
        assertThat(ended.output()).hasLineCount(1).contains("it is no regular file");
    }
}
