package io.funcobserver.app;

import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

import io.funcobserver.demo.FuncSchema;
import io.funcobserver.demo.FuncSimulator;
import io.funcobserver.demo.Receiver;
import io.funcobserver.observe.status.Browser;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestInstallation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The status page of the product as it runs, in a real browser. */
@Tag("browser")
@Slow
class StatusPageOfProductTest {
    private static final Duration ARRIVAL = Duration.ofSeconds(60);
    /** What is promised for a fault. */
    private static final Duration SEEN = Duration.ofSeconds(10);

    private static final Map<String, String> MEASUREMENTS = Map.of(
            "func-call", "DFF_func_call",
            "task-record", "DFF_task_record",
            "task-record-func", "DFF_task_record_func");

    @BeforeEach
    void needsABrowser() {
        assumeTrue(Browser.installed().isPresent(), Browser.MISSING);
    }

    @Test
    void itsNumbersAreThoseOfTheReceiverAndFaultsComeAndGo() throws Exception {
        try (TestInstallation site = TestInstallation.open();
                FuncSimulator func = new FuncSimulator(site.database, site.redis, FuncSimulator.Settings.test())) {
            Receiver receiver = site.receiver;
            func.insert(500);
            site.only(MEASUREMENTS.keySet().toArray(String[]::new)).start();
            try (Browser browser = Browser.start()) {
                browser.open(site.page());
                browser.awaitData();
                await("the numbers to meet")
                        .atMost(ARRIVAL)
                        .untilAsserted(() -> assertNumbers(browser, site, receiver));
                // Not every call has a cost to report, but each stands in its record.
                await("the calls").atMost(ARRIVAL).untilAsserted(() -> assertThat(
                                browser.text("#tiles div:first-child"))
                        .contains(calls(func) + " in the last hour"));

                faultOfTheTarget(browser, func, receiver);
                assertNumbersSoon(browser, site, receiver);
                assertThat(browser.complaints()).isEmpty();
                assertThat(browser.requests()).allSatisfy(url -> assertThat(url).startsWith(site.page()));
            }
        }
    }

    private static long calls(FuncSimulator func) {
        return func.written(FuncSchema.TASK_RECORD_FUNC).size();
    }

    private static void faultOfTheTarget(Browser browser, FuncSimulator func, Receiver receiver) throws Exception {
        receiver.stop();
        func.insert(50);
        await("the fault").atMost(SEEN).untilAsserted(() -> {
            assertThat(browser.text("#overall")).contains("problem");
            assertThat(browser.text("#targets .node")).contains("Down since");
            assertThat(browser.text("#problem-list")).contains("target.").contains("cannot be reached");
        });
        receiver.start();
        await("its end").atMost(SEEN).untilAsserted(() -> {
            // A warning stays: the simulated Func has no heartbeat.
            assertThat(browser.text("#overall")).doesNotContain("problem");
            assertThat(browser.text("#targets .node")).doesNotContain("Down");
        });
    }

    private static void assertNumbersSoon(Browser browser, TestInstallation site, Receiver receiver) {
        await("the numbers to meet again").atMost(ARRIVAL).untilAsserted(() -> assertNumbers(browser, site, receiver));
    }

    private static void assertNumbers(Browser browser, TestInstallation site, Receiver receiver) throws Exception {
        Map<String, Long> shown = new HashMap<>();
        Map<String, Long> arrived = new HashMap<>();
        for (String id : MEASUREMENTS.keySet()) {
            shown.put(id, number(browser, "tr[data-measurement=" + id + "]", "points"));
            arrived.put(id, (long) receiver.accepted(MEASUREMENTS.get(id)).size());
            assertThat(shown.get(id))
                    .isEqualTo((long) site.metric("points_spooled_total", "measurement=\"" + id + "\""));
        }
        assertThat(shown).isEqualTo(arrived).allSatisfy((id, points) -> assertThat(points)
                .isPositive());
        long delivered = arrived.values().stream().mapToLong(Long::longValue).sum();
        assertThat(number(browser, "#targets .node", "delivered")).isEqualTo(delivered);
        assertThat(browser.text("#targets .node")).contains(String.format(Locale.ENGLISH, "%,d points", delivered));
    }

    private static long number(Browser browser, String selector, String name) {
        return browser.eval("Number(document.querySelector('" + selector + "').dataset." + name + ")")
                .asLong();
    }
}
