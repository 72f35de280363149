package io.funcobserver.faults;

import java.time.Duration;
import java.util.Random;

import io.funcobserver.testing.ProductProcess;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestInstallation;
import io.funcobserver.testing.Uploads;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Promise 1 for the intake: what was answered 200 is delivered, whenever the process is killed. {@code -Dfaults.kills} says
 * how often (8), {@code -Dfaults.seed} repeats a run as far as its random moments go.
 */
@Slow
class IntakeKillTest {
    private static final int KILLS = Integer.getInteger("faults.kills", 8);
    private static final long SEED = Long.getLong("faults.seed", System.nanoTime());

    private final Random random = new Random(SEED);

    @Test
    void losesNothingThatWasAnswered200(TestReporter reporter) throws Exception {
        reporter.publishEntry("faults.seed", String.valueOf(SEED));
        try (TestInstallation site = TestInstallation.open()) {
            int port = site.receiveUploads();
            try (Uploads uploads = new Uploads(port, port, port, port)) {
                for (int life = 0; life < KILLS; life++) {
                    ProductProcess product = site.launch().awaitReady();
                    uploads.awaitMore(1);
                    product.runFor(Duration.ofMillis(random.nextInt(300)));
                    product.kill();
                }
                uploads.stop();
                ProductProcess last = site.launch().awaitReady();
                uploads.awaitArrival(site.ledger);
                assertThat(last.stop().exitCode()).isZero();
            }
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("with -Dfaults.seed=" + SEED + ": " + e.getMessage(), e);
        }
    }
}
