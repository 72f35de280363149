package io.funcobserver.app;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import io.funcobserver.check.FuncWatch;
import io.funcobserver.config.Settings;
import io.funcobserver.func.FuncCallCounts;
import io.funcobserver.observe.Completeness;
import io.funcobserver.observe.HealthState;
import io.funcobserver.redis.KeyScan;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

/** What is looked at in Func from time to time while the product runs, by one thread that nothing waits for. */
final class FuncRounds implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FuncRounds.class);
    private static final Duration WATCH = Duration.ofMinutes(5);

    /** The start has enough to do. */
    private static final Duration FIRST_WATCH = Duration.ofSeconds(5);

    /** A function that this process has seen a call of is known at once. */
    private static final Duration FUNCTIONS = Duration.ofMinutes(15);

    private static final Duration COMPARE = Duration.ofMinutes(1);

    private final ScheduledExecutorService rounds = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "func-rounds");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * @param waitingSince when the oldest request with calls was spooled that is still to be delivered; null for none
     * @param stopping whether the process is about to end
     */
    FuncRounds(
            Settings settings,
            HealthState health,
            StringRedisTemplate redis,
            Completeness completeness,
            Supplier<Instant> waitingSince,
            BooleanSupplier stopping) {
        FuncWatch watch = new FuncWatch(settings, health);
        FuncCallCounts counts =
                new FuncCallCounts(redis, settings.text("func.app-name"), Completeness.MOST_FUNCTIONS, stopping);
        every(WATCH, FIRST_WATCH, watch::look);
        KeyScan keys = new KeyScan(redis, KeyScan.Pace.GENTLE, stopping);
        every(FUNCTIONS, COMPARE, () -> counts.findFunctions(keys));
        every(COMPARE, COMPARE, () -> completeness.refresh(counts::between, waitingSince));
    }

    private void every(Duration period, Duration first, Runnable work) {
        rounds.scheduleWithFixedDelay(
                () -> {
                    try {
                        work.run();
                    } catch (RuntimeException e) {
                        // A source that is down is reported by its measurements; the next round may find it up.
                        LOG.debug("A look at Func failed", e);
                    }
                },
                first.toMillis(),
                period.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        rounds.shutdownNow();
    }
}
