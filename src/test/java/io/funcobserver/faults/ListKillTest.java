package io.funcobserver.faults;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.funcobserver.demo.FreeRunningFunc;
import io.funcobserver.demo.FreeRunningFunc.Finished;
import io.funcobserver.demo.FreeRunningFunc.Load;
import io.funcobserver.testing.ProductProcess;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestInstallation;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Promise 1 for records that only stand in Func's list: {@code kill -9} at any moment loses none and changes none. */
@Slow
class ListKillTest {
    private static final int KILLS = 4;
    private static final Duration NEVER = Duration.ofDays(1);

    @Test
    void losesNoEntryOfTheListAndSendsNoneOtherwiseAgain() throws Exception {
        Random random = new Random();
        Queue<Finished> finished = new ConcurrentLinkedQueue<>();
        try (TestInstallation site = TestInstallation.open()) {
            try (FreeRunningFunc func = new FreeRunningFunc(site.database, site.redis, NEVER, finished::add)
                    .start(List.of(Load.steady("none", "syncAPI", 0, 200)))) {
                for (int kill = 0; kill < KILLS; kill++) {
                    ProductProcess product = site.launch().awaitReady();
                    product.runFor(Duration.ofMillis(random.nextInt(2500)));
                    product.kill();
                }
                assertThat(func.failure()).isNull();
            }
            site.launch().awaitReady();
            await().untilAsserted(() -> assertThat(finished.stream()
                            .filter(task -> !site.ledger.has("DFF_task_record_func", task.id()))
                            .toList())
                    .isEmpty());
            assertThat(site.ledger.differing()).as("sent otherwise again").isEmpty();
        }
    }
}
