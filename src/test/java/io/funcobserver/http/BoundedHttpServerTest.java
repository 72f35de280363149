package io.funcobserver.http;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.funcobserver.testing.Slow;
import io.vertx.ext.web.Router;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class BoundedHttpServerTest {
    private static final int MOST = 5;
    private static final ServerLimits LIMITS =
            new ServerLimits(MOST, Duration.ofMillis(1500), Duration.ofMillis(1500), false, 0, 1);
    private static final String HELLO = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n";

    private final List<Socket> sockets = new ArrayList<>();
    private DefaultCamelContext camel;
    private BoundedHttpServer server;

    @BeforeEach
    void start() {
        camel = new DefaultCamelContext();
        camel.start();
        server = new BoundedHttpServer("127.0.0.1", 0, LIMITS, BoundedHttpServerTest::handlers);
        server.setCamelContext(camel);
        server.start();
    }

    private static void handlers(Router router) {
        router.get("/hello").handler(context -> context.end("hello"));
        router.get("/never").handler(context -> {});
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        server.stop();
        camel.stop();
    }

    private Socket connected(String text) throws IOException {
        Socket socket = new Socket("127.0.0.1", server.getPort());
        socket.setSoTimeout(10_000);
        sockets.add(socket);
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** The first line of the answer; empty when the connection was closed without one. */
    private static String answer(Socket socket) {
        StringBuilder line = new StringBuilder();
        try {
            for (int c = socket.getInputStream().read();
                    c >= 0 && c != '\r';
                    c = socket.getInputStream().read()) {
                line.append((char) c);
            }
        } catch (IOException reset) {
            return "";
        }
        return line.toString();
    }

    @Test
    void answersSeveralRequestsOnOneConnection() throws IOException {
        Socket socket = connected(HELLO);
        assertThat(answer(socket)).isEqualTo("HTTP/1.1 200 OK");
        socket = connected(HELLO + HELLO + HELLO + "GET /hello HTTP/1.0\r\n\r\n");
        assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).split("200 OK"))
                .hasSize(5);
    }

    @Test
    @DisplayName("C1: more connections than there may be")
    void closesTheLongestWaitingForANewOne() throws IOException {
        List<Socket> idle = new ArrayList<>();
        for (int i = 0; i < 4 * MOST; i++) {
            idle.add(connected(i % 2 == 0 ? "" : "GET /hel"));
        }
        assertThat(answer(connected(HELLO))).isEqualTo("HTTP/1.1 200 OK");
        assertThat(answer(idle.get(0))).isEmpty();
        await().untilAsserted(() -> assertThat(server.connections()).isLessThanOrEqualTo(MOST));
    }

    @Slow
    @Test
    @DisplayName("C1: idle and slow connections")
    void closesWhatIsIdleAndWhatDripsItsHead() throws Exception {
        Socket idle = connected("");
        Socket dripping = connected("GET /hello HTTP/1.1\r\nX: ");
        await().pollInterval(Duration.ofMillis(50)).until(() -> {
            try {
                dripping.getOutputStream().write('x');
                return false;
            } catch (IOException closed) {
                return true;
            }
        });
        assertThat(answer(idle)).isEmpty();
        await().untilAsserted(() -> assertThat(server.connections()).isZero());
    }

    @Test
    void closesWhatIsNeverAnswered() throws IOException {
        assertThat(answer(connected("GET /never HTTP/1.1\r\nHost: x\r\n\r\n"))).isEmpty();
    }

    @Test
    @DisplayName("C1: requests with a body")
    void takesNoBody() throws IOException {
        String head = "POST /hello HTTP/1.1\r\nHost: x\r\n";
        assertThat(answer(connected(head + "Content-Length: 1000000000\r\n\r\n")))
                .startsWith("HTTP/1.1 413");
        assertThat(answer(connected(head + "Transfer-Encoding: chunked\r\n\r\n")))
                .startsWith("HTTP/1.1 413");
    }

    @Test
    void refusesALargeHead() throws IOException {
        String large = "x".repeat(100_000);
        // Either the answer is seen, or the reset that follows it.
        assertThat(answer(connected("GET /hello HTTP/1.1\r\nX: " + large + "\r\n\r\n")))
                .matches("(HTTP/1\\.[01] 4.*)?");
        assertThat(answer(connected("GET /" + large + " HTTP/1.1\r\n\r\n"))).matches("(HTTP/1\\.[01] 4.*)?");
        assertThat(answer(connected(HELLO))).isEqualTo("HTTP/1.1 200 OK");
    }

    @Test
    void saysOneLineAboutAPathThatIsNotThere() throws IOException {
        Socket socket = connected("GET /other HTTP/1.0\r\n\r\n");
        assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                .startsWith("HTTP/1.0 404")
                .endsWith("there is nothing at this path\n");
    }
}
