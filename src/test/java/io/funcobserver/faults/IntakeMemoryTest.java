package io.funcobserver.faults;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import io.funcobserver.config.Catalogue;
import io.funcobserver.demo.FreePort;
import io.funcobserver.demo.UploadClient;
import io.funcobserver.testing.ProductProcess;
import io.funcobserver.testing.Slow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * 200 senders of bodies of 64 MiB (plain, packed, bombs, without an end, half) against a heap of 80 MB: the process lives, its
 * memory stays bounded, and who sends little is answered 200 meanwhile.
 */
@Slow
@EnabledOnOs(OS.LINUX)
class IntakeMemoryTest {
    private static final int BODY = 64 << 20;
    private static final int PLAIN = 16;
    private static final int PACKED = 4;
    private static final int BOMBS = 20;
    private static final int ENDLESS = 60;
    private static final int HALF = 100;
    /** Heap, code, classes, threads and buffers of this process under a common load come to half of it. */
    private static final long MOST_KIB = 320 << 10;

    @TempDir
    Path folder;

    private final AtomicInteger ended = new AtomicInteger();
    private int port;

    @Test
    @Timeout(300)
    void twoHundredSendersOfLargeBodiesFindBoundedMemory() throws Exception {
        port = FreePort.next();
        ExecutorService senders = Executors.newCachedThreadPool();
        try (ProductProcess product = ProductProcess.Launch.plain()
                .with("-Xmx80m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError")
                .start(folder, settings(), "run")
                .awaitReady()) {
            UploadClient client = new UploadClient("http://127.0.0.1:" + port);
            await().ignoreExceptions().until(() -> posts(client, 0) == 200);

            byte[] packed =
                    UploadClient.gzip(line(0).repeat(BODY / line(0).length()).getBytes(StandardCharsets.US_ASCII));
            byte[] bomb = UploadClient.gzip(new byte[2 * BODY]);
            start(senders, PLAIN, socket -> plain(socket, BODY));
            start(senders, PACKED, socket -> packed(socket, packed));
            start(senders, BOMBS, socket -> packed(socket, bomb));
            start(senders, ENDLESS, socket -> plain(socket, Long.MAX_VALUE));
            start(senders, HALF, IntakeMemoryTest::half);

            int taken = 0;
            for (int i = 1; taken < 50 || ended.get() < PLAIN + PACKED + BOMBS; i++) {
                taken += posts(client, i) == 200 ? 1 : 0;
                assertThat(product.isAlive()).as(product.output()).isTrue();
            }
            assertThat(peakKib(product)).as("peak of memory, KiB").isLessThan(MOST_KIB);
            senders.shutdownNow();
            await().until(() -> posts(client, -1) == 200);
            assertThat(product.stop().exitCode()).isZero();
        } finally {
            senders.shutdownNow();
        }
    }

    private Map<String, String> settings() throws IOException {
        Map<String, String> settings = new LinkedHashMap<>();
        Catalogue.standardRouteIds().forEach(route -> settings.put("measurement." + route + ".enabled", "false"));
        settings.put("target.url", "http://127.0.0.1:" + FreePort.next());
        settings.put("observe.port", Integer.toString(FreePort.next()));
        settings.put("intake.enabled", "true");
        settings.put("intake.port", Integer.toString(port));
        return settings;
    }

    private static String line(int number) {
        return "DFF_task_record,id=upload-" + number + ",task_status=success message=\"" + "x".repeat(200)
                + "\" 1700000000000000000\n";
    }

    private static int posts(UploadClient client, int number) {
        try {
            return client.post("logging", line(number).getBytes(StandardCharsets.US_ASCII));
        } catch (IOException cutOff) {
            return 0;
        }
    }

    private interface Sender {
        void send(Socket socket) throws IOException;
    }

    private void start(ExecutorService senders, int count, Sender sender) {
        for (int i = 0; i < count; i++) {
            senders.submit(() -> {
                try (Socket socket = new Socket("127.0.0.1", port)) {
                    socket.setSoTimeout(60_000);
                    sender.send(socket);
                    // An answer, or the end of the connection.
                    while (!Thread.interrupted() && socket.getInputStream().read(new byte[1000]) > 0) {
                        continue;
                    }
                } catch (IOException cutOff) {
                    // Refused while it still sent.
                } finally {
                    ended.incrementAndGet();
                }
            });
        }
    }

    private static void head(Socket socket, String rest) throws IOException {
        socket.getOutputStream()
                .write(("POST /v1/write/logging HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + rest)
                        .getBytes(StandardCharsets.US_ASCII));
    }

    private static void plain(Socket socket, long length) throws IOException {
        boolean known = length <= Integer.MAX_VALUE;
        head(socket, known ? "Content-Length: " + length + "\r\n\r\n" : "Transfer-Encoding: chunked\r\n\r\n");
        byte[] lines = line(0).repeat(200).getBytes(StandardCharsets.US_ASCII);
        byte[] chunk = (Integer.toHexString(lines.length) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        OutputStream out = socket.getOutputStream();
        for (long sent = 0; sent < length && !Thread.currentThread().isInterrupted(); sent += lines.length) {
            if (known) {
                out.write(lines, 0, (int) Math.min(lines.length, length - sent));
            } else {
                out.write(chunk);
                out.write(lines);
                out.write('\r');
                out.write('\n');
            }
        }
    }

    private static void packed(Socket socket, byte[] body) throws IOException {
        head(socket, "Content-Encoding: gzip\r\nContent-Length: " + body.length + "\r\n\r\n");
        socket.getOutputStream().write(body);
    }

    private static void half(Socket socket) throws IOException {
        head(socket, "Content-Length: " + BODY + "\r\n\r\n");
        socket.getOutputStream().write(line(0).getBytes(StandardCharsets.US_ASCII));
    }

    private static long peakKib(ProductProcess product) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + product.process().pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
