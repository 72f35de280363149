package io.funcobserver.app;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import io.funcobserver.config.Settings;
import io.funcobserver.testing.TestSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class DeadLetterConsoleTest {
    @TempDir
    Path data;

    private final StringWriter out = new StringWriter();
    private final StringWriter progress = new StringWriter();

    @Test
    void ofAnUnknownNameItSaysNothingElse() throws Exception {
        assertThat(replay(List.of("nonsense"))).isEqualTo(1);
        assertThat(progress.toString()).contains("there is no dead letter \"nonsense\"");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void whereThereIsNothingItSaysSo() throws Exception {
        assertThat(replay(List.of())).isZero();
        assertThat(out.toString()).contains("0 dead letters with 0 lines");
    }

    @Test
    void namesWhatIsLeftOfATargetThatIsNotNamedAnyMore() throws Exception {
        Path former = Files.createDirectories(data.resolve("dead-letter/former/metric"));
        Files.createFile(former.resolve("1.lp"));
        assertThat(replay(List.of())).isZero();
        assertThat(progress.toString()).contains(former + " holds 1 file that nothing delivers");

        progress.getBuffer().setLength(0);
        DeadLetterConsole.list(settings(), new PrintWriter(out, true), new PrintWriter(progress, true));
        assertThat(out.toString()).contains("no dead letters in " + data.resolve("dead-letter"));
        assertThat(progress.toString()).contains(former + " holds 1 file that nothing delivers");
    }

    private Settings settings() {
        return new TestSettings().set("data.directory", data).build();
    }

    private int replay(List<String> files) throws Exception {
        return DeadLetterConsole.replay(settings(), files, new PrintWriter(out, true), new PrintWriter(progress, true));
    }
}
