package io.funcobserver.delivery;

import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class RetryAfterTest {
    private static final Instant NOW = Instant.parse("2026-11-22T18:15:30Z");

    @Test
    void readsSeconds() {
        assertThat(RetryAfter.parse(" 120 ", NOW)).contains(Duration.ofMinutes(2));
    }

    @Test
    void readsHttpDate() {
        assertThat(RetryAfter.parse("Sun, 22 Nov 2026 18:16:00 GMT", NOW)).contains(Duration.ofSeconds(30));
    }

    @Test
    void doesNotWaitForDateInThePast() {
        assertThat(RetryAfter.parse("Sun, 22 Nov 2026 18:00:00 GMT", NOW)).contains(Duration.ZERO);
    }

    @ParameterizedTest
    @ValueSource(strings = {"3601", "99999999999999999999", "Sun, 22 Nov 2099 18:00:00 GMT"})
    void waitsAnHourAtMost(String value) {
        assertThat(RetryAfter.parse(value, NOW)).contains(Duration.ofHours(1));
    }

    @ParameterizedTest
    @NullAndEmptySource
    @ValueSource(strings = {"soon", "-5", "1.5", "١٢", "22 Nov"})
    void ignoresNonsense(String value) {
        assertThat(RetryAfter.parse(value, NOW)).isEmpty();
    }
}
