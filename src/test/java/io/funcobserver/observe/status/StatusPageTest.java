package io.funcobserver.observe.status;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What the observe port answers below / and /observe/status, without a browser. */
class StatusPageTest {
    private static final String TOKEN = "tkn_öpen & shut";
    private static final String TOKEN_PARAMETER = "?token=tkn_%C3%B6pen+%26+shut";

    private static ServedPage open;
    private static ServedPage guarded;
    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeAll
    static void serve() throws IOException {
        open = new ServedPage(null).filled();
        guarded = new ServedPage(TOKEN);
    }

    @AfterAll
    static void stop() {
        open.close();
        guarded.close();
    }

    private HttpResponse<String> get(ServedPage page, String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(page.url() + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private JsonNode report(String parameters) throws Exception {
        return new ObjectMapper()
                .readTree(get(open, "observe/status.json" + parameters).body());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "observe/status.json",
                "observe/status/page.css",
                "observe/status/page.js",
                "observe/status/plots.js",
                "observe/status/icon.svg",
                "observe/status/uPlot.js",
                "observe/status/uPlot.css"
            })
    void everythingComesFromHereAndIsGuardedByItsHeaders(String path) throws Exception {
        HttpResponse<String> answer = get(open, path);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isNotEmpty();
        assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow())
                .startsWith("default-src 'none'; script-src 'self'; style-src 'self'")
                .doesNotContain("unsafe")
                .doesNotContain("http");
        assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(answer.headers().firstValue("Referrer-Policy")).contains("no-referrer");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"observe/status/", "observe/status/StatusPage.class", "observe/status/..%2findex.html", "x"})
    void nothingElseIsThere(String path) throws Exception {
        assertThat(get(open, path).statusCode()).isEqualTo(404);
    }

    @Test
    void theVersionOfThePlotsStandsInThePomAlone() throws Exception {
        Matcher version =
                Pattern.compile("<uplot.version>(.+?)</uplot.version>").matcher(Files.readString(Path.of("pom.xml")));
        assertThat(version.find()).isTrue();
        assertThat(Files.readString(Path.of("src/main/java/io/funcobserver/observe/status/StatusPage.java")))
                .doesNotContain(version.group(1));
    }

    @Test
    void reportsWhatMetricsAndConditionsHold() throws Exception {
        JsonNode report = report("");

        assertThat(report.path("state").asText()).isEqualTo("down");
        assertThat(report.path("version").asText()).isEqualTo("1.2.3");
        assertThat(report.at("/measurements/0/points").asLong()).isEqualTo(1234);
        assertThat(report.at("/measurements/0/state").asText()).isEqualTo("waiting");
        assertThat(report.at("/measurements/3/state").asText()).isEqualTo("off");
        assertThat(report.at("/targets/0/delivered").asLong()).isEqualTo(1200);
        assertThat(report.at("/targets/0/state").asText()).isEqualTo("up");
        assertThat(report.at("/targets/0/categories/0/answers/200").asLong()).isEqualTo(12);
        assertThat(report.at("/targets/1/state").asText()).isEqualTo("down");
        assertThat(report.at("/targets/1/categories/0/answers/503").asLong()).isEqualTo(3);
        assertThat(report.at("/targets/1/categories/0/retry/attempts").asLong()).isEqualTo(7);
        assertThat(report.at("/sources").findValuesAsText("id")).containsExactly("mysql", "lists", "redis", "intake");
        assertThat(report.at("/sources/0/points").asLong()).isEqualTo(308);
        assertThat(report.at("/sources/1/points").asLong()).isEqualTo(926);
        assertThat(report.at("/sources/3/points").asLong()).isEqualTo(77);
        assertThat(report.at("/problems/0/part").asText()).isEqualTo("target.metric.backup");
        assertThat(report.at("/problems/1/level").asText()).isEqualTo("warning");
        assertThat(report.at("/completeness/functions/0/delivered").asLong()).isEqualTo(5);
        assertThat(report.at("/func/callsByStatus/failure").asLong()).isEqualTo(1);
        assertThat(report.has("history")).isTrue();
    }

    @Test
    void aProblemOfOneTargetIsNoneOfAnother() throws Exception {
        try (ServedPage page = new ServedPage(null)) {
            page.health.down("target.metric", "503");
            JsonNode targets = new ObjectMapper()
                    .readTree(get(page, "observe/status.json").body())
                    .path("targets");

            assertThat(targets.findValuesAsText("state"))
                    .startsWith("down", "down", "up")
                    .endsWith("up", "up");
        }
    }

    @Test
    void leavesTheHistoryOutWhenItIsNotWanted() throws Exception {
        JsonNode report = report("?history=false");

        assertThat(report.has("history")).isFalse();
        assertThat(report.path("func").has("callHistory")).isFalse();
        assertThat(report.at("/func/calls").asLong()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "observe/status.json", "observe/status/page.js", "?token=", "?token=wrong"})
    void withATokenNobodyElseSeesPageOrData(String path) throws Exception {
        HttpResponse<String> answer = get(guarded, path);

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).contains("observe.token").doesNotContain("a site");
        assertThat(get(guarded, path, "Cookie", "func-observer=x").statusCode()).isEqualTo(401);
    }

    @Test
    void theTokenGivesACookieThatDoesNotHoldIt() throws Exception {
        HttpResponse<String> answer = get(guarded, TOKEN_PARAMETER);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Refresh"))
                .as("out of the address bar")
                .contains("0; url=./");
        String cookie = answer.headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(cookie)
                .containsIgnoringCase("HttpOnly")
                .contains("SameSite=Strict")
                .contains("Path=/");
        assertThat(cookie).doesNotContain("tkn").doesNotContain("shut");
        String pair = cookie.substring(0, cookie.indexOf(';'));
        assertThat(get(guarded, "", "Cookie", pair).body()).contains("<h1>func-observer</h1>");
        assertThat(get(guarded, "observe/status.json", "Cookie", pair).statusCode())
                .isEqualTo(200);
    }

    @Test
    void aScriptMayGiveTheTokenWithTheData() throws Exception {
        assertThat(get(guarded, "observe/status.json" + TOKEN_PARAMETER).body()).startsWith("{\"version\"");
    }

    @Test
    void healthWantsNoToken() throws Exception {
        assertThat(get(guarded, "observe/health").statusCode()).isEqualTo(200);
    }
}
