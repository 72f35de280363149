package io.funcobserver.faults;

import java.nio.file.Path;
import java.util.Map;

import io.funcobserver.testing.ProductProcess.Launch;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestInstallation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A placeholder in a route stands for what the settings say, {@code --set} before the environment. */
@Slow
class PrecedenceTest {
    @TempDir
    Path folder;

    @Test
    void theCommandLinePrevailsOverTheEnvironmentInRoutesToo() throws Exception {
        Path data = folder.resolve("data");
        Launch launch = Launch.plain()
                .told(Map.of("data.directory", folder.resolve("other").toString()));
        arrives(launch, "--set", "data.directory=" + data);
        assertThat(data).isNotEmptyDirectory();
        assertThat(folder.resolve("other")).doesNotExist();
    }

    @Test
    void anOptionOfTheJvmIsNoSetting() throws Exception {
        arrives(Launch.plain().with("-Ddata.directory=" + folder.resolve("other")));
        assertThat(folder.resolve("other")).doesNotExist();
    }

    private static void arrives(Launch launch, String... arguments) throws Exception {
        try (TestInstallation site = TestInstallation.open()) {
            site.func().insert(20);
            String[] command = new String[arguments.length + 1];
            command[0] = "run";
            System.arraycopy(arguments, 0, command, 1, arguments.length);
            site.command(launch, command).awaitReady();
            await().until(() -> site.ledger.points() > 20);
        }
    }
}
