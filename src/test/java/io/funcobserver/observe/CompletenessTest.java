package io.funcobserver.observe;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import io.funcobserver.testing.SettableClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CompletenessTest {
    private static final long START = Instant.parse("2026-01-01T00:00:30Z").getEpochSecond();

    private final SettableClock clock = new SettableClock(Instant.ofEpochSecond(START));
    private Instant waitingSince;
    private final Completeness completeness = new Completeness(clock, Duration.ofSeconds(5));

    @Test
    void comparesTheCallsOfEachFunctionMinuteByMinute() {
        spooled("a", 3, START + 60);
        spooled("a", 1, START + 120);
        spooled("b", 2, START + 60);
        at(START + 600);
        refresh(Map.of(
                "a", Map.of(minute(START + 60), 3L, minute(START + 120), 4L), "b", Map.of(minute(START + 60), 2L)));
        assertThat(completeness.worstFirst())
                .containsExactly(new Completeness.Share("a", 7, 4), new Completeness.Share("b", 2, 2));
        assertThat(completeness.total().ratio()).isEqualTo(6 / 9.0);
    }

    @Test
    void asksForTheFunctionsThatItHasSeen() {
        spooled("a", 1, START + 60);
        at(START + 300);
        completeness.refresh(
                (called, first, last) -> {
                    assertThat(called).containsExactly("a");
                    return Map.of();
                },
                () -> Instant.EPOCH);
    }

    @Test
    void aResendDoesNotHideWhatIsMissing() {
        spooled("a", 10, START + 60);
        at(START + 600);
        refresh(Map.of("a", Map.of(minute(START + 60), 5L, minute(START + 120), 5L)));
        assertThat(completeness.total()).isEqualTo(new Completeness.Share("", 10, 5));
    }

    @Test
    void countsNoCallThatWasSpooledAfterWhatStillWaits() {
        Map<String, Map<Long, Long>> counted =
                Map.of("a", Map.of(minute(START + 60), 1L, minute(START + 120), 1L, minute(START + 180), 1L));
        for (int minute = 1; minute <= 3; minute++) {
            spooled("a", 1, START + minute * 60);
            clock.advance(Duration.ofSeconds(10));
            waitingSince = minute == 1 ? null : Instant.ofEpochSecond(START + 120);
            refresh(counted);
        }
        at(START + 600);
        refresh(counted);
        assertThat(completeness.total()).isEqualTo(new Completeness.Share("", 3, 1));
        waitingSince = Instant.ofEpochSecond(START + 180);
        refresh(counted);
        assertThat(completeness.total().delivered()).isEqualTo(2);
        waitingSince = null;
        refresh(counted);
        assertThat(completeness.total().delivered()).isEqualTo(3);
    }

    @Test
    void catchesUpAfterAnOutageOfAnyLength() {
        waitingSince = Instant.ofEpochSecond(START + 60);
        Map<Long, Long> counted = new HashMap<>();
        for (int minute = 1; minute <= 40; minute++) {
            spooled("a", 2, START + minute * 60);
            counted.put(minute(START + minute * 60), 2L);
            refresh(Map.of("a", counted));
        }
        at(START + 45 * 60);
        refresh(Map.of("a", counted));
        assertThat(completeness.total()).isEqualTo(new Completeness.Share("", 80, 0));
        waitingSince = Instant.ofEpochSecond(START + 20 * 60);
        refresh(Map.of("a", counted));
        assertThat(completeness.total().delivered()).isBetween(2L, 40L);
        waitingSince = null;
        refresh(Map.of("a", counted));
        assertThat(completeness.total().delivered()).isEqualTo(80);
    }

    @Test
    void countsTheTargetThatLacksMost() {
        spooled("a", 5, START + 60);
        completeness.correct("one", "a", (START + 60) * 1000, -1);
        completeness.correct("two", "a", (START + 60) * 1000, -3);
        at(START + 600);
        Map<String, Map<Long, Long>> counted = Map.of("a", Map.of(minute(START + 60), 5L));
        refresh(counted);
        assertThat(completeness.total().delivered()).isEqualTo(2);
        completeness.correct("two", "a", (START + 60) * 1000, 3);
        refresh(counted);
        assertThat(completeness.total().delivered()).isEqualTo(4);
    }

    @Test
    void asksForTheSixtyFullMinutesThatEndedTwoMinutesAgo() {
        at(START + 3 * 3600);
        completeness.refresh(
                (called, first, last) -> {
                    assertThat(Instant.ofEpochSecond(last)).isEqualTo("2026-01-01T02:57:00Z");
                    assertThat(Instant.ofEpochSecond(first)).isEqualTo("2026-01-01T01:58:00Z");
                    return Map.of();
                },
                () -> null);
        assertThat(completeness.total().ratio()).isNaN();
    }

    @Test
    void countsFromTheFirstFullMinuteAfterTheStart() {
        at(START + 240);
        completeness.refresh(
                (called, first, last) -> {
                    assertThat(Instant.ofEpochSecond(first)).isEqualTo("2026-01-01T00:01:00Z");
                    return Map.of();
                },
                () -> null);
        Completeness young = new Completeness(clock, Duration.ofSeconds(5));
        young.refresh(
                (called, first, last) -> {
                    throw new AssertionError("asked for minutes before the start");
                },
                () -> null);
    }

    @Test
    void callsStayCountedForTheWholeHour() {
        spooled("a", 1, START + 60);
        at(START + 61 * 60);
        spooled("a", 1, now());
        refresh(Map.of("a", Map.of(minute(START + 60), 1L)));
        assertThat(completeness.total().ratio()).isEqualTo(1);
    }

    @Test
    void forgetsFunctionsThatAreNoLongerCalledAndKeepsNoMoreThanItsBound() {
        for (int i = 0; i < Completeness.MOST_FUNCTIONS + 10; i++) {
            spooled("f" + i, 1, START + 60);
        }
        at(START + 600);
        Map<String, Map<Long, Long>> all = new HashMap<>();
        for (int i = 0; i < Completeness.MOST_FUNCTIONS + 10; i++) {
            all.put("f" + i, Map.of(minute(START + 60), 1L));
        }
        refresh(all);
        assertThat(completeness.total().delivered()).isEqualTo(Completeness.MOST_FUNCTIONS);
        at(START + 3 * 3600);
        refresh(Map.of());
        spooled("new", 1, now());
        long then = now();
        clock.advance(Duration.ofSeconds(600));
        refresh(Map.of("new", Map.of(minute(then), 1L)));
        assertThat(completeness.total().delivered()).isEqualTo(1);
    }

    @Test
    void takesNoNoticeOfTimesThatCannotBe() {
        for (long time :
                List.of(0L, -1L, Long.MIN_VALUE, Long.MAX_VALUE, (START + 7200) * 1000, (START - 7200) * 1000)) {
            completeness.spooled("a", time, 1);
        }
        completeness.spooled("", START * 1000, 1);
        at(START + 600);
        refresh(Map.of("a", Map.of(minute(START + 60), 1L)));
        assertThat(completeness.total().delivered()).isZero();
    }

    @Test
    void countsEveryCallOfManyThreads() {
        CompletableFuture<?>[] threads = new CompletableFuture<?>[4];
        at(START + 60);
        for (int i = 0; i < threads.length; i++) {
            threads[i] = CompletableFuture.runAsync(() -> {
                for (int call = 0; call < 25_000; call++) {
                    completeness.spooled("a", (START + 60) * 1000, 1);
                }
            });
        }
        CompletableFuture.allOf(threads).join();
        at(START + 600);
        refresh(Map.of("a", Map.of(minute(START + 60), 1_000_000L)));
        assertThat(completeness.total().delivered()).isEqualTo(100_000);
    }

    @Test
    void isAMetric() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        new Metrics(registry).completeness(completeness);
        spooled("a", 1, START + 60);
        at(START + 600);
        refresh(Map.of("a", Map.of(minute(START + 60), 4L)));
        assertThat(registry.get("func_observer_completeness_ratio").gauge().value())
                .isEqualTo(0.25);
        assertThat(registry.get("func_observer_func_calls_counted").gauge().value())
                .isEqualTo(4);
    }

    private void at(long second) {
        clock.set(Instant.ofEpochSecond(second));
    }

    private long now() {
        return clock.instant().getEpochSecond();
    }

    private void spooled(String function, int times, long second) {
        at(Math.max(now(), second));
        for (int i = 0; i < times; i++) {
            completeness.spooled(function, second * 1000 + i, 1);
        }
    }

    private void refresh(Map<String, Map<Long, Long>> counted) {
        // What was spooled up to one comparison is delivered by the next at the earliest.
        completeness.refresh((called, first, last) -> counted, () -> waitingSince);
        clock.advance(Duration.ofSeconds(10));
        completeness.refresh((called, first, last) -> counted, () -> waitingSince);
    }

    private static long minute(long second) {
        return second / 60 * 60;
    }
}
