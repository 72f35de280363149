package io.funcobserver.check;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.funcobserver.config.Reading;
import io.funcobserver.config.Settings;
import io.funcobserver.config.SettingsSources;
import io.funcobserver.demo.Answer;
import io.funcobserver.demo.FreePort;
import io.funcobserver.demo.Receiver;
import io.funcobserver.lineprotocol.Category;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestSettings;
import io.funcobserver.tls.TestAuthority;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class TargetProbeTest {
    private static final String TOKEN = "tkn_0123456789abcdef";

    @AutoClose
    private Receiver receiver;

    @BeforeEach
    void start() throws IOException {
        receiver = Receiver.started();
        answer(200, "application/json", "");
    }

    private void answer(int status, String contentType, String body) {
        receiver.answerWith(Answer.status(status)
                .header("Content-Type", contentType)
                .header("Location", "https://elsewhere.example/v1?token=" + TOKEN)
                .body(body));
    }

    @Test
    void postsNothingToTheAddressOfTheCategory() {
        assertThat(probe(settings().set("target.authorization", "Token abc")).level())
                .isEqualTo(Finding.Level.OK);
        assertThat(receiver.requests()).singleElement().satisfies(request -> {
            assertThat(request.method()).isEqualTo("POST");
            assertThat(request.path()).isEqualTo("/v1/write/metric");
            assertThat(request.query()).isEqualTo("token=" + TOKEN);
            assertThat(request.header("Authorization")).isEqualTo("Token abc");
            assertThat(request.body()).isEmpty();
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200|OK|answers 200 to an empty body",
                "204|OK|answers 204 to an empty body",
                "400|OK|answers 400 to an empty body",
                "401|FAIL|check the token in target.url, or target.authorization",
                "403|FAIL|check the token in target.url, or target.authorization",
                "404|FAIL|check target.url and target.metric-path",
                "405|FAIL|check target.url and target.metric-path",
                "301|FAIL|it redirects to https://elsewhere.example/v1: set target.url to the address it really has",
                "429|FAIL|delivery would try again",
                "503|FAIL|delivery would try again",
                "418|FAIL|point at a receiver of line protocol"
            })
    void saysWhatEachAnswerMeans(int status, Finding.Level level, String text) {
        answer(status, "application/json", "");
        Finding finding = probe(settings());
        assertThat(finding.level()).isEqualTo(level);
        assertThat(finding.text()).contains(text).doesNotContain(TOKEN);
    }

    @Test
    void showsTheAnswerWithoutSecrets() {
        answer(401, "application/json", "{\"message\":\n\"token " + TOKEN + " is unknown\"}");
        assertThat(probe(settings()).text()).contains("({\"message\": \"token *** is unknown\"})");
    }

    @Test
    void takesNoWebPageForAReceiver() {
        answer(200, "text/html; charset=utf-8", "<html>");
        assertThat(probe(settings()))
                .hasToString(
                        "fail  target metric   127.0.0.1:"
                                + receiver.port()
                                + " answers 200; a web page is no receipt: check target.url and target.metric-path, and whether a login or a proxy is in the way");
    }

    @Test
    void asksNothingOfACategoryThatIsNotSent() {
        assertThat(probe(settings().set("target.metric-path", "")).text()).startsWith("not sent");
        assertThat(receiver.requests()).isEmpty();
    }

    @Slow
    @Test
    void namesWhatCannotBeReached() throws IOException {
        int port = FreePort.next();
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
        assertThat(probe(settings().set("target.url", "https://127.0.0.1:" + receiver.port()))
                        .text())
                .contains("target.url");
    }

    @Slow
    @Test
    void trustsTheAuthorityOfTheFileForTheNameOfTheCertificate(@TempDir Path folder) throws Exception {
        TestAuthority authority = new TestAuthority(folder, "dns:localhost");
        try (Receiver secure = Receiver.started(authority.serverContext())) {
            TestSettings settings = new TestSettings().set("target.url", "https://localhost:" + secure.port());
            assertThat(probe(settings).text()).contains("give the authority's PEM file as tls.ca-file");
            assertThat(probe(settings.set("tls.ca-file", authority.caFile())).level())
                    .isEqualTo(Finding.Level.OK);
            assertThat(probe(settings.set("target.url", "https://127.0.0.1:" + secure.port()))
                            .text())
                    .contains("made out to another host name");
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
        return new TestSettings().set("target.url", "http://127.0.0.1:" + receiver.port() + "?token=" + TOKEN);
    }

    private static Finding probe(TestSettings settings) {
        List<Finding> findings = new TargetProbe(Category.METRIC).test(settings.build());
        assertThat(findings).hasSize(1);
        return findings.get(0);
    }
}
