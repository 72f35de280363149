package io.funcobserver.check;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import io.funcobserver.testing.TestSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class DirectoryProbeTest {
    @TempDir
    Path folder;

    @Test
    void leavesNothingBehind() throws Exception {
        assertThat(probe(folder.resolve("a/b"), "1KiB").toString())
                .startsWith("ok    data directory  ")
                .endsWith("can be created");
        assertThat(probe(folder, "1KiB").text()).endsWith("is writable");
        try (var files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void warnsOfADiskThatIsTooSmall() {
        Finding finding = probe(folder, "500000GiB");
        assertThat(finding.level()).isEqualTo(Finding.Level.WARN);
        assertThat(finding.text()).contains("lower spool.max-size");
    }

    @Test
    void namesAFileInTheWay() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        assertThat(probe(file.resolve("data"), "1KiB").text())
                .isEqualTo(file + " is no folder; correct data.directory");
    }

    @Test
    void refusesAFolderThatIsNotForUs() throws Exception {
        Files.createFile(folder.resolve("passwd"));
        assertThat(probe(folder, "1KiB").text()).contains("holds what is not func-observer's (passwd)");
    }

    private static Finding probe(Path directory, String spool) {
        List<Finding> findings = new DirectoryProbe()
                .test(new TestSettings()
                        .set("data.directory", directory)
                        .set("spool.max-size", spool)
                        .set("dead-letter.max-size", "1KiB")
                        .build());
        assertThat(findings).hasSize(1);
        return findings.get(0);
    }
}
