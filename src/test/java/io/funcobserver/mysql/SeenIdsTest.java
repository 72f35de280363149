package io.funcobserver.mysql;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SeenIdsTest {
    private final SeenIds seen = new SeenIds();

    @Test
    void explainsAGapByWhatWasSeenShortlyBeforeIt() {
        seen.add(1, nanos(11));
        seen.add(2, nanos(12));
        assertThat(seen.takeWithoutRow(nanos(13), 5)).isEqualTo(2);
        assertThat(seen.takeWithoutRow(nanos(13), 5)).as("each once").isZero();
    }

    @Test
    void explainsNoGapByWhatHasARowOrNeverHasOneOrCameLater() {
        seen.add(1, nanos(11));
        seen.addWithoutRow(2);
        seen.add(3, nanos(20));
        assertThat(seen.hasRow(1)).isTrue();
        assertThat(seen.takeWithoutRow(nanos(13), 5)).isZero();
    }

    private static long nanos(int seconds) {
        return Duration.ofSeconds(seconds).toNanos();
    }
}
