package io.funcobserver.faults;

import java.io.IOException;
import java.util.List;
import java.util.Map;

import io.funcobserver.demo.Answer;
import io.funcobserver.testing.ProductProcess;
import io.funcobserver.testing.RoundRobin;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestInstallation;
import io.funcobserver.testing.Uploads;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two intakes behind one address, as {@code deploy/kubernetes/intake} has them, while Funcs upload: a rolling update and a killed
 * replica lose nothing that was answered, and no upload fails with all three tries that Func makes.
 */
@Slow
class IntakeRolloutTest {
    /** One of the two: its disk and its ports stay the same over its lives. */
    private static final class Replica {
        private final String name;
        private final TestInstallation site;
        private final Map<String, String> settings;
        private final int port;
        private ProductProcess process;

        Replica(TestInstallation site, String name) throws IOException {
            this.name = name;
            this.site = site;
            port = site.receiveUploads();
            settings = site.another(name);
        }

        Replica start() {
            process = ProductProcess.run(site.folder.resolve(name), settings).awaitReady();
            return this;
        }
    }

    @Test
    void aRollingUpdateAndAKilledReplicaLoseNothingThatWasAnswered() throws Exception {
        try (TestInstallation site = TestInstallation.open().only()) {
            // All that is answered stays on the disk of its replica until the end.
            site.receiver.answerWith(Answer.status(503));
            Replica one = new Replica(site, "one").start();
            Replica two = new Replica(site, "two").start();
            try (RoundRobin front = new RoundRobin(one.port, two.port);
                    Uploads uploads = new Uploads(front.port(), front.port(), front.port())) {
                for (Replica updated : List.of(two, one)) {
                    uploads.awaitMore(30);
                    assertThat(updated.process.stop().exitCode()).isZero();
                    uploads.awaitMore(30);
                    updated.start();
                }
                uploads.awaitMore(30);
                one.process.kill();
                uploads.awaitMore(30);
                one.start();
                uploads.awaitMore(30);
                uploads.stop().assertNoneIsRefused();
                site.receiver.answerWith(Answer.usual());
                uploads.awaitArrival(site.ledger);
            }
            assertThat(one.process.stop().exitCode()).isZero();
            assertThat(two.process.stop().exitCode()).isZero();
        }
    }
}
