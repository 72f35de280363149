package io.funcobserver.intake;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.funcobserver.demo.UploadClient;
import io.funcobserver.testing.Slow;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The table "The intake" of the product's promises, line by line. */
@Slow
class IntakeRouteTest {
    private static final String METRIC = "/v1/write/metric";
    private static final String LOGGING = "/v1/write/logging";
    private static final long MAX_BODY = 1 << 20;

    @TempDir
    Path folder;

    private IntakeRig rig;

    @BeforeEach
    void start() throws Exception {
        rig = new IntakeRig(
                folder,
                IntakeSettings.of(
                        "se/c+ret?",
                        MAX_BODY,
                        new TreeMap<>(Map.of("site_name", "a site", "team", "blue")),
                        IntakeRig.LIMITS));
    }

    @AfterEach
    void stop() throws Exception {
        rig.close();
    }

    private static String withToken(String path) {
        return path + "?token=se%2Fc%2Bret%3F";
    }

    private HttpResponse<String> post(String lines) {
        return rig.post(withToken(METRIC), lines);
    }

    private HttpResponse<String> postGzip(byte[] packed) {
        return rig.post(withToken(METRIC), packed, "Content-Encoding", "gzip");
    }

    private void assertAnswer(HttpResponse<String> answer, int status) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().map()).doesNotContainKeys("token", "category", "content-encoding");
        if (status == 200) {
            assertThat(answer.body()).isEmpty();
        } else {
            assertThat(answer.body()).matches("[^\\n]+\\n").doesNotContain("+ret");
        }
        await().untilAsserted(() -> assertThat(rig.memory()).isZero());
    }

    @Test
    void answers200WhenEveryLineIsOnDisk() {
        assertAnswer(post("m,a=b f=1i 7\nm f=2i 8"), 200);
        assertThat(rig.lines())
                .containsExactly("m,a=b,site_name=a\\ site,team=blue f=1i 7", "m,site_name=a\\ site,team=blue f=2i 8");
        assertThat(rig.counted("points_received", "category", "metric")).isEqualTo(2);
        await().untilAsserted(() -> assertThat(rig.counted("intake_requests", "category", "metric", "answer", "200"))
                .isOne());
    }

    @Test
    void unpacksGzip() {
        assertAnswer(
                rig.post(withToken(LOGGING), IntakeRig.gzip("l message=\"a\nb\" 7\n"), "Content-Encoding", "gzip"),
                200);
        assertThat(rig.appended).singleElement().satisfies(block -> {
            assertThat(block.category().id()).isEqualTo("logging");
            assertThat(block.lines()).isOne();
            assertThat(new String(block.content())).isEqualTo("l,site_name=a\\ site,team=blue message=\"a\nb\" 7\n");
        });
    }

    @Test
    void knowsPrecisions() {
        for (String precision : List.of("n", "u", "ms", "s")) {
            assertAnswer(rig.post(withToken(METRIC) + "&precision=" + precision, "m,site_name=x,team=x f=1 7\n"), 200);
        }
        assertThat(rig.lines())
                .containsExactly(
                        "m,site_name=x,team=x f=1 7",
                        "m,site_name=x,team=x f=1 7000",
                        "m,site_name=x,team=x f=1 7000000",
                        "m,site_name=x,team=x f=1 7000000000");
        assertAnswer(rig.post(withToken(METRIC) + "&precision=h", "m f=1 7\n"), 400);
    }

    @Test
    void takesTheGoodLinesAndGivesTheBadOnesUpWithReasonAndPosition() {
        assertAnswer(post("m f=1 1\nm,a= f=1 2\nm f=3 3\nm f=NaN 4\n"), 200);
        assertThat(rig.lines()).hasSize(2);
        assertThat(rig.rejected)
                .singleElement()
                .isEqualTo(new IntakeRig.Rejected(
                        "metric",
                        "line 2, byte 8: an empty tag value; line 4, byte 27: a field value that is no number, text or truth value",
                        2,
                        "m,a= f=1 2\nm f=NaN 4\n"));
    }

    @Test
    void refusesWhatHoldsNoLine() {
        assertAnswer(post("rubbish\nmore of it\n"), 400);
        assertAnswer(post(""), 400);
        assertAnswer(rig.post(withToken(METRIC), "m f=1\n", "Content-Encoding", "gzip"), 400);
        byte[] half = IntakeRig.gzip("m f=1 1\n".repeat(1000));
        assertAnswer(postGzip(Arrays.copyOf(half, half.length - 9)), 400);
        assertAnswer(rig.post(withToken(METRIC), "m f=1\n", "Content-Encoding", "br"), 400);
        assertThat(rig.appended).isEmpty();
        assertThat(rig.rejected).isEmpty();
    }

    @Test
    void refusesWhoHasNoToken() {
        assertAnswer(rig.post(METRIC, "m f=1\n"), 401);
        assertAnswer(rig.post(METRIC + "?token=wrong", "m f=1\n".repeat(10_000)), 401);
        assertThat(rig.appended).isEmpty();
        await().untilAsserted(() -> assertThat(rig.counted("intake_requests", "category", "metric", "answer", "401"))
                .isEqualTo(2));
    }

    @Test
    void refusesOtherPathsAndMethods() {
        assertAnswer(rig.post(withToken("/v1/write/other"), "m f=1\n"), 404);
        assertAnswer(rig.post("/", "m f=1\n"), 404);
        assertAnswer(rig.send(HttpRequest.newBuilder(URI.create(rig.url(METRIC)))), 405);
        assertAnswer(rig.post("/v1/ping", ""), 405);
        assertAnswer(rig.send(HttpRequest.newBuilder(URI.create(rig.url("/v1/ping")))), 200);
        assertThat(rig.appended).isEmpty();
    }

    @Test
    void refusesTooLargeABody() {
        assertAnswer(post("m f=1 1\n".repeat((int) MAX_BODY / 8 + 1)), 413);
        byte[] bomb = UploadClient.gzip(new byte[200 << 20]);
        assertAnswer(postGzip(bomb), 413);
        assertThat(rig.appended).isEmpty();
    }

    @Test
    void takesALargeBodyInPortions() {
        String line = "m f=\"" + "x".repeat(100) + "\" 1\n";
        int lines = (int) MAX_BODY / line.length();
        assertAnswer(postGzip(IntakeRig.gzip(line.repeat(lines))), 200);
        assertThat(rig.lines()).hasSize(lines);
        assertThat(rig.appended).hasSizeGreaterThan(2);
    }

    @Test
    void asksToTryAgainWhileNothingCanBeMadeSafe() {
        rig.failWith(new IllegalStateException("no disk"));
        HttpResponse<String> answer = post("m f=1\n");
        assertAnswer(answer, 503);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertThat(answer.body()).doesNotContain("no disk");
        rig.failWith(null);
        assertAnswer(post("m f=1\n"), 200);
        assertThat(rig.lines()).hasSize(1);
    }

    @Test
    void tellsOfEachFunctionCall() {
        assertAnswer(
                post(
                        "DFF_func_call,func_id=a__b.c wait_cost=1i 1700000000000000000\n"
                                + "DFF_func_call,func_id=d,task_status=success run_cost=-2i,total_cost=5i 1700000001000000000\n"),
                200);
        assertThat(rig.calls)
                .containsExactly(
                        new Portion.Call("a__b.c", 1_700_000_000_000L, "", 1, Long.MIN_VALUE),
                        new Portion.Call("d", 1_700_000_001_000L, "success", Long.MIN_VALUE, -2));
    }

    @Test
    void takesATokenWhosePlusIsNotEscaped() {
        assertAnswer(rig.post(METRIC + "?token=se/c+ret%3F", "m f=1 1\n"), 200);
        assertAnswer(rig.post(METRIC + "?token=se/c-ret%3F", "m f=1 1\n"), 401);
    }

    @Test
    void takesTheCategoryFromThePathAlone() {
        assertAnswer(rig.post(withToken(METRIC) + "&category=logging", "m f=1 1\n", "category", "other"), 200);
        assertThat(rig.appended)
                .singleElement()
                .satisfies(block -> assertThat(block.category().id()).isEqualTo("metric"));
    }

    @Test
    void takesAnUrlWithASlashAtItsEnd() {
        // Func joins "http://host:9528/" and "/v1/write/metric".
        assertAnswer(rig.post(withToken("/" + METRIC), "m f=1 1\n"), 200);
        assertAnswer(rig.post(withToken(METRIC + "/"), "m f=1 1\n"), 404);
    }

    @Test
    void allowsPostAlone() {
        for (String method : List.of("GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "OTHER")) {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(rig.url(withToken(METRIC))))
                    .method(method, HttpRequest.BodyPublishers.noBody());
            assertThat(rig.send(request).statusCode()).as(method).isEqualTo(405);
        }
    }

    @Test
    void mindsNoOtherHeaders() {
        for (String type : List.of(
                "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", ";;", "a/b;charset=no")) {
            assertAnswer(rig.post(withToken(METRIC), "m f=1 1\n", "Content-Type", type, "Accept", ";q=x,,"), 200);
        }
        assertThat(rig.lines()).hasSize(4);
    }

    @Test
    void knowsGzipByAnyName() {
        byte[] packed = IntakeRig.gzip("m f=1 1\n");
        for (String encoding : List.of("gzip", "GZIP", "x-gzip", " gzip ")) {
            assertAnswer(rig.post(withToken(METRIC), packed, "Content-Encoding", encoding), 200);
        }
        assertAnswer(rig.post(withToken(METRIC), "m f=1 1\n", "Content-Encoding", "identity"), 200);
        for (String encoding : List.of("deflate", "br", "gzip, gzip", "none")) {
            assertAnswer(rig.post(withToken(METRIC), packed, "Content-Encoding", encoding), 400);
        }
    }

    @Test
    void passesOverBlanksAndComments() {
        assertAnswer(post("\n# m f=1 1\n  \r\n\t\nm f=1 1"), 200);
        assertThat(rig.lines()).hasSize(1);
        assertAnswer(post("\n# m f=1 1\n  \r\n"), 400);
    }

    @Test
    void endsLinesByALineFeedWhateverTheyCameWith() {
        assertAnswer(post("m,site_name=x,team=x f=1 1\r\nm,site_name=x,team=x f=\"\r\n\"\r\n"), 200);
        assertThat(new String(rig.appended.get(0).content(), java.nio.charset.StandardCharsets.UTF_8))
                .startsWith("m,site_name=x,team=x f=1 1\nm,site_name=x,team=x f=\"\r\n\" ");
    }

    @Test
    void refusesTimesBeyondNanoseconds() {
        String beyond = "m f=1 9223372036854775807\n";
        assertAnswer(rig.post(withToken(METRIC) + "&precision=s", beyond), 400);
        assertAnswer(rig.post(withToken(METRIC) + "&precision=u", beyond + "m f=2 1\n"), 200);
        assertThat(rig.rejected).singleElement().satisfies(lines -> assertThat(lines.content())
                .isEqualTo(beyond));
        assertAnswer(post(beyond + "m f=1 -9223372036854775808\n"), 200);
    }
}
