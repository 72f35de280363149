package io.funcobserver.observe;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CompletenessTest {
    private static final long START = Instant.parse("2026-01-01T00:00:30Z").getEpochSecond();

    private final Wall clock = new Wall();
    private final Completeness completeness = new Completeness(clock);

    @Test
    void comparesTheCallsOfEachFunctionMinuteByMinute() {
        seen("a", 3, START + 60);
        seen("a", 1, START + 120);
        seen("b", 2, START + 60);
        clock.seconds = START + 600;
        refresh(Map.of(
                "a", Map.of(minute(START + 60), 3L, minute(START + 120), 4L), "b", Map.of(minute(START + 60), 2L)));
        assertThat(completeness.worstFirst())
                .containsExactly(new Completeness.Share("a", 7, 4), new Completeness.Share("b", 2, 2));
        assertThat(completeness.total().ratio()).isEqualTo(6 / 9.0);
    }

    @Test
    void aResendDoesNotHideWhatIsMissing() {
        seen("a", 10, START + 60);
        clock.seconds = START + 600;
        refresh(Map.of("a", Map.of(minute(START + 60), 5L, minute(START + 120), 5L)));
        assertThat(completeness.total()).isEqualTo(new Completeness.Share("", 10, 5));
    }

    @Test
    void asksForTheSixtyFullMinutesThatEndedTwoMinutesAgo() {
        clock.seconds = START + 3 * 3600;
        completeness.refresh((first, last) -> {
            assertThat(Instant.ofEpochSecond(last)).isEqualTo("2026-01-01T02:57:00Z");
            assertThat(Instant.ofEpochSecond(first)).isEqualTo("2026-01-01T01:58:00Z");
            return Map.of();
        });
        assertThat(completeness.total().ratio()).isNaN();
    }

    @Test
    void countsFromTheFirstFullMinuteAfterTheStart() {
        clock.seconds = START + 240;
        completeness.refresh((first, last) -> {
            assertThat(Instant.ofEpochSecond(first)).isEqualTo("2026-01-01T00:01:00Z");
            return Map.of();
        });
        Completeness young = new Completeness(clock);
        young.refresh((first, last) -> {
            throw new AssertionError("asked for minutes before the start");
        });
    }

    @Test
    void callsStayCountedForTheWholeHour() {
        seen("a", 1, START + 60);
        clock.seconds = START + 61 * 60;
        seen("a", 1, clock.seconds);
        refresh(Map.of("a", Map.of(minute(START + 60), 1L)));
        assertThat(completeness.total().ratio()).isEqualTo(1);
    }

    @Test
    void forgetsFunctionsThatAreNoLongerCalledAndKeepsNoMoreThanItsBound() {
        for (int i = 0; i < Completeness.MOST_FUNCTIONS + 10; i++) {
            seen("f" + i, 1, START + 60);
        }
        clock.seconds = START + 600;
        Map<String, Map<Long, Long>> all = new HashMap<>();
        for (int i = 0; i < Completeness.MOST_FUNCTIONS + 10; i++) {
            all.put("f" + i, Map.of(minute(START + 60), 1L));
        }
        refresh(all);
        assertThat(completeness.total().seen()).isEqualTo(Completeness.MOST_FUNCTIONS);
        clock.seconds = START + 3 * 3600;
        refresh(Map.of());
        seen("new", 1, clock.seconds);
        long then = clock.seconds;
        clock.seconds += 600;
        refresh(Map.of("new", Map.of(minute(then), 1L)));
        assertThat(completeness.total().seen()).isEqualTo(1);
    }

    @Test
    void takesNoNoticeOfTimesThatCannotBe() {
        for (long time :
                List.of(0L, -1L, Long.MIN_VALUE, Long.MAX_VALUE, (START + 7200) * 1000, (START - 7200) * 1000)) {
            completeness.seen("a", time);
        }
        completeness.seen(null, START * 1000);
        clock.seconds = START + 600;
        refresh(Map.of("a", Map.of(minute(START + 60), 1L)));
        assertThat(completeness.total().seen()).isZero();
    }

    @Test
    void countsEveryCallOfManyThreads() {
        CompletableFuture<?>[] threads = new CompletableFuture<?>[4];
        clock.seconds = START + 60;
        for (int i = 0; i < threads.length; i++) {
            threads[i] = CompletableFuture.runAsync(() -> {
                for (int call = 0; call < 25_000; call++) {
                    completeness.seen("a", (START + 60) * 1000);
                }
            });
        }
        CompletableFuture.allOf(threads).join();
        clock.seconds = START + 600;
        refresh(Map.of("a", Map.of(minute(START + 60), 1_000_000L)));
        assertThat(completeness.total().seen()).isEqualTo(100_000);
    }

    @Test
    void isAMetric() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        new Metrics(registry).completeness(completeness);
        seen("a", 1, START + 60);
        clock.seconds = START + 600;
        refresh(Map.of("a", Map.of(minute(START + 60), 4L)));
        assertThat(registry.get("func_observer_completeness_ratio").gauge().value())
                .isEqualTo(0.25);
        assertThat(registry.get("func_observer_func_calls_counted").gauge().value())
                .isEqualTo(4);
    }

    private void seen(String function, int times, long second) {
        clock.seconds = Math.max(clock.seconds, second);
        for (int i = 0; i < times; i++) {
            completeness.seen(function, second * 1000 + i);
        }
    }

    private void refresh(Map<String, Map<Long, Long>> counted) {
        completeness.refresh((first, last) -> counted);
    }

    private static long minute(long second) {
        return second / 60 * 60;
    }

    private static final class Wall extends Clock {
        private volatile long seconds = START;

        @Override
        public Instant instant() {
            return Instant.ofEpochSecond(seconds);
        }

        @Override
        public ZoneOffset getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
            return this;
        }
    }
}
