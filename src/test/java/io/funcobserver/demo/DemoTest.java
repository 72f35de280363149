package io.funcobserver.demo;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import io.funcobserver.testing.Slow;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

@Slow
class DemoTest {
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final Screen screen = new Screen(new PrintStream(output, true, StandardCharsets.UTF_8), false, 80);

    @Test
    void succeedsWhenEachMeasurementArrives() throws Exception {
        assertThat(run(Arrivals.EXPECTED, "v")).isZero();
        assertThat(text()).contains("11 points arrived in 1 requests").doesNotContain("Missing");
    }

    @Test
    void namesWhatIsMissing() throws Exception {
        assertThat(run(Arrivals.EXPECTED.subList(1, Arrivals.EXPECTED.size()), "v"))
                .isEqualTo(1);
        assertThat(text()).contains("Missing: DFF_cache_db.");
    }

    @Test
    void failsWhenARequestIsRefused() throws Exception {
        assertThat(run(Arrivals.EXPECTED, "")).isEqualTo(1);
        assertThat(text()).contains("1 requests were refused, the last one with 400 for /v1/write/metric.");
    }

    @Test
    void cutsToTheWidthOfTheTerminal() {
        assertThat(LiveTable.cut("ab\ncd", 4)).isEqualTo("ab c");
        assertThat(LiveTable.cut("数据数据", 5)).isEqualTo("数据");
    }

    @Test
    void redrawsInPlaceOnATerminal() {
        Screen terminal = new Screen(new PrintStream(output, true, StandardCharsets.UTF_8), true, 80);
        terminal.show(List.of("one", "two"));
        terminal.say("message");
        assertThat(text()).isEqualToNormalizingNewlines("one\ntwo\n\u001b[2A\u001b[Jmessage\none\ntwo\n");
    }

    private int run(List<String> measurements, String tag) throws Exception {
        Product product = properties -> {
            StringBuilder body = new StringBuilder();
            measurements.forEach(measurement ->
                    body.append(measurement).append(",t=").append(tag).append(" f=1i 1\n"));
            HttpRequest request = HttpRequest.newBuilder(URI.create(properties.get("target.url") + "/v1/write/metric"))
                    .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                    .build();
            HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.discarding());
            return () -> {};
        };
        return new Demo(product, screen, new CountDownLatch(1)).run(Duration.ofMillis(100));
    }

    private String text() {
        return output.toString(StandardCharsets.UTF_8);
    }
}
