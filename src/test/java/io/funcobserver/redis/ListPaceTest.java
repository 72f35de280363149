package io.funcobserver.redis;

import java.time.Duration;
import java.time.Instant;

import io.funcobserver.testing.SettableClock;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ListPaceTest {
    private static final Duration RELAXED = Duration.ofMillis(200);
    private static final Duration DENSEST = Duration.ofMillis(1);

    private final SettableClock wall = new SettableClock(Instant.parse("2026-01-01T00:00:10Z"));
    private long nanos;
    private final ListPace pace = new ListPace(wall);

    @Test
    void restsWhileNothingIsThereAndNoFlushIsDue() {
        pace.pause(1, nanos, false);
        assertThat(pace.pause(0, nanos, false)).isEqualTo(RELAXED);
    }

    @Test
    void looksOnceASecondWhereNothingStoodForTwoPeriods() {
        pace.pause(1, nanos, false);
        at("00:00:30");
        assertThat(pace.pause(0, nanos, false)).isEqualTo(RELAXED);
        at("00:00:50");
        assertThat(pace.pause(0, nanos, false)).isEqualTo(Duration.ofSeconds(1));
        pace.pause(1, nanos, false);
        assertThat(pace.pause(0, nanos, false)).isEqualTo(RELAXED);
    }

    @Test
    void isReadyForEachFlushOfAnIdleFunc() {
        at("00:00:39.6");
        assertThat(pace.pause(0, nanos, false)).isEqualTo(Duration.ofMillis(100));
        at("00:00:39.7");
        assertThat(pace.pause(0, nanos, false)).isEqualTo(Duration.ofMillis(20));
        at("00:00:40.499");
        assertThat(pace.pause(0, nanos, false)).isEqualTo(Duration.ofMillis(20));
        at("00:00:40.5");
        assertThat(pace.pause(0, nanos, false)).isEqualTo(Duration.ofMillis(50));
        at("00:00:42.999");
        assertThat(pace.pause(0, nanos, false)).isEqualTo(Duration.ofMillis(50));
        at("00:00:43");
        assertThat(pace.pause(0, nanos, false)).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void looksMostOftenAroundAFlush() {
        at("00:00:39.699");
        assertThat(pace.pause(200, nanos, false)).isEqualTo(Duration.ofMillis(20));
        at("00:00:39.700");
        assertThat(pace.pause(200, nanos, false)).isEqualTo(DENSEST);
        at("00:00:42.999");
        assertThat(pace.pause(200, nanos, false)).isEqualTo(DENSEST);
    }

    @Test
    void looksNoMoreOftenThanALongListCanBePopped() {
        at("00:00:40");
        assertThat(pace.pause(1600, nanos, false)).isEqualTo(Duration.ofMillis(8));
        assertThat(pace.pause(100_000, nanos, false)).isEqualTo(Duration.ofMillis(20));
        // What was pushed in the last twenty seconds will be pushed in the next ones.
        assertThat(pace.pause(0, nanos, false)).isEqualTo(DENSEST);
    }

    @Test
    void looksSeldomWhereLittleIsPushed() {
        at("00:00:40");
        assertThat(pace.pause(0, nanos, false)).isEqualTo(Duration.ofMillis(20));
        assertThat(pace.pause(20, nanos, false)).isEqualTo(Duration.ofMillis(10));
    }

    @Test
    void goesOnAsLongAsEntriesWaitForAFlushThatIsLate() {
        at("00:00:51");
        assertThat(pace.pause(9, nanos, false)).isEqualTo(Duration.ofMillis(20));
    }

    @Test
    void goesOnForAMomentAfterTheListIsEmptiedSinceFlushesOverlap() {
        at("00:00:40.3");
        pace.pause(300, nanos, false);
        pace.shrunk(nanos);
        assertThat(pace.isShrinking(nanos)).isTrue();
        assertThat(pace.pause(9, nanos, false)).isEqualTo(DENSEST);
        pace.emptied();
        advance(Duration.ofMillis(999));
        assertThat(pace.pause(9, nanos, false)).isEqualTo(Duration.ofMillis(2));
        advance(Duration.ofMillis(1));
        assertThat(pace.pause(9, nanos, false)).isEqualTo(Duration.ofMillis(10));
        advance(Duration.ofSeconds(1));
        assertThat(pace.pause(9, nanos, false)).isEqualTo(RELAXED);
        at("00:00:59.7");
        assertThat(pace.pause(9, nanos, false)).isEqualTo(DENSEST);
    }

    @Test
    void looksNoMoreOftenAfterAFlushThanLittleIsPushed() {
        at("00:00:40.3");
        pace.pause(40, nanos, false);
        pace.shrunk(nanos);
        pace.emptied();
        assertThat(pace.pause(0, nanos, false)).isEqualTo(Duration.ofMillis(5));
    }

    @Test
    void isReadyForTheNextFlushWhereTheLastOneEndsJustBeforeIt() {
        at("00:00:59.8");
        pace.pause(300, nanos, false);
        pace.shrunk(nanos);
        pace.emptied();
        advance(Duration.ofSeconds(3));
        assertThat(pace.pause(9, nanos, false)).isEqualTo(DENSEST);
    }

    @Test
    void lastsOnlyUntilChangesAreWorthALookWhereRedisTellsOfThem() {
        assertThat(pace.pause(0, nanos, true)).isEqualTo(Duration.ofMillis(20));
        at("00:00:40.3");
        assertThat(pace.pause(300, nanos, true)).isEqualTo(Duration.ofNanos(1_500_000));
        assertThat(pace.pause(0, nanos, true)).isEqualTo(Duration.ofNanos(100_000));
        pace.shrunk(nanos);
        pace.emptied();
        assertThat(pace.pause(0, nanos, true)).isEqualTo(Duration.ofNanos(100_000));
        advance(Duration.ofSeconds(3));
        assertThat(pace.pause(9, nanos, true)).isEqualTo(RELAXED);
    }

    private void at(String time) {
        wall.set(Instant.parse("2026-01-01T" + time + "Z"));
    }

    private void advance(Duration time) {
        wall.advance(time);
        nanos += time.toNanos();
    }
}
