package io.funcobserver.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.funcobserver.config.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class LeftoversProbeTest {
    @TempDir
    Path data;

    @Test
    void saysNothingOfWhatIsDelivered() throws Exception {
        assertThat(found("target.url", "http://127.0.0.1:1")).isEmpty();
        file("segments/logging-record-01.segment");
        file("spool/main/metric/1.lp.gz");
        file("dead-letter/main/logging/1.lp");
        Files.createDirectories(data.resolve("spool/former/metric"));
        assertThat(found("target.url", "http://127.0.0.1:1")).isEmpty();
    }

    @Test
    void namesWhatWaitsForATargetThatIsNotNamedAnyMore() throws Exception {
        file("spool/main/logging/1.lp.gz");
        file("spool/main/logging/2.lp.gz");
        file("dead-letter/main/metric/3.lp");
        file("spool/a/metric/4.lp.gz");
        assertThat(found("targets", "a", "target.a.url", "http://127.0.0.1:1"))
                .hasSize(2)
                .allSatisfy(warning -> assertThat(warning).startsWith("warn  leftovers"))
                .anyMatch(
                        warning -> warning.contains(data.resolve("spool/main/logging") + " holds 2 files that nothing"))
                .anyMatch(warning ->
                        warning.contains(data.resolve("dead-letter/main/metric") + " holds 1 file that nothing"));
    }

    @Test
    void namesWhatWaitsForAPathThatWasEmptied() throws Exception {
        file("spool/main/logging/1.lp.gz");
        assertThat(found("target.url", "http://127.0.0.1:1", "target.logging-path", ""))
                .singleElement()
                .asString()
                .contains("spool/main/logging holds 1 file");
    }

    @Test
    void namesEveryFileWhereKafkaIsTheSpool() throws Exception {
        file("spool/main/logging/1.lp.gz");
        file("segments/logging-record-01.segment");
        file("cursors/func-call.json");
        assertThat(found("target.url", "http://127.0.0.1:1", "spool", "kafka", "kafka.brokers", "127.0.0.1:1"))
                .hasSize(2);
    }

    private List<String> found(String... keysAndValues) {
        Map<String, String> settings = new HashMap<>(Map.of("data.directory", data.toString()));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            settings.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return new LeftoversProbe()
                .test(Settings.of(settings)).stream().map(Finding::toString).toList();
    }

    private void file(String name) throws IOException {
        Path file = data.resolve(name);
        Files.createDirectories(file.getParent());
        Files.createFile(file);
    }
}
