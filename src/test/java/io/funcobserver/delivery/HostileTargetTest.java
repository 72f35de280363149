package io.funcobserver.delivery;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

import io.funcobserver.config.Settings;
import io.funcobserver.lineprotocol.Category;
import io.funcobserver.observe.Destination;
import io.funcobserver.testing.Slow;
import io.funcobserver.tls.TestAuthority;
import io.funcobserver.tls.TrustedAuthorities;
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

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void again(Socket socket, String begin, String more, int pauseMillis) throws Exception {
        write(socket, begin);
        while (true) {
            write(socket, more);
            Thread.sleep(pauseMillis);
        }
    }

    /** By name: one after the other would take a minute, and none of them holds up another. */
    private static Map<String, RawTarget.Serving> withoutEnd() {
        String chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        return Map.ofEntries(
                entry("hints", socket -> again(socket, "", "HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n", 5)),
                entry("continues", socket -> again(socket, "", "HTTP/1.1 100 Continue\r\n\r\n", 1)),
                entry("no-http", socket -> again(socket, "", "220 mail.example.com ESMTP\r\n", 5)),
                entry("empty-lines", socket -> again(socket, "", "\r\n", 5)),
                entry("status-drips", socket -> again(socket, "HTTP/1.1 2", "0", 20)),
                entry(
                        "body-drips",
                        socket -> again(socket, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", "x", 20)),
                entry("chunk-drips", socket -> again(socket, chunked + "fffffff\r\n", "x", 20)),
                entry("size-drips", socket -> again(socket, chunked, "0", 20)),
                entry("trailer-drips", socket -> again(socket, chunked + "0\r\n", "X: y\r\n", 20)),
                entry("less", socket -> write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nok")),
                entry("switches", socket -> write(socket, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n")),
                entry("silence", socket -> socket.getInputStream().readAllBytes()));
    }

    private static Map.Entry<String, RawTarget.Serving> entry(String name, RawTarget.Serving serving) {
        return Map.entry(name, serving);
    }

    @Test
    @DisplayName("A4, D1: a request ends in time and is made again, whatever the answer does")
    void endsInTimeAndIsMadeAgain() throws Exception {
        DeliveryRig.Settings settings = settings(Duration.ofMillis(500));
        List<RawTarget> targets = new ArrayList<>();
        try {
            for (Map.Entry<String, RawTarget.Serving> target : withoutEnd().entrySet()) {
                RawTarget raw = RawTarget.serving(socket -> {
                    socket.getInputStream().read();
                    target.getValue().serve(socket);
                });
                targets.add(raw);
                settings.urls.put(target.getKey(), raw.url());
            }
            rig = new DeliveryRig(data, settings).start();
            rig.spool(Category.METRIC, "a", "m v=1 1\n");
            for (String target : settings.urls.keySet()) {
                await(target)
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> rig.count("posts", "category", "metric", "target", target, "answer", "io") >= 2);
            }
            assertThat(rig.files().stream().filter(file -> file.endsWith(".lp.gz")))
                    .hasSize(targets.size());
            assertThat(rig.health.all().get("target.metric.body-drips").reason())
                    .contains("does not answer in time");
        } finally {
            for (RawTarget target : targets) {
                target.close();
            }
        }
    }

    private void awaitTwoFailures() {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> rig.count("posts", "category", "metric", "answer", "io") >= 2);
        assertThat(rig.files()).anyMatch(file -> file.endsWith(".lp.gz"));
    }

    @Test
    @DisplayName("D1: a target that never reads")
    void doesNotWaitForATargetThatReadsNoBody() throws Exception {
        try (RawTarget raw = RawTarget.serving(socket -> Thread.sleep(60_000))) {
            start(raw.url(), Duration.ofMillis(300));
            rig.spool(Category.METRIC, "a", noise(16 << 20));
            awaitTwoFailures();
        }
    }

    /** Slow is not dead: what takes longer than the time-out to be sent arrives all the same. */
    @Test
    void sendsToATargetThatReadsSlowlyAndSteadily() throws Exception {
        try (RawTarget raw = RawTarget.serving(socket -> {
            InputStream in = socket.getInputStream();
            int left = contentLength(in);
            byte[] buffer = new byte[200 << 10];
            while (left > 0) {
                left -= in.readNBytes(buffer, 0, Math.min(left, buffer.length));
                Thread.sleep(50);
            }
            write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        })) {
            // 18 MB at 4 MB a second, of which the systems keep some on the way.
            start(raw.url(), Duration.ofSeconds(3));
            rig.spool(Category.METRIC, "a", noise(24 << 20));
            await().atMost(Duration.ofSeconds(60)).until(() -> rig.files().isEmpty());
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
        SSLContext client = TrustedAuthorities.of(Settings.of(Map.of(
                        "target.url",
                        "https://127.0.0.1",
                        "tls.ca-file",
                        authority.caFile().toString())))
                .sslContext();
        try (RawTarget raw = RawTarget.serving(plain -> {
            Socket socket = tls ? secured(server, plain) : plain;
            InputStream in = socket.getInputStream();
            in.readNBytes(1000);
            write(socket, "HTTP/1.1 413 Payload Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            socket.close();
        })) {
            DeliveryRig.Settings settings = settings(Duration.ofSeconds(2));
            settings.tls = () -> client;
            settings.urls.put("main", tls ? raw.httpsUrl() : raw.url());
            rig = new DeliveryRig(data, settings).start();
            rig.spool(Category.METRIC, "a", noise(16 << 20));
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> rig.count("posts", "category", "metric", "answer", "413") >= 1);
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
        try (RawTarget raw = RawTarget.serving(socket -> {
            socket.getInputStream().read();
            write(socket, "HTTP/1.1 307 Elsewhere\r\nLocation: http://h/" + hostile + "\r\n");
            write(socket, "Content-Length: " + hostile.length() + "\r\n\r\n" + hostile);
            socket.getInputStream().read(new byte[100_000]);
        })) {
            start(raw.url(), Duration.ofSeconds(2));
            rig.spool(Category.METRIC, "a", "m v=1 1\n");
            // On a busy machine the first connection may be cut off before its answer is read.
            await().until(() -> rig.health.all().containsKey("target.metric")
                    && rig.health.all().get("target.metric").reason().contains("\\u001B[2J"));
            assertThat(rig.health.all().get("target.metric").reason())
                    .doesNotContainPattern("[\\x00-\\x1f\\x7f-\\x9f]")
                    .hasSizeLessThan(1000);
        }
    }

    @ParameterizedTest
    @MethodSource("handshakes")
    @DisplayName("D1: a TLS handshake without end")
    void endsAHandshakeThatDoesNot(String name, int pauseMillis) throws Exception {
        try (RawTarget raw = RawTarget.serving(socket -> {
            socket.getInputStream().read();
            OutputStream out = socket.getOutputStream();
            out.write(new byte[] {0x16, 3, 3, 0x3f, 0});
            while (true) {
                Thread.sleep(pauseMillis);
                out.write(2);
            }
        })) {
            start(raw.httpsUrl(), Duration.ofMillis(300));
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
        DeliveryRig.Settings settings = settings(Duration.ofSeconds(5));
        List<RawTarget> targets = new ArrayList<>();
        try {
            for (Rejection rejection : rejections()) {
                RawTarget raw = RawTarget.serving(socket -> {
                    Thread.sleep(50);
                    socket.getInputStream().read(new byte[100_000]);
                    write(socket, "HTTP/1.1 400 Bad\r\n" + rejection.head());
                    write(socket, "Content-Length: " + rejection.body().length + "\r\n\r\n");
                    socket.getOutputStream().write(rejection.body());
                    socket.getInputStream().read();
                });
                targets.add(raw);
                settings.urls.put("t" + targets.size(), raw.url());
            }
            rig = new DeliveryRig(data, settings).start();
            rig.spool(Category.METRIC, "a", "m v=1 1\n");
            for (String target : settings.urls.keySet()) {
                DeadLetters letters = rig.deadLetters.of(new Destination(target, Category.METRIC));
                await(target)
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> letters.list().size() == 1);
                DeadLetterReport report = letters.report(letters.names().get(0));
                assertThat(report.status()).isEqualTo(400);
                assertThat(report.answer().getBytes(StandardCharsets.UTF_8).length)
                        .as(target)
                        .isBetween(1, 2048);
            }
        } finally {
            for (RawTarget target : targets) {
                target.close();
            }
        }
    }

    private record Rejection(String head, byte[] body) {
        private static Rejection of(String head, String body) {
            return new Rejection(head, body.getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    private static List<Rejection> rejections() throws IOException {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
            gzip.write(new byte[10 << 20]);
        }
        return List.of(
                Rejection.of("Content-Type: application/x-java-serialized-object\r\n", "no object"),
                Rejection.of("Content-Type: application/x-java-serialized-object\r\n", "\u00ac\u00ed\0\5t\0\1x"),
                new Rejection("Content-Encoding: gzip\r\n", bomb.toByteArray()),
                Rejection.of("Content-Encoding: gzip\r\n", "no gzip"),
                Rejection.of("Content-Encoding: br, zstd\r\n", "no br"),
                Rejection.of("Content-Type: text/plain; charset=nonsense\r\n", "x"),
                Rejection.of("Content-Type: \u0000\u00ff;;;=\r\n", "x"),
                Rejection.of("Content-Type: multipart/form-data\r\n", "x"),
                Rejection.of("Content-Type: text/plain\r\nContent-Type: text/html\r\n", "x"),
                Rejection.of("", "\u00ff\u00fe\u001b["));
    }

    /** Lines that gzip cannot make much smaller. */
    private static String noise(int bytes) {
        Random random = new Random(1);
        StringBuilder lines = new StringBuilder(bytes);
        byte[] some = new byte[3000];
        for (int i = 1; lines.length() < bytes; i++) {
            random.nextBytes(some);
            lines.append("m v=\"")
                    .append(Base64.getEncoder().encodeToString(some))
                    .append("\" ")
                    .append(i)
                    .append('\n');
        }
        return lines.toString();
    }

    private static DeliveryRig.Settings settings(Duration timeout) {
        DeliveryRig.Settings settings = new DeliveryRig.Settings("");
        settings.urls.clear();
        settings.connectTimeout = Duration.ofMillis(500);
        settings.timeout = timeout;
        return settings;
    }

    private void start(String url, Duration timeout) throws Exception {
        DeliveryRig.Settings settings = settings(timeout);
        settings.urls.put("main", url);
        rig = new DeliveryRig(data, settings).start();
    }
}
