package io.funcobserver.observe.status;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class HistoryTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final History history = new History(new Readings(registry), 0);
    private long now;

    private Counter spooled(String measurement) {
        return registry.counter("func_observer_points_spooled", "measurement", measurement);
    }

    private void tick() {
        now += 10_000;
        history.tick(now);
    }

    @Test
    void keepsWhatACounterGrewByInEachStep() {
        spooled("a").increment(5);
        tick();
        spooled("a").increment(7);
        tick();
        tick();

        assertThat(history.sums("points_spooled")).containsExactly(5, 7, 0);
    }

    @Test
    void aSeriesThatComesLaterHasZerosBefore() {
        spooled("a").increment(5);
        tick();
        spooled("b").increment(2);
        tick();

        assertThat(history.sums("points_spooled", "measurement", "b")).containsExactly(0, 2);
        assertThat(history.sums("points_spooled")).containsExactly(5, 2);
    }

    @Test
    void keepsAnHour() {
        for (int i = 0; i < 1000; i++) {
            spooled("a").increment(i);
            tick();
        }

        int[] sums = history.sums("points_spooled");
        assertThat(sums).hasSize(360);
        assertThat(sums[359]).isEqualTo(999);
        assertThat(sums[0]).isEqualTo(640);
    }

    @Test
    void isBoundedHoweverManySeriesThereAre() {
        for (int i = 0; i < 10 * History.MAX_SERIES; i++) {
            spooled("m" + i).increment();
        }
        tick();

        assertThat(history.size()).isEqualTo(History.MAX_SERIES);
    }

    @Test
    void aRateIsThatOfTheLastMinute() {
        for (int i = 0; i < 20; i++) {
            spooled("a").increment(i < 10 ? 1_000_000 : 50);
            tick();
        }
        spooled("a").increment(25);

        assertThat(history.perSecond(now + 5000, "points_spooled")).isCloseTo(5, within(0.01));
    }

    @Test
    void aRateIsThatSinceTheStartBefore() {
        spooled("a").increment(40);

        assertThat(history.perSecond(4000, "points_spooled")).isEqualTo(10);
    }

    @Test
    void knowsHowFastTheSpoolGrows() {
        long[] bytes = new long[1];
        Gauge.builder("func_observer_spool_bytes", bytes, one -> one[0])
                .tag("category", "metric")
                .register(registry);
        for (int i = 0; i < 40; i++) {
            bytes[0] += 10 * 1024 * 1024;
            tick();
        }

        assertThat(history.spoolGrowth("category", "metric")).isEqualTo(1024 * 1024);
    }

    @Test
    void whatTheSpoolHeldAtTheStartIsNoGrowth() {
        Gauge.builder("func_observer_spool_bytes", () -> 1L << 30).register(registry);
        tick();
        assertThat(history.spoolGrowth()).isZero();
        tick();
        assertThat(history.spoolGrowth()).isZero();
    }
}
