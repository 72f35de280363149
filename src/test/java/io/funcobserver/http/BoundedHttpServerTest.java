package io.funcobserver.http;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.funcobserver.testing.Slow;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class BoundedHttpServerTest {
    private static final int MOST = 5;
    private static final int LARGE = 20_000_000;
    private static final ServerLimits LIMITS =
            new ServerLimits(MOST, Duration.ofMillis(1500), Duration.ofMillis(1500), false, 0, 1);
    private static final String HELLO = get("/hello");

    private final List<Socket> sockets = new ArrayList<>();
    private DefaultCamelContext camel;
    private BoundedHttpServer server;
    private volatile Thread eventLoop;
    private final AtomicInteger large = new AtomicInteger();

    @BeforeEach
    void start() {
        camel = new DefaultCamelContext();
        camel.start();
        server = new BoundedHttpServer("127.0.0.1", 0, LIMITS, this::handlers);
        server.setCamelContext(camel);
        server.start();
    }

    private void handlers(Router router) {
        router.route().handler(context -> {
            eventLoop = Thread.currentThread();
            context.next();
        });
        router.get("/hello").handler(context -> context.end("hello"));
        router.get("/never").handler(context -> {});
        router.get("/locked").blockingHandler(this::answerUnderLock);
        router.get("/large").handler(context -> {
            large.incrementAndGet();
            context.end("x".repeat(LARGE));
        });
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        server.stop();
        camel.stop();
    }

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n";
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

    @ParameterizedTest
    @ValueSource(strings = {"/hello?%", "/hello?a=%zz", "/%zz", "/never?token=%"})
    void refusesAnAddressThatCannotBeDecoded(String address) throws IOException {
        Socket socket = connected(get(address));
        assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                .startsWith("HTTP/1.1 400 Bad Request")
                .endsWith("the address holds a % that two hex digits do not follow\n");
    }

    @Test
    @DisplayName("C1: more connections than there may be")
    void closesTheLongestWaitingForANewOne() throws IOException {
        List<Socket> idle = new ArrayList<>();
        for (int i = 0; i < 4 * MOST; i++) {
            idle.add(connected(i % 2 == 0 ? "" : "GET /hel"));
        }
        assertThat(answer(connected(HELLO))).isEqualTo("HTTP/1.1 200 OK");
        for (Socket closed : idle.subList(0, 3 * MOST + 1)) {
            assertThat(answer(closed)).isEmpty();
        }
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
    }

    @Test
    void closesWhatIsNeverAnswered() throws IOException {
        assertThat(answer(connected(get("/never")))).isEmpty();
    }

    @Test
    @DisplayName("C1: the look for slow connections while one is answered")
    void answersWhileConnectionsAreLookedAt() throws IOException {
        assertThat(answer(connected(get("/locked")))).isEqualTo("HTTP/1.1 200 OK");
        assertThat(answer(connected(HELLO))).isEqualTo("HTTP/1.1 200 OK");
    }

    /** As Vert.x does it, in a thread that answers: with the lock of the connection, which a look at it asks for as well. */
    private void answerUnderLock(RoutingContext context) {
        synchronized (context.request().connection()) {
            await().until(() -> eventLoop.getState() == Thread.State.BLOCKED);
            context.end("hello");
        }
    }

    @Test
    @DisplayName("C1: requests without end on one connection, before the first is answered")
    void closesAConnectionThatGoesFarAheadOfItsAnswers() throws Exception {
        Socket socket = connected("");
        byte[] many = get("/never").repeat(1000).getBytes(StandardCharsets.US_ASCII);
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 1000; i++) {
                        socket.getOutputStream().write(many);
                    }
                })
                .isInstanceOf(IOException.class);
        assertThat(answer(connected(HELLO))).isEqualTo("HTTP/1.1 200 OK");
    }

    @Test
    @DisplayName("C1: nobody reads the answers")
    void makesNoMoreAnswersForWhoReadsNoneAndCutsItOff() throws Exception {
        Socket socket = connected(get("/large").repeat(10));
        await().until(() -> {
            try {
                socket.getOutputStream().write('G');
                return false;
            } catch (IOException closed) {
                return true;
            }
        });
        assertThat(large).hasValueLessThan(3);
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
