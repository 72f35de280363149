package io.funcobserver.faults;

import java.nio.file.Files;
import java.nio.file.Path;

import io.funcobserver.testing.ProductProcess;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestInstallation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** One process alone is as small as if there were no Kubernetes and no Kafka. */
@Slow
class OneProcessTest {
    @TempDir
    Path folder;

    @Test
    void loadsNothingOfWhatSeveralNeed() throws Exception {
        Path loaded = folder.resolve("loaded");
        try (TestInstallation site = TestInstallation.open()) {
            site.func().insert(20);
            ProductProcess product = site.command(
                            ProductProcess.Launch.plain().with("-Xlog:class+load=info:file=" + loaded), "run")
                    .awaitReady();
            await().until(() -> site.ledger.points() > 20);
            product.stop();
            assertThat(Files.readAllLines(loaded))
                    .hasSizeGreaterThan(1000)
                    .noneMatch(line -> line.contains("org.apache.kafka.") || line.contains("camel.component.kafka."))
                    .noneMatch(line -> line.contains("io.fabric8.") || line.contains("camel.impl.cluster."))
                    .noneMatch(line -> line.contains("io.funcobserver.cluster.Lease"));
        }
    }
}
