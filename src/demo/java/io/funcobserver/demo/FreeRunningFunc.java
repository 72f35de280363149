package io.funcobserver.demo;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;

/**
 * A Func that waits for nobody: its workers push each task when it ends, and its flushers run at their times, trim to the
 * limits, and overlap now and then, whatever a reader does meanwhile.
 *
 * <p>A flush begins on the period's multiples of the wall clock, some milliseconds late, as a worker takes it up.
 */
public final class FreeRunningFunc implements AutoCloseable {
    /**
     * Calls of one API, or internal tasks.
     *
     * @param limit how many records Func keeps of them; 0: none; null: as many as the origin has by default
     * @param atOnce how many tasks follow each other as fast as the workers are
     * @param every from one such burst to the next
     */
    public record Load(String name, String table, String origin, Integer limit, int atOnce, Duration every) {
        public static Load steady(String name, String origin, Integer limit, int perSecond) {
            return bursts(name, origin, limit, 1, Duration.ofSeconds(1).dividedBy(perSecond));
        }

        public static Load bursts(String name, String origin, Integer limit, int atOnce, Duration every) {
            return new Load(name, FuncSchema.TASK_RECORD_FUNC, origin, limit, atOnce, every);
        }

        public static Load internal(String name, int perSecond) {
            return new Load(
                    name,
                    FuncSchema.TASK_RECORD,
                    "",
                    null,
                    1,
                    Duration.ofSeconds(1).dividedBy(perSecond));
        }
    }

    /**
     * A task that has ended and was pushed.
     *
     * @param triggerMs UNIX milliseconds
     * @param endNanos when it ended, by {@link System#nanoTime()}
     */
    public record Finished(Load load, String id, long triggerMs, long endNanos) {}

    /** Workers that share a burst: some 2000 tasks a second, as of a Func with one or two machines. */
    private static final int WORKERS = 8;

    private static final Duration PER_TASK = Duration.ofNanos(3_700_000);
    private static final int LATEST_START_MS = 400;
    private static final int ONE_OVERLAP_IN = 3;
    private static final String LOG = "[+12ms] processed, level=info. ".repeat(20);

    private final FuncLists lists;
    private final RedisDatabase redis;
    private final Duration flushPeriod;
    private final Consumer<Finished> finished;
    private final List<Thread> threads = new ArrayList<>();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final AtomicLong ids = new AtomicLong(ThreadLocalRandom.current().nextLong() >>> 1);
    private final AtomicInteger flushes = new AtomicInteger();
    private volatile Exception failure;

    /**
     * @param flushPeriod 20 s in a real Func
     * @param finished is told of each task before it is pushed, by the thread of its worker
     */
    public FreeRunningFunc(
            FuncDatabase database, RedisDatabase redis, Duration flushPeriod, Consumer<Finished> finished)
            throws SQLException {
        this.lists = new FuncLists(database, redis);
        this.redis = redis;
        this.flushPeriod = flushPeriod;
        this.finished = finished;
    }

    /** Begins, until {@link #close()}. */
    public FreeRunningFunc start(List<Load> loads) {
        for (Load load : loads) {
            int workers = Math.min(WORKERS, load.atOnce());
            for (int worker = 0; worker < workers; worker++) {
                int share = load.atOnce() / workers + (worker < load.atOnce() % workers ? 1 : 0);
                start(load.name() + '-' + worker, () -> work(load, share));
            }
        }
        start("flusher", () -> flushAtTimes(new Random(1)));
        return this;
    }

    private void start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    /** How many flushes have ended. */
    public int flushes() {
        return flushes.get();
    }

    /** What went wrong, or null. */
    public Exception failure() {
        return failure;
    }

    private void work(Load load, int share) {
        try (Jedis jedis = redis.connect()) {
            long due = System.nanoTime();
            while (!await(due)) {
                for (int i = 0; i < share; i++) {
                    finishOne(jedis, load);
                    if (share > 1 && await(System.nanoTime() + PER_TASK.toNanos())) {
                        return;
                    }
                }
                due += load.every().toNanos();
            }
        } catch (JedisException e) {
            failure = e;
        }
    }

    private void finishOne(Jedis jedis, Load load) {
        long now = System.currentTimeMillis();
        Map<String, Object> row = new HashMap<>();
        String id = "task-" + Long.toString(ids.incrementAndGet(), 36);
        row.put("id", id);
        row.put("triggerTimeMs", now - 5);
        row.put("startTimeMs", now - 4);
        row.put("endTimeMs", now);
        row.put("queue", 1);
        row.put("delay", 0);
        row.put("timeout", 30);
        row.put("expires", 3600);
        row.put("ignoreResult", false);
        row.put("status", "success");
        if (load.table().equals(FuncSchema.TASK_RECORD)) {
            row.put("name", load.name());
        } else {
            row.put("scriptSetId", "demo");
            row.put("scriptId", "demo__api");
            row.put("funcId", "demo__api." + load.name());
            row.put("origin", load.origin());
            row.put("originId", load.name());
            row.put("funcCallKwargsJSON", "{\"city\":1}");
            row.put("printLogsTEXT", LOG);
        }
        finished.accept(new Finished(load, id, now - 5, System.nanoTime()));
        lists.finish(jedis, load.table(), row, load.limit());
    }

    private void flushAtTimes(Random random) {
        long period = flushPeriod.toMillis();
        while (!awaitMillis(period - System.currentTimeMillis() % period + random.nextInt(LATEST_START_MS))) {
            start("flush", this::flush);
            if (random.nextInt(ONE_OVERLAP_IN) == 0) {
                awaitMillis(random.nextInt(LATEST_START_MS));
                start("second-flush", this::flush);
            }
        }
    }

    private void flush() {
        try {
            lists.flush(true, (table, row) -> {});
            flushes.incrementAndGet();
        } catch (SQLException | JedisException e) {
            failure = e;
        }
    }

    private boolean awaitMillis(long millis) {
        return await(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis));
    }

    /** @return whether it is over */
    private boolean await(long nanoTime) {
        try {
            return stopping.await(nanoTime - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Ends after what is under way. */
    @Override
    public void close() {
        stopping.countDown();
        for (Thread thread : List.copyOf(threads)) {
            try {
                thread.join(TimeUnit.SECONDS.toMillis(20));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
