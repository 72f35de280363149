package io.funcobserver.intake;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.funcobserver.testing.Slow;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Clients that speak HTTP in unusual ways, badly, slowly or not at all: each gets an answer or an end, and hurts nobody. */
@Slow
class IntakeClientsTest {
    private static final long MEMORY = 4 << 20;
    private static final long MAX_BODY = 1 << 20;
    private static final String POST = "POST /v1/write/metric HTTP/1.1\r\nHost: x\r\n";
    private static final String LINE = "m f=1 1\n";
    private static final String GOOD = POST + "Content-Length: 8\r\n\r\n" + LINE;

    @TempDir
    Path folder;

    private final List<Socket> sockets = new ArrayList<>();
    private IntakeRig rig;

    @BeforeEach
    void start() throws Exception {
        rig = new IntakeRig(folder, new IntakeSettings(null, MAX_BODY, MEMORY, List.of(), IntakeRig.LIMITS));
    }

    @AfterEach
    void stop() throws Exception {
        for (Socket socket : sockets) {
            socket.close();
        }
        rig.close();
    }

    private Socket send(String text) {
        try {
            Socket socket = new Socket("127.0.0.1", rig.port);
            sockets.add(socket);
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next answer's head and, where its length says so, its body; empty when the connection is closed without one. */
    private static String answer(Socket socket) {
        StringBuilder answer = new StringBuilder();
        try {
            InputStream in = socket.getInputStream();
            while (answer.indexOf("\r\n\r\n") < 0) {
                int c = in.read();
                if (c < 0) {
                    return answer.toString();
                }
                answer.append((char) c);
            }
            Matcher length = Pattern.compile("(?i)content-length: (\\d+)").matcher(answer);
            if (length.find()) {
                answer.append(new String(in.readNBytes(Integer.parseInt(length.group(1))), StandardCharsets.UTF_8));
            }
            return answer.toString();
        } catch (IOException reset) {
            return answer.toString();
        }
    }

    private void assertNothingIsLeft() {
        await().untilAsserted(() -> assertThat(rig.memory()).isZero());
        assertThat(answer(send(GOOD))).startsWith("HTTP/1.1 200");
    }

    @Test
    void answersPipelinedRequestsInOrder() throws IOException {
        Socket socket = send(GOOD + POST + "Content-Length: 2\r\n\r\nx\n" + GOOD);
        assertThat(answer(socket)).startsWith("HTTP/1.1 200");
        assertThat(answer(socket)).startsWith("HTTP/1.1 400");
        assertThat(answer(socket)).startsWith("HTTP/1.1 200");
        assertThat(rig.lines()).hasSize(2);
    }

    @Test
    void countsARequestWhoseAddressCannotBeDecoded() {
        assertThat(answer(send("POST /v1/write/metric?token=% HTTP/1.1\r\nHost: x\r\n\r\n")))
                .startsWith("HTTP/1.1 400");
        assertThat(answer(send("POST /v1/write/%zz HTTP/1.1\r\nHost: x\r\n\r\n")))
                .startsWith("HTTP/1.1 400");
        await().ignoreExceptions()
                .untilAsserted(() -> assertThat(List.of("metric", "none")).allSatisfy(category -> assertThat(
                                rig.counted("intake_requests", "category", category, "answer", "400"))
                        .isOne()));
    }

    @Test
    void takesChunksWithAllThatBelongsToThem() throws IOException {
        Socket socket = send(POST + "Transfer-Encoding: chunked\r\nTrailer: T\r\n\r\n"
                + "3;x=y\r\nm f\r\n5\r\n=1 1\n\r\n0\r\nT: u\r\n\r\n");
        assertThat(answer(socket)).startsWith("HTTP/1.1 200");
        assertThat(rig.lines()).containsExactly("m f=1 1");
    }

    @Test
    void asksToContinue() throws IOException {
        Socket socket = send(POST + "Expect: 100-continue\r\nContent-Length: 8\r\n\r\n");
        assertThat(answer(socket)).startsWith("HTTP/1.1 100");
        socket.getOutputStream().write(LINE.getBytes(StandardCharsets.US_ASCII));
        assertThat(answer(socket)).startsWith("HTTP/1.1 200");
    }

    @Test
    void refusesWhatIsAnnouncedTooLargeWithoutWaitingForIt() throws IOException {
        assertThat(answer(send(POST + "Content-Length: 4294967296\r\n\r\nm "))).startsWith("HTTP/1.1 413");
        assertThat(answer(send(POST + "Content-Length: 99999999999999999999999\r\n\r\nm ")))
                .matches("(?s)HTTP/1\\.[01] 4.*");
        assertThat(answer(send(POST + "Content-Length: -1\r\n\r\nm "))).matches("(?s)HTTP/1\\.[01] 4.*");
        assertNothingIsLeft();
    }

    @Test
    void answersRubbish() throws IOException {
        for (String rubbish : List.of(
                "rubbish\r\n\r\n",
                "\0\1\2\3\r\n\r\n",
                "GET\r\n\r\n",
                POST + "X\r\n\r\n",
                POST + "Transfer-Encoding: chunked\r\n\r\nnone\r\n")) {
            assertThat(answer(send(rubbish))).as(rubbish).matches("(?s)(HTTP/1\\.[01] 4.*)?");
        }
        assertThat(answer(send(POST + "X: " + "x".repeat(20_000) + "\r\n\r\n"))).matches("(?s)(HTTP/1\\.[01] 431.*)?");
        assertThat(answer(send(POST + "X: x\r\n".repeat(20_000) + "\r\n"))).matches("(?s)(HTTP/1\\.[01] 431.*)?");
        assertNothingIsLeft();
    }

    @Test
    void keepsNothingOfHalfABody() throws IOException {
        Socket gone = send(POST + "Content-Length: 100\r\n\r\n" + LINE);
        await().untilAsserted(() -> assertThat(rig.memory()).isPositive());
        gone.close();
        Socket halfClosed = send(POST + "Content-Length: 100\r\n\r\n" + LINE);
        halfClosed.shutdownOutput();
        assertThat(answer(halfClosed)).doesNotContain(" 200 ");
        assertNothingIsLeft();
        assertThat(rig.lines()).hasSize(1);
    }

    @Slow
    @Test
    void slowClientsKeepNobodyOut() throws Exception {
        for (int i = 0; i < 250; i++) {
            send(POST + "Content-Length: 1000\r\n\r\nm ");
        }
        List<Duration> times = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            long begin = System.nanoTime();
            Socket socket = send(GOOD);
            assertThat(answer(socket)).startsWith("HTTP/1.1 200");
            times.add(Duration.ofNanos(System.nanoTime() - begin));
            // Func does not keep its connections; slow clients come back.
            socket.close();
            send(POST + "Content-Length: 1000\r\n\r\nm ");
        }
        times.sort(null);
        // In the mean it takes a few milliseconds; a wait for a time-out of a slow one would be seconds.
        assertThat(times.get(times.size() / 2)).isLessThan(Duration.ofSeconds(1));
    }

    @Slow
    @Test
    void aSmallBodyTakesTheMemoryOfTheSlowest() throws IOException {
        List<Socket> slow = new ArrayList<>();
        byte[] most = "x".repeat(900 << 10).getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < 4; i++) {
            Socket socket = send(POST + "Content-Length: 1000000\r\n\r\n");
            OutputStream out = socket.getOutputStream();
            out.write(most);
            slow.add(socket);
        }
        String body = ("m f=\"" + "x".repeat(100 << 10) + "\" 1\n");
        String small = POST + "Content-Length: " + body.length() + "\r\n\r\n" + body;
        await().untilAsserted(() -> assertThat(rig.memory()).isGreaterThan(MEMORY / 2));
        await().untilAsserted(() ->
                assertThat(answer(send(small))).startsWith("HTTP/1.1 503").containsIgnoringCase("\r\nretry-after: "));
        // The slow ones would be cut off a little later anyhow.
        await().atMost(Duration.ofSeconds(9))
                .untilAsserted(() -> assertThat(answer(send(small))).startsWith("HTTP/1.1 200"));
        for (Socket socket : slow) {
            socket.close();
        }
        assertNothingIsLeft();
    }
}
