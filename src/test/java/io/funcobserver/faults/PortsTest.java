package io.funcobserver.faults;

import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.funcobserver.config.ConfigurationException;
import io.funcobserver.demo.FuncSchema;
import io.funcobserver.demo.FuncSimulator;
import io.funcobserver.testing.ProductProcess;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestInstallation;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** Fault C1: whoever reaches a port of ours can neither end the process nor hold up health or delivery. */
@Slow
class PortsTest {
    private static final int CLIENTS = 600;

    @AutoClose
    private final TestInstallation site = TestInstallation.open();

    @Test
    @DisplayName("C1: half-open requests hold up neither health nor delivery")
    void hundredsOfHalfRequestsHoldUpNeitherHealthNorDelivery() throws Exception {
        int intake = site.receiveUploads();
        site.set("measurement.task-record.enabled", "true");
        List<Socket> sockets = new ArrayList<>();
        site.start();
        try {
            int observe = Integer.parseInt(site.settings.get("observe.port"));
            for (int i = 0; i < CLIENTS; i++) {
                sockets.add(half(observe, "GET /observe/health HTTP/1.1\r\nX: "));
                sockets.add(half(
                        intake, "POST /v1/write/metric HTTP/1.1\r\nHost: x\r\nContent-Length: 60000000\r\n\r\nm "));
            }
            assertThat(site.observed().answers()).isTrue();

            FuncSimulator func = site.func();
            func.insert(400);
            await().untilAsserted(() -> assertThat(func.written(FuncSchema.TASK_RECORD))
                    .allMatch(row -> site.ledger.has("DFF_task_record", row.id())));
            assertThat(site.observed().answers()).isTrue();
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void saysWhichPortItTookAndWhatItReads() throws Exception {
        site.only("worker-queue").set("observe.port", "0");
        try (ProductProcess product = site.command(ProductProcess.Launch.plain(), "run")) {
            await().untilAsserted(() -> assertThat(product.output())
                    .containsPattern("Reading worker-queue and .* http://127\\.0\\.0\\.1:[1-9]\\d+/,"));
        }
    }

    @Test
    @DisplayName("C1: few file handles are enough, whoever connects")
    void fewFileHandlesAreEnough() throws Exception {
        try (TestInstallation site = TestInstallation.open()) {
            ProductProcess.Launch launch = ProductProcess.Launch.plain()
                    .behind("sh", "-c", "ulimit -n 400 && exec \"$@\"", "sh")
                    .with("-XX:+ExitOnOutOfMemoryError");
            ProductProcess product = site.command(launch, "run").awaitReady();
            List<Socket> sockets = new ArrayList<>();
            try (product) {
                FuncSimulator func = site.func();
                int observe = Integer.parseInt(site.settings.get("observe.port"));
                for (int i = 0; i < 3 * CLIENTS; i++) {
                    sockets.add(half(observe, i % 2 == 0 ? "" : "GET / HTTP/1.1\r\nX: "));
                    if (i % CLIENTS == 0) {
                        func.insert(100);
                    }
                }
                await().atMost(Duration.ofSeconds(30))
                        .untilAsserted(() -> assertThat(func.written(FuncSchema.TASK_RECORD))
                                .as(product.output())
                                .allMatch(row -> site.ledger.has("DFF_task_record", row.id())));
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> product.observed().answers());
                assertThat(product.output()).doesNotContain("Too many open files");
            } finally {
                for (Socket socket : sockets) {
                    socket.close();
                }
            }
        }
    }

    @Test
    void aBodyWithoutEndIsCutOffOrRefused() throws Exception {
        int intake = site.receiveUploads();
        site.set("intake.max-body", "1MiB");
        site.start();
        try (Socket endless =
                half(intake, "POST /v1/write/metric HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")) {
            byte[] chunk = ("10000\r\n" + "x".repeat(0x10000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
            OutputStream out = endless.getOutputStream();
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 1000; i++) {
                            out.write(chunk);
                        }
                    })
                    .isInstanceOf(IOException.class);
            assertThat(site.observed().answers()).isTrue();
        }
    }

    @Test
    void aBusyPortOfTheIntakeIsAConfigurationError() throws Exception {
        try (ServerSocket busy = new ServerSocket(0)) {
            site.set("intake.enabled", "true").set("intake.port", String.valueOf(busy.getLocalPort()));
            assertThatThrownBy(site::start)
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("intake.port " + busy.getLocalPort());
            site.set("intake.port", site.settings.get("observe.port"));
            assertThatThrownBy(site::start).isInstanceOf(ConfigurationException.class);
        }
    }

    private static Socket half(int port, String request) throws IOException {
        Socket socket = new Socket("127.0.0.1", port);
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }
}
