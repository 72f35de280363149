package io.funcobserver.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ImageTest {
    private static final Path IMAGE = Path.of("deploy", "image");

    private final Dockerfile dockerfile = Dockerfile.read();

    ImageTest() throws IOException {}

    @Test
    void copiesOnlyWhatIsThereAndNotIgnored() throws IOException {
        List<String> ignore = Files.readAllLines(Path.of(".dockerignore"));
        assertThat(ignore).contains("*");
        assertThat(dockerfile.sources()).isNotEmpty().allSatisfy(source -> {
            assertThat(Path.of(source)).exists();
            assertThat(ignore).contains("!" + source);
        });
    }

    @Test
    void settingsAndRoutesStandWhereTheProductReadsThem() {
        assertThat(dockerfile.workingDirectory()).isEqualTo("/app");
        assertThat(dockerfile.destinations()).contains("/app/", "/app/routes", "/opt/func-observer/lib");
    }

    @Test
    void environmentAndPortAreTheProducts() {
        assertThat(dockerfile.environment()).containsEntry("OBSERVE_HOST", "0.0.0.0");
        assertThat(dockerfile.environment().get("DATA_DIRECTORY"))
                .as("a folder that the product makes itself: the volume's own root may be writable by anyone")
                .startsWith(dockerfile.volume() + "/");
        assertThat(Product.VARIABLES.keySet())
                .containsAll(dockerfile.environment().keySet());
        assertThat(dockerfile.ports())
                .containsExactly(Integer.toString(Product.INTAKE_PORT), Integer.toString(Product.OBSERVE_PORT));
    }

    @Test
    void runsAsAUserWithoutAName() {
        assertThat(dockerfile.user()).matches("[1-9]\\d*");
    }

    @Test
    void healthCheckAsksWhatTheProductAnswers() throws IOException {
        assertThat(Files.readString(IMAGE.resolve("healthcheck")))
                .contains(Product.LIVE)
                .contains("${OBSERVE_PORT:-" + Product.OBSERVE_PORT + "}");
        assertThat(Product.VARIABLES).containsKey("OBSERVE_PORT");
    }

    @ParameterizedTest
    @ValueSource(strings = {"start", "healthcheck", "archive-classes"})
    void scriptIsExecutable(String name) {
        assertThat(IMAGE.resolve(name)).isExecutable();
    }

    @Test
    void javaTakesTheOptions() throws Exception {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Process process = new ProcessBuilder(java.toString(), "@" + IMAGE.resolve("jvm.options"), "-version")
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
    }

    @Test
    void archiveIsWrittenWhereItIsReadFrom() throws IOException {
        assertThat(Files.readString(IMAGE.resolve("start")))
                .contains("home=/opt/func-observer\n")
                .contains("-XX:SharedArchiveFile=\"$home/func-observer.jsa\"");
        assertThat(Files.readString(IMAGE.resolve("archive-classes")))
                .contains("home=$(cd \"${1:-/opt/func-observer}\" && pwd)")
                .contains("archive=\"$home/func-observer.jsa\"")
                .contains("-XX:SharedArchiveFile=\"$archive\"");
    }
}
