package io.funcobserver.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.funcobserver.config.Settings;
import io.funcobserver.testing.Slow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

/** On a process of its own: only a real signal shows the exit code. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no SIGTERM")
@Slow
class UntilStoppedTest {
    @Test
    void aSignalStopsItWithExitCodeZero() throws Exception {
        assertThat(exitCodeAfterSignal("running")).isZero();
    }

    @Test
    void aSignalDuringTheStartStopsItWithExitCodeZero() throws Exception {
        assertThat(exitCodeAfterSignal("starting")).isZero();
    }

    @Test
    void aStopThatFailsIsOne() throws Exception {
        assertThat(exitCodeAfterSignal("failing")).isEqualTo(1);
    }

    @Test
    void aStartThatFailsIsOne() throws Exception {
        Process process = start("broken");
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(1);
    }

    private static int exitCodeAfterSignal(String behaviour) throws Exception {
        Process process = start(behaviour);
        BufferedReader output = process.inputReader();
        assertThat(output.readLine()).isEqualTo("ready");
        // Not Process.destroy(), which closes the streams too.
        process.toHandle().destroy();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        if (!behaviour.equals("failing")) {
            assertThat(output.lines()).containsExactly("stopped");
        }
        return process.exitValue();
    }

    private static Process start(String behaviour) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Sample.class.getName(),
                        behaviour)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** A product that reads and delivers nothing. */
    static final class Sample extends NoApplication {
        private final String behaviour;
        private final CountDownLatch end = new CountDownLatch(1);

        private Sample(String behaviour) {
            this.behaviour = behaviour;
        }

        public static void main(String[] arguments) {
            CommandLineInterface commands = new CommandLineInterface(new Sample(arguments[0]), System.out, System.err);
            System.exit(commands.execute("run", "--set", "target.url=http://127.0.0.1"));
        }

        @Override
        public Running start(Settings settings) throws Exception {
            if (behaviour.equals("broken")) {
                throw new IOException("no");
            }
            if (behaviour.equals("starting")) {
                CountDownLatch stopping = new CountDownLatch(1);
                Runtime.getRuntime().addShutdownHook(new Thread(stopping::countDown));
                System.out.println("ready");
                stopping.await();
            } else {
                System.out.println("ready");
            }
            return new Running() {
                @Override
                public void await() throws InterruptedException {
                    end.await();
                }

                @Override
                public void close() throws IOException {
                    if (behaviour.equals("failing")) {
                        throw new IOException("disk full");
                    }
                    System.out.println("stopped");
                    // As a product does whose main thread returns when it is stopped.
                    end.countDown();
                }
            };
        }
    }
}
