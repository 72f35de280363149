package io.funcobserver.demo;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ReceiverTest {
    private static final String METRIC = "/v1/write/metric";

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private Receiver receiver;

    @BeforeEach
    void start() throws IOException {
        receiver = Receiver.started();
    }

    @AfterEach
    void stop() {
        receiver.close();
    }

    @Test
    void storesAGoodBodyAndAnswersEmpty() throws Exception {
        HttpResponse<String> response = post(METRIC + "?token=t", "m f=1i 1\nm f=2i 2\n");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEmpty();
        assertThat(receiver.accepted("m")).extracting(Line::timestamp).containsExactly(1L, 2L);
        assertThat(receiver.requests()).singleElement().satisfies(request -> {
            assertThat(request.query()).isEqualTo("token=t");
            assertThat(request.status()).isEqualTo(200);
            assertThat(request.lines()).hasSize(2);
        });
    }

    @Test
    void readsSeveralGzipMembers() throws Exception {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.write(UploadClient.gzip("m f=1i 1\n".getBytes(StandardCharsets.UTF_8)));
        body.write(UploadClient.gzip("m f=2i 2\n".getBytes(StandardCharsets.UTF_8)));
        assertThat(post(METRIC, body.toByteArray(), "gzip").statusCode()).isEqualTo(200);
        assertThat(receiver.accepted()).hasSize(2);
    }

    @Test
    void losesAGzipBodyThatIsNone() throws Exception {
        assertThat(post(METRIC, "m f=1i 1\n".getBytes(StandardCharsets.UTF_8), "gzip")
                        .statusCode())
                .isEqualTo(200);
        assertThat(receiver.accepted()).isEmpty();
    }

    @Test
    void refusesTheWholeBodyForOneBadLine() throws Exception {
        HttpResponse<String> response = post(METRIC, "m f=1i 1\nm,t= f=2i 2\n");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("error_code", "message");
        assertThat(receiver.accepted()).isEmpty();
    }

    @Test
    void knowsNoOtherPath() throws Exception {
        assertThat(post("/v1/write/else", "m f=1i 1\n").statusCode()).isEqualTo(404);
        assertThat(receiver.accepted()).isEmpty();
    }

    @Test
    void answersAsTold() throws Exception {
        receiver.answerNext(
                Answer.status(503).header("Retry-After", "7").body("later"),
                Answer.storeThenStatus(500),
                Answer.usual());
        HttpResponse<String> response = post(METRIC, "m f=1i 1\n");
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.headers().firstValue("Retry-After")).contains("7");
        assertThat(response.body()).isEqualTo("later");
        assertThat(receiver.accepted()).isEmpty();
        assertThat(post(METRIC, "m f=1i 1\n").statusCode()).isEqualTo(500);
        assertThat(receiver.accepted()).hasSize(1);
        assertThat(post(METRIC, "m f=1i 1\n").statusCode()).isEqualTo(200);
    }

    @Test
    void breaksConnections() throws Exception {
        receiver.answerNext(Answer.resetInBody());
        assertThatThrownBy(() -> post(METRIC, "m f=1i 1\n".repeat(500_000))).isInstanceOf(IOException.class);
        receiver.answerWith(Answer.resetBeforeAnswer());
        assertThatThrownBy(() -> post(METRIC, "m f=1i 1\n")).isInstanceOf(IOException.class);
        assertThat(receiver.accepted()).isEmpty();
        receiver.answerWith(Answer.storeThenReset());
        assertThatThrownBy(() -> post(METRIC, "m f=1i 1\n")).isInstanceOf(IOException.class);
        assertThat(receiver.accepted()).isNotEmpty();
    }

    @Test
    void staysSilent() {
        receiver.answerWith(Answer.noAnswer());
        assertThatThrownBy(() -> post(METRIC, "m f=1i 1\n")).isInstanceOf(java.net.http.HttpTimeoutException.class);
    }

    @Test
    void refusesPoisonDataKitsWay() throws Exception {
        receiver.refuse(line -> line.field("f").equals(2L));
        assertThat(post(METRIC, "m f=1i 1\nm f=2i 2\n").statusCode()).isEqualTo(400);
        assertThat(receiver.accepted()).isEmpty();
    }

    @Test
    void refusesPoisonInfluxDbsWay() throws Exception {
        receiver.refuseInPart(line -> line.field("f").equals(2L));
        HttpResponse<String> response = post(METRIC, "m f=1i 1\nm f=2i 2\n");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("partial write", "dropped=1");
        assertThat(receiver.accepted()).hasSize(1);
    }

    @Test
    void refusesLargeBodies() throws Exception {
        receiver.refuseAbove(10);
        assertThat(post(METRIC, "m f=1i 1\n").statusCode()).isEqualTo(200);
        assertThat(post(METRIC, "m f=1i 1\nm f=2i 2\n").statusCode()).isEqualTo(413);
    }

    @Test
    void refusesConnectionsWhileStopped() throws Exception {
        receiver.stop();
        assertThatThrownBy(() -> post(METRIC, "m f=1i 1\n")).isInstanceOf(ConnectException.class);
        receiver.start();
        assertThat(post(METRIC, "m f=1i 1\n").statusCode()).isEqualTo(200);
        assertThat(receiver.awaitAccepted("m", 1)).hasSize(1);
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return post(path, body.getBytes(StandardCharsets.UTF_8), null);
    }

    private HttpResponse<String> post(String path, byte[] body, String encoding) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(receiver.url() + path))
                .timeout(Duration.ofSeconds(2))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        if (encoding != null) {
            request.header("Content-Encoding", encoding);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
