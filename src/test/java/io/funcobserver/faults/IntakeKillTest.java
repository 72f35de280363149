package io.funcobserver.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

import io.funcobserver.demo.FreePort;
import io.funcobserver.demo.UploadClient;
import io.funcobserver.testing.ProductProcess;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestInstallation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

/**
 * Promise 1 for the intake: what was answered 200 is delivered, whenever the process is killed. {@code -Dfaults.kills} says
 * how often (8), {@code -Dfaults.seed} repeats a run as far as its random moments go.
 */
@Slow
class IntakeKillTest {
    private static final int KILLS = Integer.getInteger("faults.kills", 8);
    private static final long SEED = Long.getLong("faults.seed", System.nanoTime());
    private static final int CLIENTS = 4;

    private final Random random = new Random(SEED);
    private final Set<String> answered = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean stopping = new AtomicBoolean();

    @Test
    void losesNothingThatWasAnswered200(TestReporter reporter) throws Exception {
        assumeThat(appendsToTheSpool())
                .as("a spool that takes lines at direct:append")
                .isTrue();
        reporter.publishEntry("faults.seed", String.valueOf(SEED));
        try (TestInstallation site = TestInstallation.open()) {
            int port = FreePort.next();
            site.set("intake.enabled", "true").set("intake.port", String.valueOf(port));
            ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
            for (int i = 0; i < CLIENTS; i++) {
                int number = i;
                clients.submit(() -> upload(number, new UploadClient("http://127.0.0.1:" + port)));
            }
            for (int life = 0; life < KILLS; life++) {
                ProductProcess product = site.launch().awaitReady();
                int before = answered.size();
                await().until(() -> answered.size() > before);
                product.runFor(Duration.ofMillis(random.nextInt(300)));
                product.kill();
            }
            stopping.set(true);
            clients.shutdown();
            assertThat(clients.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
            ProductProcess last = site.launch().awaitReady();
            await().untilAsserted(() -> assertThat(answered).allMatch(id -> site.ledger.has("DFF_task_record", id)));
            assertThat(site.ledger.differing()).as("resent otherwise").isEmpty();
            assertThat(last.stop().exitCode()).isZero();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("with -Dfaults.seed=" + SEED + ": " + e.getMessage(), e);
        }
    }

    private static boolean appendsToTheSpool() throws IOException {
        return Files.readString(Path.of("routes", "spool.camel.yaml")).contains("uri: direct:append");
    }

    private void upload(int number, UploadClient client) {
        for (int i = 0; !stopping.get(); i++) {
            String id = "upload-" + number + "-" + i;
            String line =
                    "DFF_task_record,id=" + id + ",task_status=success message=\"\" 17000000000000000" + (10 + i % 90);
            try {
                if (client.post("logging", line.getBytes(StandardCharsets.UTF_8)) == 200) {
                    answered.add(id);
                }
            } catch (IOException killed) {
                // Not answered: nothing was promised. The next life needs the processor to start.
                LockSupport.parkNanos(20_000_000);
            }
        }
    }
}
