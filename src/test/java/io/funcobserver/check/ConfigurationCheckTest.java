package io.funcobserver.check;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import io.funcobserver.config.Reading;
import io.funcobserver.config.Settings;
import io.funcobserver.config.SettingsSources;
import io.funcobserver.lineprotocol.Category;
import io.funcobserver.testing.Slow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

class ConfigurationCheckTest {
    @Test
    void showsNothingThatActsOnATerminal() {
        List<String> lines = run("target.url=http://h", new Sample("answers \u001b[2J\u009b \u202e"));
        assertThat(lines).contains("ok    sample          answers \\u001B[2J\\u009B \\u202E");
    }

    @Test
    @Timeout(60)
    void endsWhateverNeverEnds() {
        CountDownLatch never = new CountDownLatch(1);
        Probe hangs = new Sample("") {
            @Override
            protected void test(Settings settings, Findings found) throws InterruptedException {
                never.await();
            }
        };
        assertThat(hangs.test(settings(List.of("target.url=http://h")), Duration.ofMillis(100)))
                .singleElement()
                .asString()
                .startsWith("fail  sample          does not come to an end");
    }

    @Slow
    @Test
    @Timeout(60)
    void anAnswerThatDripsIsCutOff() throws Exception {
        try (ServerSocket drip = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread server = new Thread(() -> drip(drip));
            server.setDaemon(true);
            server.start();
            List<String> lines =
                    run("target.url=http://127.0.0.1:" + drip.getLocalPort(), new TargetProbe(Category.METRIC));
            assertThat(lines.get(1)).startsWith("fail  target metric   does not come to an end within 15 s");
        }
    }

    @Test
    void eachOfSeveralTargetsHasALine() {
        Reading reading = Settings.read(
                new SettingsSources(
                        List.of(
                                "targets=main,b",
                                "target.main.url=http://127.0.0.1:1",
                                "target.b.url=http://127.0.0.1:1",
                                "target.b.metric-path="),
                        Map.of(),
                        null),
                List.of());
        assertThat(run(reading, new TargetProbe(Category.METRIC)))
                .containsExactly(
                        "ok    properties      all known and well-formed",
                        "fail  main metric     nothing listens at 127.0.0.1:1; start the receiver or correct target.main.url",
                        "ok    b metric        not sent, since target.b.metric-path is empty");
    }

    @Test
    void anIntakeForEveryoneIsWarnedOf() {
        assertThat(run("target.url=http://h", new IntakeProbe())).contains("ok    intake          off");
        List<String> open = List.of("target.url=http://h", "intake.enabled=true", "intake.host=0.0.0.0");
        assertThat(new IntakeProbe().test(settings(open)).toString())
                .contains("warn")
                .contains("set intake.token");
        List<String> closed = new ArrayList<>(open);
        closed.add("intake.token=x");
        assertThat(new IntakeProbe().test(settings(closed)).toString()).contains("ok");
    }

    private static void drip(ServerSocket listener) {
        try (Socket socket = listener.accept();
                OutputStream out = socket.getOutputStream()) {
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            while (true) {
                out.write('x');
                out.flush();
                Thread.onSpinWait();
                socket.setSoTimeout(100);
                try {
                    if (socket.getInputStream().read() < 0) {
                        return;
                    }
                } catch (java.net.SocketTimeoutException e) {
                    // Time for the next byte.
                }
            }
        } catch (IOException e) {
            // The client has gone.
        }
    }

    private static Settings settings(List<String> assignments) {
        return Settings.read(new SettingsSources(assignments, Map.of(), null), List.of())
                .orThrow();
    }

    private static List<String> run(String assignment, Probe probe) {
        return run(Settings.read(new SettingsSources(List.of(assignment), Map.of(), null), List.of()), probe);
    }

    private static List<String> run(Reading reading, Probe probe) {
        List<String> lines = new ArrayList<>();
        new ConfigurationCheck(List.of(probe)).run(reading, finding -> lines.add(finding.toString()));
        return lines;
    }

    private static class Sample extends Probe {
        private final String text;

        Sample(String text) {
            super("sample");
            this.text = text;
        }

        @Override
        protected void test(Settings settings, Findings found) throws InterruptedException {
            found.ok(text);
        }
    }
}
