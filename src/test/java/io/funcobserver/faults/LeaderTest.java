package io.funcobserver.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import io.funcobserver.cluster.LeaseServer;
import io.funcobserver.demo.FuncSchema;
import io.funcobserver.demo.FuncSimulator;
import io.funcobserver.demo.Line;
import io.funcobserver.demo.Receiver;
import io.funcobserver.testing.Link;
import io.funcobserver.testing.ProductProcess;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestInstallation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Two replicas with the times of the product, and an API server that they reach by a wire each. One reads, and the other takes
 * over: within 15 s of a kill, within 3 s of an orderly stop, and never while the first one still moves a cursor.
 */
@Slow
class LeaderTest {
    private static final String LEASE = "func-observer";
    private static final String TAIL = "task-record";
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration AFTER_A_KILL = Duration.ofSeconds(15);
    private static final Duration AFTER_A_STOP = Duration.ofSeconds(3);

    private LeaseServer api;
    private TestInstallation site;
    private FuncSimulator func;
    private Replica one;
    private Replica two;
    private Thread watch;
    private final List<Replica> advances = new CopyOnWriteArrayList<>();

    @BeforeEach
    void open() throws Exception {
        api = new LeaseServer();
        site = TestInstallation.open();
        site.only(TAIL, "worker-queue");
        // What the first leader passes over.
        site.func().insert(20);
        one = new Replica("one").start();
        await().until(one::leads);
        two = new Replica("two").start();
        func = new FuncSimulator(
                        site.database,
                        null,
                        FuncSimulator.Settings.test().withSeed(2).withTasksPerSecond(100))
                .start();
        watch = new Thread(this::watch, "cursors");
        watch.setDaemon(true);
        watch.start();
        await().until(() -> advances.contains(one));
    }

    @AfterEach
    void close() throws Exception {
        if (watch != null) {
            watch.interrupt();
        }
        for (AutoCloseable each : new AutoCloseable[] {func, one, two, site, api}) {
            if (each != null) {
                each.close();
            }
        }
    }

    @Test
    void anotherTakesOverAfterAStopAndAfterAKill(TestReporter reporter) throws Exception {
        assertThat(two.receiver.requests()).as("what a standby sends").isEmpty();
        await().untilAsserted(() -> assertThat(two.process.observed().health())
                .contains("\"UP\"", "standby")
                .doesNotContain("DOWN"));
        assertThat(two.process.observed().get("health/ready")).contains("UP");
        assertThat(two.process.observed().get("status.json")).contains("\"role\":\"standby\"");

        one.process.terminate();
        // A busy machine may take its time to end the page under way; that the Lease is then handed over is a matter of
        // looks.
        reporter.publishEntry("after a stop", takesOver(two, LONG));
        assertThat(withoutHolder()).as("from giving back to taking").isLessThan(AFTER_A_STOP);
        assertThat(one.process.awaitEnd(LONG).exitCode()).isZero();
        one.start();
        assertThat(one.leads()).isFalse();
        awaitAdvance(two);

        two.process.kill();
        reporter.publishEntry("after a kill", takesOver(one, AFTER_A_KILL));
        awaitAdvance(one);
        two.start();
        nothingIsLostAndNobodyReadBeside(one, two, one);
    }

    @Test
    void aLeaderThatIsCutOffOrFrozenMovesNoCursorWhenAnotherHasTakenOver(TestReporter reporter) throws Exception {
        one.wire.fallSilent();
        reporter.publishEntry("after a cut", takesOver(two, AFTER_A_KILL));
        assertThat(one.leads()).isFalse();
        assertThat(one.process.observed().health())
                .contains("cannot be read or written")
                .doesNotContain("DOWN");
        awaitAdvance(two);
        one.wire.speak();
        await().until(() -> !one.process.observed().health().contains("cannot be read or written"));
        assertThat(one.leads()).isFalse();

        signal(two, "STOP");
        reporter.publishEntry("after a freeze", takesOver(one, AFTER_A_KILL));
        awaitAdvance(one);
        signal(two, "CONT");
        await().until(() -> two.process.observed().health().contains("standby"));
        awaitAdvance(one);
        nothingIsLostAndNobodyReadBeside(one, two, one);
    }

    /** Waits until it reads, and says how long after now it took the Lease. */
    private String takesOver(Replica replica, Duration within) {
        long began = System.nanoTime();
        await().until(replica::leads);
        Duration taken = Duration.ofNanos(newest(0).nanos() - began);
        assertThat(taken).isBetween(Duration.ZERO, within);
        return taken.toMillis() + " ms";
    }

    private Duration withoutHolder() {
        assertThat(newest(1).holder()).as("given back").isNull();
        return Duration.ofNanos(newest(0).nanos() - newest(1).nanos());
    }

    /** Of the changes of the holder, as the API server has seen them. */
    private LeaseServer.Held newest(int before) {
        List<LeaseServer.Held> history = api.history();
        return history.get(history.size() - 1 - before);
    }

    private static void signal(Replica replica, String name) throws Exception {
        assertThat(new ProcessBuilder(
                                "kill",
                                "-" + name,
                                String.valueOf(replica.process.process().pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    private void awaitAdvance(Replica replica) {
        int before = advances.size();
        await().until(() -> advances.subList(before, advances.size()).contains(replica));
    }

    /** Notes each write of a cursor, by whose it is, in the order in which they are seen. */
    private void watch() {
        Map<Replica, FileTime> seen = new LinkedHashMap<>();
        while (!Thread.currentThread().isInterrupted()) {
            for (Replica replica : List.of(one, two)) {
                try {
                    FileTime written = Files.getLastModifiedTime(replica.cursor());
                    if (!written.equals(seen.put(replica, written))) {
                        advances.add(replica);
                    }
                    Thread.sleep(5);
                } catch (IOException e) {
                    // It has none yet.
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    /** @param readers in the order in which they have read */
    private void nothingIsLostAndNobodyReadBeside(Replica... readers) throws Exception {
        func.close();
        assertThat(func.lastFailure()).isNull();
        await().untilAsserted(() -> assertThat(func.written())
                .filteredOn(row -> row.table().equals(FuncSchema.TASK_RECORD))
                .hasSizeGreaterThan(20)
                .allMatch(row -> site.ledger.has("DFF_task_record", row.id())));
        assertThat(site.ledger.differing())
                .as("sent otherwise by the other one")
                .isEmpty();
        for (Replica replica : List.of(one, two)) {
            assertThat(replica.receiver.accepted())
                    .extracting(Line::measurement)
                    .as("what is switched off stays off")
                    .isSubsetOf("DFF_task_record", "DFF_worker_queue");
        }
        List<Replica> turns = new ArrayList<>();
        for (Replica replica : advances) {
            if (turns.isEmpty() || turns.get(turns.size() - 1) != replica) {
                turns.add(replica);
            }
        }
        assertThat(turns).as("whose cursor moved, by turns").containsExactly(readers);
    }

    /** One of the two: its wire to the API server, its folder, and what it delivers to. */
    private final class Replica implements AutoCloseable {
        private final Link wire;
        private final String name;
        private final Map<String, String> settings;
        private final Receiver receiver;
        private ProductProcess process;

        Replica(String name) throws IOException {
            wire = new Link(api.port());
            this.name = name;
            receiver = Receiver.started().onLine(site.ledger::arrived);
            settings = site.another(name);
            settings.put("target.url", receiver.url());
            settings.put("records.start", "now");
            settings.put("cluster.kubernetes.lease", LEASE);
        }

        Replica start() {
            process = ProductProcess.Launch.plain()
                    .in(LeaseServer.environment(wire.port()))
                    .start(site.folder.resolve(name), settings, "run")
                    .awaitReady();
            return this;
        }

        boolean leads() {
            try {
                return process.isAlive() && process.observed().metrics().value("leader") == 1;
            } catch (IOException e) {
                return false;
            }
        }

        Path cursor() {
            return Path.of(settings.get("data.directory"), "cursors", TAIL + ".json");
        }

        @Override
        public String toString() {
            return name;
        }

        @Override
        public void close() throws IOException {
            if (process != null) {
                process.close();
            }
            receiver.close();
            wire.close();
        }
    }
}
