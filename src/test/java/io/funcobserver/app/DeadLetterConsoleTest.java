package io.funcobserver.app;

import java.io.PrintWriter;
import java.io.StringWriter;
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

    private int replay(List<String> files) throws Exception {
        Settings settings = new TestSettings().set("data.directory", data).build();
        return DeadLetterConsole.replay(settings, files, new PrintWriter(out, true), new PrintWriter(progress, true));
    }
}
