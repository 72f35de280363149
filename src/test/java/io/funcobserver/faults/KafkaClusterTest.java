package io.funcobserver.faults;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import io.funcobserver.demo.FuncSimulator;
import io.funcobserver.kafka.KafkaBroker;
import io.funcobserver.testing.ProductProcess;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestInstallation;
import io.funcobserver.testing.Uploads;
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

    @Test
    void losesNothingWithABrokerAndAReplica() throws Exception {
        List<KafkaBroker> brokers = KafkaBroker.cluster(folder, 3);
        FuncSimulator.Settings busy = FuncSimulator.Settings.test().withTasksPerSecond(50);
        try (TestInstallation site = TestInstallation.open()) {
            KafkaBroker.start(brokers);
            site.set("spool", "kafka")
                    .set(
                            "kafka.brokers",
                            brokers.stream().map(KafkaBroker::address).collect(Collectors.joining(",")))
                    .set("kafka.partitions", "6")
                    .set("kafka.session.timeout.ms", "6000");
            List<ProductProcess> replicas = new ArrayList<>();
            int[] ports = new int[3];
            for (int i = 0; i < 3; i++) {
                ports[i] = site.receiveUploads();
                // One reads, all take uploads and deliver.
                TestInstallation replica = i == 0 ? site.onlyRecords() : site.only();
                replicas.add(ProductProcess.run(site.folder.resolve("replica-" + i), replica.another("replica-" + i)));
            }
            for (ProductProcess replica : replicas) {
                replica.awaitReady();
            }
            try (Uploads uploads = new Uploads(ports)) {
                try (FuncSimulator func = new FuncSimulator(site.database, site.redis, busy).start()) {
                    await().until(() -> site.receiver.requests().size() > 20);
                    replicas.get(1).kill();
                    brokers.get(2).kill();
                    uploads.awaitMore(20);
                    assertThat(func.lastFailure()).isNull();
                }
                uploads.stop();
                site.awaitDelivered();
                uploads.awaitArrival(site.ledger);
            }
            replicas.forEach(ProductProcess::close);
        } finally {
            brokers.forEach(KafkaBroker::close);
        }
    }
}
