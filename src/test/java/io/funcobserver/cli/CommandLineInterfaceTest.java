package io.funcobserver.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.funcobserver.check.Findings;
import io.funcobserver.check.Probe;
import io.funcobserver.config.ConfigurationException;
import io.funcobserver.config.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class CommandLineInterfaceTest {
    private static final String TARGET = "target.url=http://127.0.0.1:9529?token=tkn_secret";

    private final List<String> calls = new ArrayList<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private Exception failure;

    @ParameterizedTest
    @ValueSource(strings = {"", "run", "check", "preview", "dead-letters", "replay", "init"})
    void everyCommandHasHelpAndVersion(String command) {
        assertThat(execute(words(command, "--help"))).isZero();
        assertThat(out()).startsWith("Usage: func-observer").contains("--set");
        assertThat(execute(words(command, "--version"))).isZero();
        assertThat(out()).contains("func-observer (built from classes, not packaged)");
        assertThat(err()).isEmpty();
        assertThat(calls).isEmpty();
    }

    @Test
    void runsUnlessToldOtherwise() {
        assertThat(execute("--set", TARGET)).isZero();
        assertThat(execute("run", "--set", TARGET)).isZero();
        assertThat(execute("--set", TARGET, "run")).isZero();
        assertThat(calls).containsExactly("start", "stop", "start", "stop", "start", "stop");
    }

    @Test
    void takesPropertiesBeforeAndBehindTheCommand() {
        execute("--set", TARGET, "preview", "--set", "func.site-name=a=b", "cache-db", "db-table");
        assertThat(calls).containsExactly("preview a=b [cache-db, db-table]");
        assertThat(out()).isEqualTo("line 杭州\n");
    }

    @Test
    void deadLettersAndPreviewNeedNoTarget() {
        assertThat(execute("dead-letters")).isZero();
        assertThat(execute("replay", "a.lp")).isZero();
        assertThat(execute("preview")).isZero();
        assertThat(calls).containsExactly("list", "replay [a.lp]", "preview null []");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--foo",
                "run --foo",
                "nonsense",
                "run func.mysql.password=hunter2",
                "run --set",
                "check hunter2=x",
                "run --set func.mysql.port=abc",
                "run --set func.mysql.pasword=hunter2",
                "run --set hunter2",
                "run --set func.site-name=x",
                "init"
            })
    void saysBadUsageInOneLine(String arguments) {
        assertThat(execute(arguments.split(" "))).isEqualTo(2);
        assertThat(err()).startsWith("func-observer: ").hasLineCount(1).doesNotContain("=hunter2");
        assertThat(out()).isEmpty();
        assertThat(calls).isEmpty();
    }

    /** The file in this folder sets nothing. */
    @Test
    void aFirstRunSaysWhatIsNeededInFiveLines() {
        assertThat(execute()).isEqualTo(2);
        assertThat(err())
                .hasLineCount(5)
                .contains("--set target.url=http://127.0.0.1:9529")
                .endsWith("java -jar func-observer.jar init\n");
        assertThat(out()).isEmpty();
    }

    @Test
    void pointsAPropertyWithoutSetToSet() {
        execute("run", "func.mysql.password=hunter2");
        assertThat(err())
                .isEqualTo("func-observer: unknown argument func.mysql.password=…; put --set before it;"
                        + " see func-observer run --help\n");
    }

    @Test
    void aConfigurationThatCannotRunIsTwo() {
        failure = new ConfigurationException("observe.port: 9876 is in use; give another");
        assertThat(execute("run", "--set", TARGET)).isEqualTo(2);
        assertThat(err()).isEqualTo("func-observer: observe.port: 9876 is in use; give another\n");
    }

    @Test
    void aFailureIsOneLineWithoutSecretsAndOne() {
        failure = new IOException("cannot reach\n http://127.0.0.1?token=tkn_secret");
        assertThat(execute("run", "--set", TARGET)).isEqualTo(1);
        assertThat(err()).isEqualTo("func-observer: cannot reach http://127.0.0.1?token=***\n");
        failure = new IllegalStateException((String) null);
        assertThat(execute("preview", "--set", TARGET)).isEqualTo(1);
        assertThat(err()).endsWith("func-observer: IllegalStateException\n");
    }

    @Test
    void checkShowsEveryFindingWithoutSecrets() {
        assertThat(execute("check", "--set", TARGET)).isZero();
        assertThat(out())
                .isEqualTo("ok    properties      all known and well-formed\nok    probe           token ***\n");
        out.reset();
        assertThat(execute("check", "--set", "a.b=c", "--set", "func.queues=x")).isEqualTo(1);
        assertThat(out().lines().filter(line -> line.startsWith("fail  properties")))
                .hasSize(3);
    }

    private int execute(String... arguments) {
        return new CommandLineInterface(new Recorder(), out, err).execute(arguments);
    }

    private static String[] words(String... words) {
        return List.of(words).stream().filter(word -> !word.isEmpty()).toArray(String[]::new);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private final class Recorder implements Application {
        @Override
        public List<String> measurements() {
            return List.of("cache-db", "db-table");
        }

        @Override
        public List<Probe> probes() {
            return List.of(new Sample());
        }

        @Override
        public Running start(Settings settings) throws Exception {
            if (failure != null) {
                throw failure;
            }
            calls.add("start");
            return new Running() {
                @Override
                public void await() {}

                @Override
                public void close() {
                    calls.add("stop");
                }
            };
        }

        @Override
        public int preview(Settings settings, List<String> measurements, OutputStream standardOutput) throws Exception {
            if (failure != null) {
                throw failure;
            }
            calls.add("preview " + settings.text("func.site-name") + " " + measurements);
            standardOutput.write("line 杭州\n".getBytes(StandardCharsets.UTF_8));
            return 0;
        }

        @Override
        public int deadLetters(Settings settings, PrintWriter standardOutput, PrintWriter standardError) {
            calls.add("list");
            return 0;
        }

        @Override
        public int replay(
                Settings settings, List<String> files, PrintWriter standardOutput, PrintWriter standardError) {
            calls.add("replay " + files);
            return 0;
        }
    }

    private static final class Sample extends Probe {
        Sample() {
            super("probe", "target.");
        }

        @Override
        protected void test(Settings settings, Findings found) {
            found.ok("token tkn_secret");
        }
    }
}
