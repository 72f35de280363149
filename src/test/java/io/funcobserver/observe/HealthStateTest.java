package io.funcobserver.observe;

import java.time.Clock;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class HealthStateTest {
    private final HealthState health = new HealthState(Clock.systemUTC());

    /** Whatever a part repeats: an error of Redis, a Location, a file that someone has edited. */
    @Test
    @DisplayName("raw ESC and C1, in tens of kilobytes, reach no health")
    void boundsAndEscapesWhatItIsTold() {
        String hostile = "answers \u001b[2J\u009b1m\u202e\n".repeat(5000);
        health.down("redis", hostile);
        health.warn("func", hostile);
        assertThat(health.all().get("redis").reason())
                .startsWith("answers \\u001B[2J\\u009B1m\\u202E answers")
                .hasSizeLessThanOrEqualTo(1001);
        assertThat(health.warnings().get("func").reason())
                .isEqualTo(health.all().get("redis").reason());
    }
}
