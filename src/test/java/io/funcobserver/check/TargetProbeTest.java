package io.funcobserver.check;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.funcobserver.config.Reading;
import io.funcobserver.config.Settings;
import io.funcobserver.config.SettingsSources;
import io.funcobserver.spool.Category;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestSettings;
import io.funcobserver.tls.TestAuthority;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class TargetProbeTest {
    private static final String TOKEN = "tkn_0123456789abcdef";

    private final List<String> requests = new ArrayList<>();
    private HttpServer receiver;
    private int status = 200;
    private String body = "";
    private String contentType = "application/json";

    @BeforeEach
    void start() throws IOException {
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", this::answer);
        receiver.start();
    }

    @AfterEach
    void stop() {
        receiver.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        byte[] received = exchange.getRequestBody().readAllBytes();
        requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + received.length + " "
                + exchange.getRequestHeaders().getFirst("Authorization"));
        exchange.getResponseHeaders().add("Content-Type", contentType);
        exchange.getResponseHeaders().add("Location", "https://elsewhere.example/v1?token=" + TOKEN);
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Test
    void postsNothingToTheAddressOfTheCategory() {
        assertThat(probe(settings().set("target.authorization", "Token abc")).level())
                .isEqualTo(Finding.Level.OK);
        assertThat(requests).containsExactly("POST /v1/write/metric?token=" + TOKEN + " 0 Token abc");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200|OK|answers 200 to an empty body",
                "204|OK|answers 204 to an empty body",
                "400|OK|answers 400 to an empty body",
                "401|FAIL|correct the token in target.url, or target.authorization",
                "403|FAIL|correct the token in target.url, or target.authorization",
                "404|FAIL|correct the path or the database in target.url and target.metric-path",
                "405|FAIL|correct the path or the database in target.url and target.metric-path",
                "301|FAIL|give the address it redirects to (https://elsewhere.example/v1) as target.url",
                "429|FAIL|delivery would try again",
                "503|FAIL|delivery would try again",
                "418|FAIL|point at a receiver of line protocol"
            })
    void saysWhatEachAnswerMeans(int answer, Finding.Level level, String text) {
        status = answer;
        Finding finding = probe(settings());
        assertThat(finding.level()).isEqualTo(level);
        assertThat(finding.text()).contains(text).doesNotContain(TOKEN);
    }

    @Test
    void showsTheAnswerWithoutSecrets() {
        status = 401;
        body = "{\"message\":\n\"token " + TOKEN + " is unknown\"}";
        assertThat(probe(settings()).text()).contains("({\"message\": \"token *** is unknown\"})");
    }

    @Test
    void takesNoWebPageForAReceiver() {
        contentType = "text/html; charset=utf-8";
        body = "<html>";
        assertThat(probe(settings()))
                .hasToString("fail  target metric   127.0.0.1:"
                        + receiver.getAddress().getPort()
                        + " answers 200 with a web page; point target.url and target.metric-path at a receiver");
    }

    @Test
    void asksNothingOfACategoryThatIsNotSent() {
        assertThat(probe(settings().set("target.metric-path", "")).text()).startsWith("not sent");
        assertThat(requests).isEmpty();
    }

    @Slow
    @Test
    void namesWhatCannotBeReached() throws IOException {
        int port;
        try (ServerSocket closed = new ServerSocket(0)) {
            port = closed.getLocalPort();
        }
        assertThat(probe(new TestSettings().set("target.url", "http://127.0.0.1:" + port))
                        .text())
                .isEqualTo("nothing listens at 127.0.0.1:" + port + "; start the receiver or correct target.url");
        assertThat(probe(new TestSettings().set("target.url", "http://no-such-host.invalid"))
                        .text())
                .startsWith("host no-such-host.invalid is unknown; correct target.url");
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            assertThat(probe(new TestSettings()
                                    .set("target.url", "http://127.0.0.1:" + silent.getLocalPort())
                                    .set("target.timeout", "200ms"))
                            .text())
                    .contains("does not answer in time");
        }
        assertThat(probe(settings()
                                .set(
                                        "target.url",
                                        "https://127.0.0.1:"
                                                + receiver.getAddress().getPort()))
                        .text())
                .contains("target.url");
    }

    @Slow
    @Test
    void trustsTheAuthorityOfTheFileForTheNameOfTheCertificate(@TempDir Path folder) throws Exception {
        TestAuthority authority = new TestAuthority(folder, "dns:localhost");
        HttpsServer secure = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        secure.setHttpsConfigurator(new HttpsConfigurator(authority.serverContext()));
        secure.createContext("/", this::answer);
        secure.start();
        try {
            int port = secure.getAddress().getPort();
            TestSettings settings = new TestSettings().set("target.url", "https://localhost:" + port);
            assertThat(probe(settings).text()).contains("give the authority's PEM file as tls.ca-file");
            assertThat(probe(settings.set("tls.ca-file", authority.caFile())).level())
                    .isEqualTo(Finding.Level.OK);
            assertThat(probe(settings.set("target.url", "https://127.0.0.1:" + port))
                            .text())
                    .contains("made out to another host name");
        } finally {
            secure.stop(0);
        }
    }

    @Test
    void isLeftOutWhenItsPropertiesAreWrong() {
        Reading reading = Settings.read(new SettingsSources(List.of(), java.util.Map.of(), null), List.of());
        List<String> lines = new ArrayList<>();
        boolean allWell = new ConfigurationCheck(List.of(new TargetProbe(Category.METRIC), new DirectoryProbe()))
                .run(reading, finding -> lines.add(finding.toString()));
        assertThat(allWell).isFalse();
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).startsWith("fail  properties      target.url: is required");
        assertThat(lines.get(1)).startsWith("fail  target metric   not tested");
        assertThat(lines.get(2)).matches("(ok|warn) +data directory .*");
    }

    private TestSettings settings() {
        return new TestSettings()
                .set("target.url", "http://127.0.0.1:" + receiver.getAddress().getPort() + "?token=" + TOKEN);
    }

    private static Finding probe(TestSettings settings) {
        List<Finding> findings = new TargetProbe(Category.METRIC).test(settings.build());
        assertThat(findings).hasSize(1);
        return findings.get(0);
    }
}
