package io.funcobserver.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SystemdUnitTest {
    private final List<String> unit = Files.readAllLines(Path.of("deploy", "systemd", "func-observer.service"));

    SystemdUnitTest() throws IOException {}

    private List<String> values(String key) {
        return unit.stream()
                .filter(line -> line.startsWith(key + "="))
                .map(line -> line.substring(key.length() + 1))
                .toList();
    }

    @Test
    void takesTheOptionsOfTheImage() {
        assertThat(values("ExecStart"))
                .containsExactly("/usr/bin/java @/opt/func-observer/jvm.options -jar"
                        + " /opt/func-observer/func-observer.jar run");
    }

    @Test
    void dataStandInTheStateDirectory() {
        assertThat(values("Environment"))
                .containsExactly(
                        "DATA_DIRECTORY=/var/lib/" + values("StateDirectory").get(0),
                        // So that a site name in Chinese arrives.
                        "LC_ALL=C.UTF-8");
        assertThat(Product.VARIABLES).containsKey("DATA_DIRECTORY");
    }

    /** Exit code 2 is a wrong configuration, which a restart does not mend. */
    @Test
    void wrongConfigurationIsNotStartedAgain() {
        assertThat(values("Restart")).containsExactly("on-failure");
        assertThat(values("RestartPreventExitStatus")).containsExactly("2");
    }

    @Test
    void javaCanSeeItsMemoryLimitAndCompile() {
        assertThat(values("ProcSubset")).isEmpty();
        assertThat(values("MemoryDenyWriteExecute")).isEmpty();
    }
}
