package io.funcobserver.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

import io.funcobserver.demo.FreePort;
import io.funcobserver.demo.FuncSimulator;
import io.funcobserver.demo.UploadClient;
import io.funcobserver.kafka.KafkaBroker;
import io.funcobserver.testing.ProductProcess;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestInstallation;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What docs/scaling.md describes, as far as one machine goes: three brokers and three replicas, one of each killed. Six
 * processes at once are too much for every build: {@code -Dfaults.cluster=true} asks for it.
 */
@Slow
@EnabledIfSystemProperty(named = "faults.cluster", matches = "true")
class KafkaClusterTest {
    @TempDir
    Path folder;

    private final Set<String> answered = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean stopping = new AtomicBoolean();

    private static ConditionFactory await() {
        return await().atMost(Duration.ofSeconds(120)).pollInterval(Duration.ofMillis(100));
    }

    @Test
    void losesNothingWithABrokerAndAReplica() throws Exception {
        List<KafkaBroker> brokers = KafkaBroker.cluster(folder, 3);
        FuncSimulator.Settings busy = FuncSimulator.Settings.test().withTasksPerSecond(50);
        ExecutorService clients = Executors.newFixedThreadPool(3);
        try (TestInstallation site = TestInstallation.open()) {
            KafkaBroker.start(brokers);
            site.set("spool", "kafka")
                    .set(
                            "kafka.brokers",
                            brokers.stream().map(KafkaBroker::address).collect(Collectors.joining(",")))
                    .set("kafka.partitions", "6")
                    .set("kafka.session.timeout.ms", "6000");
            List<ProductProcess> replicas = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                int port = FreePort.next();
                // One reads, all take uploads and deliver.
                Map<String, String> own = new LinkedHashMap<>(
                        (i == 0 ? site.only(TestInstallation.RECORDS.toArray(String[]::new)) : site.only()).settings);
                own.put("intake.enabled", "true");
                own.put("intake.port", String.valueOf(port));
                own.put("observe.port", String.valueOf(FreePort.next()));
                replicas.add(ProductProcess.run(site.folder.resolve("replica-" + i), own));
                int number = i;
                clients.submit(() -> upload("upload-" + number + "-", port));
            }
            for (ProductProcess replica : replicas) {
                replica.awaitReady();
            }
            try (FuncSimulator func = new FuncSimulator(site.database, site.redis, busy).start()) {
                await().until(() -> site.receiver.requests().size() > 20);
                replicas.get(1).kill();
                brokers.get(2).kill();
                int before = answered.size();
                await().until(() -> answered.size() > before + 20);
                assertThat(func.lastFailure()).isNull();
            }
            stopping.set(true);
            clients.shutdown();
            assertThat(clients.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
            await().untilAsserted(() -> {
                assertThat(site.ledger.lost(site.database)).isEmpty();
                assertThat(answered).allMatch(id -> site.ledger.has("DFF_task_record", id));
            });
            assertThat(site.ledger.differing()).as("resent otherwise").isEmpty();
            replicas.forEach(ProductProcess::close);
        } finally {
            stopping.set(true);
            clients.shutdownNow();
            brokers.forEach(KafkaBroker::close);
        }
    }

    private void upload(String name, int port) {
        UploadClient client = new UploadClient("http://127.0.0.1:" + port);
        for (int i = 0; !stopping.get(); i++) {
            String line = "DFF_task_record,id=" + name + i + ",task_status=success message=\"\" 17000000000000000"
                    + (10 + i % 90);
            try {
                if (client.post("logging", line.getBytes(StandardCharsets.UTF_8)) == 200) {
                    answered.add(name + i);
                }
            } catch (IOException killed) {
                // Not answered: nothing was promised.
            }
        }
    }
}
