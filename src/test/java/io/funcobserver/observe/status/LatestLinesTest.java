package io.funcobserver.observe.status;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;

import io.funcobserver.demo.UploadClient;
import io.funcobserver.testing.SettableClock;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LatestLinesTest {
    private final SettableClock clock = new SettableClock(Instant.EPOCH);
    private final LatestLines lines = new LatestLines(clock);

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void takesTheFirstLineOfAPlainBlockAndOfAGzippedOne() {
        lines.block("a", bytes("a f=1i 1\na f=2i 2\n"), false);
        lines.block("b", UploadClient.gzip(bytes("b f=1i 1\nb f=2i 2\n")), true);

        assertThat(lines.of("a")).isEqualTo("a f=1i 1");
        assertThat(lines.of("b")).isEqualTo("b f=1i 1");
        assertThat(lines.of("c")).isNull();
    }

    @Test
    void looksOnceASecond() {
        lines.block("a", bytes("first\n"), false);
        lines.block("a", bytes("soon after\n"), false);
        assertThat(lines.of("a")).isEqualTo("first");

        clock.advance(Duration.ofSeconds(1));
        lines.block("a", bytes("later\n"), false);
        assertThat(lines.of("a")).isEqualTo("later");
    }

    @Test
    void aLongLineIsCutBetweenCharacters() {
        lines.block("a", bytes("x" + "函".repeat(1000)), false);

        assertThat(lines.of("a")).startsWith("x函").doesNotContain("\uFFFD").hasSizeLessThan(LatestLines.MAX_BYTES);
    }

    @Test
    void aBlockThatIsNotGzipIsPassedOver() {
        lines.block("a", bytes("not gzip"), true);

        assertThat(lines.of("a")).isNull();
    }

    @Test
    void isBounded() {
        for (int i = 0; i < 10_000; i++) {
            lines.block("s" + i, bytes("line\n"), false);
        }

        assertThat(lines.of("s" + (LatestLines.MAX_SOURCES - 1))).isNotNull();
        assertThat(lines.of("s" + LatestLines.MAX_SOURCES)).isNull();
    }
}
