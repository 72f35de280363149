package io.funcobserver.delivery;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

import io.funcobserver.demo.UploadClient;
import io.funcobserver.lineprotocol.Category;
import io.funcobserver.observe.Destination;
import io.funcobserver.testing.BadServers;
import io.funcobserver.testing.RawServer;
import io.funcobserver.testing.Slow;
import io.funcobserver.tls.TestAuthority;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** Whatever a target does with a connection: the request ends in time, says what is wrong, and is made again. */
@Slow
class HostileTargetTest {
    @TempDir
    Path data;

    private DeliveryRig rig;

    @AfterEach
    void stop() {
        if (rig != null) {
            rig.close();
        }
    }

    /** All at once: one after the other would take a minute, and none of them holds up another. */
    @Test
    @DisplayName("A4, D1: a request ends in time and is made again, whatever the answer does")
    void endsInTimeAndIsMadeAgain() throws Exception {
        deliverTo(BadServers.targets(), "500ms", targets -> {
            for (String target : targets) {
                await(target).until(() -> rig.count("posts", "category", "metric", "target", target) >= 2);
            }
            assertThat(rig.files().stream().filter(file -> file.endsWith(".lp.gz")))
                    .hasSize(targets.size());
            assertThat(rig.down().get("target.metric.drips-its-answer")).contains("does not answer in time");
        });
    }

    /** To each what all get. */
    private void deliverTo(Map<String, RawServer.Serving> servings, String timeout, Looking looking) throws Exception {
        Map<String, RawServer> targets = new HashMap<>();
        try {
            for (Map.Entry<String, RawServer.Serving> serving : servings.entrySet()) {
                targets.put(serving.getKey(), new RawServer(serving.getValue()));
            }
            Map<String, String> settings = settings("", timeout);
            DeliveryRig.targets(
                    settings,
                    targets.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, target -> target.getValue()
                            .url("http"))));
            rig = new DeliveryRig(data, settings).start();
            rig.spool(Category.METRIC, "a", "m v=1 1\n");
            looking.look(targets.keySet());
        } finally {
            for (RawServer target : targets.values()) {
                target.close();
            }
        }
    }

    /** What a test does once all have been sent to. */
    @FunctionalInterface
    private interface Looking {
        void look(Set<String> targets) throws Exception;
    }

    private void awaitTwoFailures() {
        await().until(() -> rig.count("posts", "category", "metric", "answer", "io") >= 2);
        assertThat(rig.files()).anyMatch(file -> file.endsWith(".lp.gz"));
    }

    @Test
    @DisplayName("D1: a target that never reads")
    void doesNotWaitForATargetThatReadsNoBody() throws Exception {
        try (RawServer raw = new RawServer(socket -> Thread.sleep(60_000))) {
            start(raw.url("http"), "300ms");
            rig.spool(Category.METRIC, "a", noise(16));
            awaitTwoFailures();
        }
    }

    /** Slow is not dead: what takes longer than the time-out to be sent arrives all the same. */
    @Test
    void sendsToATargetThatReadsSlowlyAndSteadily() throws Exception {
        try (RawServer raw = new RawServer(socket -> {
            InputStream in = socket.getInputStream();
            int left = contentLength(in);
            byte[] buffer = new byte[200 << 10];
            while (left > 0) {
                left -= in.readNBytes(buffer, 0, Math.min(left, buffer.length));
                Thread.sleep(50);
            }
            RawServer.write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        })) {
            // 18 MB at 4 MB a second, of which the systems keep some on the way.
            start(raw.url("http"), "3s");
            rig.spool(Category.METRIC, "a", noise(24));
            await().until(() -> rig.files().isEmpty());
            assertThat(rig.count("posts", "category", "metric", "answer", "io")).isZero();
        }
    }

    private static int contentLength(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.read());
        }
        return Integer.parseInt(head.toString().replaceAll("(?is).*content-length: (\\d+).*", "$1"));
    }

    /** As servers do that limit the size of a body: the answer comes, and the connection goes, before all is sent. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void seesAnAnswerThatComesBeforeTheBodyIsSent(boolean tls) throws Exception {
        TestAuthority authority = new TestAuthority(Files.createDirectory(data.resolve("authority")), "ip:127.0.0.1");
        SSLContext server = authority.serverContext();
        try (RawServer raw = new RawServer(plain -> {
            Socket socket = tls ? secured(server, plain) : plain;
            InputStream in = socket.getInputStream();
            in.readNBytes(1000);
            RawServer.write(socket, "HTTP/1.1 413 Payload Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            socket.close();
        })) {
            Map<String, String> settings = settings(tls ? raw.url("https") : raw.url("http"), "2s");
            settings.put("tls.ca-file", authority.caFile().toString());
            rig = new DeliveryRig(data.resolve("data"), settings).start();
            rig.spool(Category.METRIC, "a", noise(16));
            await().until(() -> rig.count("posts", "category", "metric", "answer", "413") >= 1);
        }
    }

    private static Socket secured(SSLContext context, Socket socket) throws IOException {
        SSLSocket secured = (SSLSocket) context.getSocketFactory().createSocket(socket, null, 0, true);
        secured.setUseClientMode(false);
        return secured;
    }

    @Test
    @DisplayName("raw ESC and C1 from Location and an answer, in tens of kilobytes, are escaped and cut")
    void escapesWhatATargetSays() throws Exception {
        String hostile = "\u001b[2J\u009b1m".repeat(2000);
        try (RawServer raw = new RawServer(socket -> {
            socket.getInputStream().read();
            RawServer.write(socket, "HTTP/1.1 307 Elsewhere\r\nLocation: http://h/" + hostile + "\r\n");
            RawServer.write(socket, "Content-Length: " + hostile.length() + "\r\n\r\n" + hostile);
            socket.getInputStream().read(new byte[100_000]);
        })) {
            start(raw.url("http"), "2s");
            rig.spool(Category.METRIC, "a", "m v=1 1\n");
            // On a busy machine the first connection may be cut off before its answer is read.
            await().until(() -> rig.down().getOrDefault("target.metric", "").contains("\\u001B[2J"));
            assertThat(rig.down().get("target.metric"))
                    .doesNotContainPattern("[\\x00-\\x1f\\x7f-\\x9f]")
                    .hasSizeLessThan(1000);
        }
    }

    @ParameterizedTest
    @MethodSource("handshakes")
    @DisplayName("D1: a TLS handshake without end")
    void endsAHandshakeThatDoesNot(String name, int pauseMillis) throws Exception {
        try (RawServer raw = new RawServer(socket -> {
            socket.getInputStream().read();
            OutputStream out = socket.getOutputStream();
            out.write(new byte[] {0x16, 3, 3, 0x3f, 0});
            while (true) {
                Thread.sleep(pauseMillis);
                out.write(2);
            }
        })) {
            start(raw.url("https"), "300ms");
            rig.spool(Category.METRIC, "a", "m v=1 1\n");
            awaitTwoFailures();
        }
    }

    static Stream<Arguments> handshakes() {
        return Stream.of(arguments("says nothing", 60_000), arguments("drips", 50));
    }

    @Test
    @DisplayName("400 with a Content-Type that is a Java object, and other bodies")
    void writesDeadLetterWithWhatCanBeReadOfTheAnswer() throws Exception {
        Map<String, RawServer.Serving> servings = new HashMap<>();
        for (Rejection rejection : rejections()) {
            servings.put("t" + servings.size(), socket -> {
                Thread.sleep(50);
                socket.getInputStream().read(new byte[100_000]);
                RawServer.write(socket, "HTTP/1.1 400 Bad\r\n" + rejection.head());
                RawServer.write(socket, "Content-Length: " + rejection.body().length + "\r\n\r\n");
                socket.getOutputStream().write(rejection.body());
                socket.getInputStream().read();
            });
        }
        deliverTo(servings, "5s", targets -> {
            for (String target : targets) {
                Destination to = new Destination(target, Category.METRIC);
                await(target).until(() -> rig.letters(to).size() == 1);
                DeadLetterReport report = rig.letters(to).get(0).report();
                assertThat(report.status()).isEqualTo(400);
                assertThat(report.answer().getBytes(StandardCharsets.UTF_8).length)
                        .as(target)
                        .isBetween(1, 2048);
            }
        });
    }

    private record Rejection(String head, byte[] body) {
        private static Rejection of(String head, String body) {
            return new Rejection(head, body.getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    private static List<Rejection> rejections() {
        return List.of(
                Rejection.of("Content-Type: application/x-java-serialized-object\r\n", "no object"),
                Rejection.of("Content-Type: application/x-java-serialized-object\r\n", "\u00ac\u00ed\0\5t\0\1x"),
                new Rejection("Content-Encoding: gzip\r\n", UploadClient.gzip(new byte[10 << 20])),
                Rejection.of("Content-Encoding: gzip\r\n", "no gzip"),
                Rejection.of("Content-Encoding: br, zstd\r\n", "no br"),
                Rejection.of("Content-Type: text/plain; charset=nonsense\r\n", "x"),
                Rejection.of("Content-Type: \u0000\u00ff;;;=\r\n", "x"),
                Rejection.of("Content-Type: multipart/form-data\r\n", "x"),
                Rejection.of("Content-Type: text/plain\r\nContent-Type: text/html\r\n", "x"),
                Rejection.of("", "\u00ff\u00fe\u001b["));
    }

    /** A line that gzip cannot make much smaller. */
    private static String noise(int megabytes) {
        return "m v=\"" + DeliveryRig.noise(megabytes << 20) + "\" 1\n";
    }

    private static Map<String, String> settings(String url, String timeout) {
        Map<String, String> settings = DeliveryRig.settings(url);
        settings.put("target.connect-timeout", "500ms");
        settings.put("target.timeout", timeout);
        return settings;
    }

    private void start(String url, String timeout) throws Exception {
        rig = new DeliveryRig(data, settings(url, timeout)).start();
    }
}
