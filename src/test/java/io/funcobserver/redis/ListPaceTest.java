package io.funcobserver.redis;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ListPaceTest {
    private static final Duration RELAXED = Duration.ofMillis(200);

    private Instant wall = Instant.parse("2026-01-01T00:00:10Z");
    private long nanos;
    private final ListPace pace = new ListPace(new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return wall;
        }
    });

    @Test
    void restsWhileNothingIsThereAndNoFlushIsDue() {
        assertThat(pace.pause(0, nanos)).isEqualTo(RELAXED);
    }

    @Test
    void looksOftenFromShortlyBeforeAFlushIsDue() {
        at("00:00:38.999");
        assertThat(pace.pause(9, nanos)).isGreaterThan(Duration.ofMillis(3));
        at("00:00:39");
        assertThat(pace.pause(9, nanos)).isEqualTo(Duration.ofMillis(3));
        at("00:00:42.999");
        assertThat(pace.pause(9, nanos)).isEqualTo(Duration.ofMillis(3));
    }

    @Test
    void goesOnAsLongAsEntriesWaitForAFlushThatIsLate() {
        at("00:00:51");
        assertThat(pace.pause(9, nanos)).isEqualTo(Duration.ofMillis(20));
    }

    @Test
    void looksMostOftenWhileTheListShrinksAndSettlesWhenItIsEmptied() {
        at("00:00:40.3");
        pace.shrunk(nanos);
        assertThat(pace.isShrinking(nanos)).isTrue();
        assertThat(pace.pause(9, nanos)).isEqualTo(Duration.ofMillis(1));
        pace.emptied();
        advance(Duration.ofMillis(150));
        assertThat(pace.pause(9, nanos)).isEqualTo(Duration.ofMillis(10));
        advance(Duration.ofSeconds(2));
        assertThat(pace.pause(9, nanos)).isEqualTo(RELAXED);
        at("00:00:59");
        assertThat(pace.pause(9, nanos)).isEqualTo(Duration.ofMillis(3));
    }

    @Test
    void isReadyForTheNextFlushWhereTheLastOneEndsJustBeforeIt() {
        at("00:00:59.5");
        pace.shrunk(nanos);
        pace.emptied();
        advance(Duration.ofSeconds(3));
        assertThat(pace.pause(9, nanos)).isEqualTo(Duration.ofMillis(3));
    }

    private void at(String time) {
        wall = Instant.parse("2026-01-01T" + time + "Z");
    }

    private void advance(Duration time) {
        wall = wall.plus(time);
        nanos += time.toNanos();
    }
}
