package io.funcobserver.observe.status;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.funcobserver.testing.Slow;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The page in a real browser, showing something of everything. */
@Tag("browser")
@Slow
class StatusPageBrowserTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    private static ServedPage page;
    private static Browser browser;

    @BeforeAll
    static void start() throws IOException {
        assumeTrue(Browser.installed().isPresent(), Browser.MISSING);
        page = new ServedPage(null).filled();
        browser = Browser.start();
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.close();
        }
        if (page != null) {
            page.close();
        }
    }

    @BeforeEach
    void open() {
        browser.size(1280, 900);
        browser.colours("light");
        browser.open(page.url());
        browser.awaitData();
    }

    @Test
    void showsWhatIsWrongWithSinceWhenAndWhy() {
        assertThat(browser.text("#overall")).isEqualTo("1 problem");
        assertThat(browser.text("#problem-list li"))
                .contains("Down")
                .contains("Target backup: metric")
                .contains("since")
                .contains("see what is wrong with it");
        assertThat(browser.text("#targets .node:nth-child(2)"))
                .contains("backup")
                .contains("Down since")
                .contains("see what is wrong with it")
                .contains("next try in ")
                .contains("after 7 attempts");
        assertThat(browser.text("#targets .node:nth-child(1)")).contains("Working");
        assertThat(browser.eval("document.title").asText()).startsWith("✕");
    }

    @Test
    void whatComesFromOutsideIsOnlyText() {
        assertThat(browser.text("#most-failing")).contains("<script>window.pwned");
        assertThat(browser.text("#completeness-rows tr:first-child"))
                .contains("<script>")
                .contains("50 %");
        assertThat(browser.text("#dead-rows"))
                .contains("<script>")
                .contains("replay 20261122T181530.123456Z_func-call");
        assertThat(browser.text("#lines")).contains("<script>");
        assertThat(browser.eval("window.pwned === undefined").asBoolean()).isTrue();
        assertThat(browser.eval("document.querySelectorAll('main script, main img').length")
                        .asInt())
                .isZero();
    }

    @Test
    void asksNobodyElseAndTheConsoleStaysEmpty() {
        int before = browser.requests().size();
        await("two more looks").atMost(SOON).until(() -> browser.requests().size() > before + 1);

        assertThat(browser.requests()).allSatisfy(url -> assertThat(url).startsWith(page.url()));
        assertThat(browser.complaints()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"light, 1280", "dark, 1280", "light, 390", "dark, 390"})
    void nothingKeepsPeopleFromUsingIt(String colours, int width) throws IOException {
        browser.size(width, 900);
        browser.colours(colours);
        try (InputStream axe = StatusPageBrowserTest.class.getResourceAsStream("/axe.min.js")) {
            browser.eval(new String(axe.readAllBytes(), StandardCharsets.UTF_8) + "; 1");
        }

        String violations = browser.eval("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa',"
                        + " 'best-practice']}).then(found => found.violations.map(one => one.id + ': '"
                        + " + one.nodes.map(node => node.html + ' ' + node.failureSummary).join('; ')).join('\\n'))")
                .asText();

        assertThat(violations).isEmpty();
        assertThat(browser.eval("document.documentElement.scrollWidth").asInt()).isLessThanOrEqualTo(width);
    }

    @Test
    void bothColourSchemesAreReal() {
        String light = background();
        browser.colours("dark");

        assertThat(light).isEqualTo("rgb(244, 246, 249)");
        assertThat(background()).isEqualTo("rgb(13, 19, 26)");
    }

    private static String background() {
        return browser.eval("getComputedStyle(document.body).backgroundColor").asText();
    }

    @Test
    void theKeyboardReachesEverythingInItsOrderAndShowsWhereItIs() {
        List<String> reached = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            browser.tab();
            String now = browser.eval("(e => e === document.body ? '' : (e.textContent.trim().slice(0, 12) || e.id))"
                            + "(document.activeElement)")
                    .asText();
            if (now.isEmpty()) {
                break;
            }
            reached.add(now);
            assertThat(browser.eval("getComputedStyle(document.activeElement).outlineStyle + "
                                    + "parseInt(getComputedStyle(document.activeElement).outlineWidth)")
                            .asText())
                    .isEqualTo("solid3");
        }

        assertThat(reached)
                .startsWith("Skip to the ", "Flow", "Measurements", "Func", "Completeness", "Dead letters")
                .containsSubsequence("Latest line ", "status.json", "health", "metrics");
        assertThat(browser.eval("document.querySelectorAll('table:not(.u-legend)').length"))
                .isEqualTo(browser.eval("document.querySelectorAll('table > caption').length"));
    }

    @Test
    void whatHasOneCauseIsOneProblem() {
        String reason = "nothing listens at redis.example.com:6379; start Redis";
        List<String> parts = List.of("measurement.worker-queue", "measurement.cache-db");
        parts.forEach(part -> page.health.down(part, reason));
        await("the problem").atMost(SOON).untilAsserted(() -> {
            assertThat(browser.text("#overall")).isEqualTo("2 problems");
            assertThat(browser.text("#problem-list")).contains("Measurements cache-db, worker-queue");
        });
        parts.forEach(page.health::up);
        await("its end").atMost(SOON).untilAsserted(() -> assertThat(browser.text("#overall"))
                .isEqualTo("1 problem"));
    }

    @Test
    void lossesWarnThoughEverythingWorks() {
        assertThat(browser.text("#problem-list"))
                .contains("Dead letters", "1 dead letter with lines that were refused for good");
    }

    @Test
    void nothingMovesUnderTheReader() {
        double shifted = browser.eval("new Promise(done => new PerformanceObserver(list => done(list.getEntries()"
                        + ".reduce((sum, shift) => sum + shift.value, 0))).observe({type: 'layout-shift', buffered: true})"
                        + " || setTimeout(() => done(0), 5000))")
                .asDouble();

        // What Google calls good is up to 0.1.
        assertThat(shifted).isLessThan(0.05);
    }

    @Test
    void nothingRunsForThoseWhoWantNoMotion() {
        String running = "document.getAnimations().filter(one => one.playState === 'running').length";
        page.count("points_delivered", 1, "category", "metric", "target", "main");
        await("a line that moves")
                .atMost(SOON)
                .until(() -> browser.eval(running).asInt() > 0);
        browser.media("prefers-reduced-motion", "reduce");

        assertThat(browser.eval(running).asInt()).isZero();
    }

    @Test
    void aPersonWhoHearsThePageFindsItsParts() {
        assertThat(browser.eval("[...document.querySelectorAll('header, nav, main, footer')].map(e => e.localName)"
                                + ".join(' ')")
                        .asText())
                .isEqualTo("header nav main footer");
        assertThat(browser.eval("[...document.querySelectorAll('section:not([hidden])')].every(section =>"
                                + " document.getElementById(section.getAttribute('aria-labelledby')).textContent)")
                        .asBoolean())
                .isTrue();
        assertThat(browser.eval("[...document.querySelectorAll('.plot, .spark')].filter(e => e.offsetParent)"
                                + ".every(plot => plot.getAttribute('role') === 'img'"
                                + " && plot.getAttribute('aria-label'))")
                        .asBoolean())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"redis is gone; start it"})
    void aProblemThatComesAndGoesIsSeenAndSaid(String reason) {
        page.health.down("measurement.worker-queue", reason);
        await("the problem").untilAsserted(() -> {
            assertThat(browser.text("#overall")).isEqualTo("2 problems");
            assertThat(browser.text("#spoken")).contains("Down: Measurement worker-queue. " + reason);
            assertThat(browser.text("#sources .node:nth-child(3)")).contains("Down since", reason);
            assertThat(browser.eval("document.querySelectorAll('#wires .down').length")
                            .asInt())
                    .isEqualTo(2);
            assertThat(browser.text("tr[data-measurement=worker-queue]")).contains("Down");
        });
        page.health.up("measurement.worker-queue");
        await("its end").untilAsserted(() -> {
            assertThat(browser.text("#overall")).isEqualTo("1 problem");
            assertThat(browser.text("#spoken")).isEqualTo("Over: Measurement worker-queue");
            assertThat(browser.text("#sources .node:nth-child(3)")).doesNotContain("Down");
        });
    }

    @Test
    void saysWhenNobodyAnswers() {
        browser.call("Network.setBlockedURLs", Map.of("urls", List.of("*status.json*")));
        try {
            await("the silence").atMost(SOON).untilAsserted(() -> assertThat(browser.text("#overall"))
                    .isEqualTo("No answer"));
        } finally {
            browser.call("Network.setBlockedURLs", Map.of("urls", List.of()));
        }
        await("the answer").atMost(SOON).untilAsserted(() -> assertThat(browser.text("#overall"))
                .isEqualTo("1 problem"));
    }

    @Test
    void theTokensFormLeadsToThePage() throws IOException {
        try (ServedPage guarded = new ServedPage("secret");
                Browser other = Browser.start()) {
            other.open(guarded.url());
            assertThat(other.text("body")).contains("observe.token");
            other.eval("document.getElementById('token').value = 'secret', document.forms[0].requestSubmit()");
            await("the page").atMost(SOON).untilAsserted(() -> assertThat(other.text("#overall"))
                    .isEqualTo("Everything works"));
            assertThat(other.eval("location.href").asText()).isEqualTo(guarded.url());
            assertThat(other.eval("document.cookie").asText()).isEmpty();
        }
    }
}
