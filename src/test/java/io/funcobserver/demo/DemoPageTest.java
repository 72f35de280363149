package io.funcobserver.demo;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.funcobserver.observe.status.Browser;
import io.funcobserver.testing.Slow;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** What the README says of the demo: it prints an address, and there is a page full of plots. */
@Tag("browser")
@Slow
class DemoPageTest {
    private static final Pattern ADDRESS = Pattern.compile("Status page: (http://127\\.0\\.0\\.1:\\d+/)");
    /** In minutes, from the command to the page full of plots; the build before it is not counted. */
    private static final int PROMISED = 2;

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();

    @BeforeEach
    void needsABrowser() {
        assumeTrue(Browser.installed().isPresent(), Browser.MISSING);
    }

    @Test
    @Timeout(value = PROMISED, unit = TimeUnit.MINUTES)
    void theAddressThatItPrintsShowsAPageFullOfPlots() throws Exception {
        CountDownLatch stop = new CountDownLatch(1);
        Screen screen = new Screen(new PrintStream(output, true, StandardCharsets.UTF_8), false, 80);
        Thread demo = new Thread(() -> run(new Demo(Product.shipped(), screen, stop)), "demo");
        demo.start();
        try {
            await("the address").atMost(Duration.ofMinutes(PROMISED)).until(() -> ADDRESS.matcher(text())
                    .find());
            Matcher address = ADDRESS.matcher(text());
            assertThat(address.find()).isTrue();
            try (Browser browser = Browser.start()) {
                browser.open(address.group(1));
                browser.awaitData();
                await("each measurement on the page")
                        .atMost(Duration.ofMinutes(PROMISED))
                        .untilAsserted(() -> assertThat(drawn(
                                        browser,
                                        "#measurement-rows tr",
                                        "tr => Number(tr.dataset.points) > 0 && tr.querySelector('canvas')"))
                                .isEqualTo(Arrivals.EXPECTED.size()));
                await("Func itself on the page")
                        .atMost(Duration.ofMinutes(PROMISED))
                        .untilAsserted(
                                () -> assertThat(drawn(browser, "#func .plot", "plot => plot.querySelector('canvas')"))
                                        .isEqualTo(2));
                assertThat(browser.text("#overall")).doesNotContain("problem");
                assertThat(browser.complaints()).isEmpty();
            }
        } finally {
            stop.countDown();
            demo.join();
        }
    }

    private static int drawn(Browser browser, String selector, String condition) {
        return browser.eval("[...document.querySelectorAll('" + selector + "')].filter(" + condition + ").length")
                .asInt();
    }

    private void run(Demo demo) {
        try {
            demo.run(Duration.ZERO);
        } catch (Exception e) {
            output.writeBytes(("The demo failed: " + e).getBytes(StandardCharsets.UTF_8));
        }
    }

    private String text() {
        return output.toString(StandardCharsets.UTF_8);
    }
}
