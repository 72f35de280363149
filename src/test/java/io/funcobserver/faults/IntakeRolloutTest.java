package io.funcobserver.faults;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.funcobserver.demo.Answer;
import io.funcobserver.demo.FreePort;
import io.funcobserver.demo.UploadClient;
import io.funcobserver.testing.ProductProcess;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestInstallation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Two intakes behind one address, as {@code deploy/kubernetes/intake} has them, while Funcs upload: a rolling update and a killed
 * replica lose nothing that was answered, and no upload fails with all three tries that Func makes.
 */
@Slow
class IntakeRolloutTest {
    private static final int CLIENTS = 3;
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private final Set<String> answered = ConcurrentHashMap.newKeySet();
    private final Set<String> given = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean stopping = new AtomicBoolean();

    /** One of the two: its disk and its ports stay the same over its lives. */
    private final class Replica {
        private final Path folder;
        private final Map<String, String> settings;
        private final int port;
        private ProductProcess process;

        Replica(TestInstallation site, String name) throws IOException {
            port = FreePort.next();
            folder = IntakeRolloutTest.this.folder.resolve(name);
            settings = new LinkedHashMap<>(site.settings);
            settings.put("data.directory", folder.resolve("data").toString());
            settings.put("observe.port", String.valueOf(FreePort.next()));
            settings.put("intake.enabled", "true");
            settings.put("intake.port", String.valueOf(port));
            settings.put("measurement.cache-db-key.enabled", "false");
        }

        Replica start() {
            process = ProductProcess.run(folder.resolve("work"), settings).awaitReady();
            return this;
        }
    }

    @Test
    void aRollingUpdateAndAKilledReplicaLoseNothingThatWasAnswered() throws Exception {
        try (TestInstallation site = TestInstallation.open()) {
            // All that is answered stays on the disk of its replica until the end.
            site.receiver.answerWith(Answer.status(503));
            Replica one = new Replica(site, "one").start();
            Replica two = new Replica(site, "two").start();
            try (RoundRobin front = new RoundRobin(List.of(one.port, two.port))) {
                ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
                for (int i = 0; i < CLIENTS; i++) {
                    int number = i;
                    clients.submit(() -> {
                        upload(number, new UploadClient("http://127.0.0.1:" + front.port()));
                        return null;
                    });
                }
                for (Replica updated : List.of(two, one)) {
                    awaitUploads();
                    assertThat(updated.process.stop().exitCode()).isZero();
                    awaitUploads();
                    updated.start();
                }
                awaitUploads();
                one.process.kill();
                awaitUploads();
                one.start();
                awaitUploads();
                stopping.set(true);
                clients.shutdown();
                assertThat(clients.awaitTermination(LONG.toSeconds(), TimeUnit.SECONDS))
                        .isTrue();
            } finally {
                stopping.set(true);
            }
            assertThat(given).as("refused three times").isEqualTo(answered);
            site.receiver.answerWith(Answer.usual());
            await().untilAsserted(() -> assertThat(answered).allMatch(id -> site.ledger.has("DFF_task_record", id)));
            assertThat(site.ledger.differing()).as("resent otherwise").isEmpty();
            assertThat(one.process.stop().exitCode()).isZero();
            assertThat(two.process.stop().exitCode()).isZero();
        }
    }

    /** Some more of each client. */
    private void awaitUploads() {
        int before = answered.size();
        await().until(() -> answered.size() > before + 10 * CLIENTS);
    }

    private void upload(int number, UploadClient func) throws InterruptedException {
        for (int i = 0; !stopping.get(); i++) {
            String id = "upload-" + number + "-" + i;
            given.add(id);
            if (func.upload(
                    "logging",
                    "DFF_task_record,id=" + id + ",task_status=success message=\"\" 17000000000000000"
                            + (10 + i % 90))) {
                answered.add(id);
            }
            // A steady Func, not a load test.
            Thread.sleep(20);
        }
    }
}
