package io.funcobserver.demo;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import redis.clients.jedis.exceptions.JedisException;

/**
 * Writes like a busy Func: finished tasks go into the tables in batches of up to 1000, one INSERT a row, in the order of
 * {@code seq}; after each batch all but the newest records are deleted. Queues and keys move in Redis meanwhile.
 *
 * <p>A database that is away is tried again with the next flush; no task is lost meanwhile.
 */
public final class FuncSimulator implements AutoCloseable {
    /**
     * How the simulated Func behaves.
     *
     * @param tasksPerSecond internal tasks and calls together; one in four is internal
     * @param flushPeriod between two flushes (20 s in a real Func)
     * @param trims whether old records are deleted as Func does
     * @param remembers whether {@link #written()} keeps every row
     * @param lists whether tasks wait in Func's Redis lists for the flush, as in a real Func
     * @param seed the same seed makes the same tasks, but for their times
     */
    public record Settings(
            double tasksPerSecond, Duration flushPeriod, boolean trims, boolean remembers, long seed, boolean lists) {
        /** 300 tasks a second, a flush every 20 s as in a real Func, through the lists, trimming. */
        public static Settings demo() {
            return new Settings(300, Duration.ofSeconds(20), true, false, 1, true);
        }

        /** No trimming, every row remembered. */
        public static Settings test() {
            return new Settings(300, Duration.ofMillis(200), false, true, 1, false);
        }

        public Settings withTasksPerSecond(double tasks) {
            return new Settings(tasks, flushPeriod, trims, remembers, seed, lists);
        }

        public Settings withFlushPeriod(Duration period) {
            return new Settings(tasksPerSecond, period, trims, remembers, seed, lists);
        }

        public Settings withTrims(boolean trim) {
            return new Settings(tasksPerSecond, flushPeriod, trim, remembers, seed, lists);
        }

        public Settings withSeed(long other) {
            return new Settings(tasksPerSecond, flushPeriod, trims, remembers, other, lists);
        }
    }

    /** A row that the database has acknowledged. */
    public record Written(String table, long seq, String id) {}

    private record Task(String table, Map<String, Object> row) {}

    private static final int BATCH = 1000;
    private static final int ONE_INTERNAL_IN = 4;
    private static final long PUSH_MILLIS = 200;

    private final FuncDatabase database;
    private final RedisActivity redis;
    private final RedisDatabase keys;
    private FuncLists lists;
    private final Settings settings;
    private final Tasks tasks;
    private final Random random;
    private final Map<String, Integer> limits;
    private final Deque<Task> buffer = new ArrayDeque<>();
    private final List<Written> written = new ArrayList<>();
    private final AtomicLong rows = new AtomicLong();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile Exception lastFailure;
    private Thread thread;
    /** Which period's flush was the last one; the first one waits for its time. */
    private long flushed;

    /** @param redis null to leave Redis alone */
    public FuncSimulator(FuncDatabase database, RedisDatabase redis, Settings settings) {
        this.database = database;
        this.settings = settings;
        this.random = new Random(settings.seed());
        this.keys = redis;
        this.redis = redis == null ? null : new RedisActivity(redis, new Random(settings.seed()));
        this.tasks = new Tasks(database.schema(), random, Clock.systemUTC());
        this.limits = tasks.limits();
    }

    /** Begins to write, on a thread of its own, until {@link #close()}. */
    public synchronized FuncSimulator start() {
        thread = new Thread(this::run, "func");
        thread.setDaemon(true);
        thread.start();
        return this;
    }

    /**
     * Writes exactly so many tasks now, of both tables, and trims when told to; not while {@link #start()} writes.
     *
     * @throws SQLException when a row is refused; the tasks not yet written go out with the next call
     */
    public void insert(int count) throws SQLException {
        finish(count);
        flush();
    }

    /** How many rows the database has acknowledged. */
    public long rows() {
        return rows.get();
    }

    /** Every acknowledged row in order, when the settings say to remember. */
    public List<Written> written() {
        synchronized (written) {
            return List.copyOf(written);
        }
    }

    /** The acknowledged rows of one table. */
    public List<Written> written(String table) {
        return written().stream().filter(row -> row.table().equals(table)).toList();
    }

    /** What went wrong at the last flush; null when it went well. */
    public Exception lastFailure() {
        return lastFailure;
    }

    /** Ends after the flush that is under way. */
    @Override
    public void close() {
        stopping.countDown();
        Thread running = thread;
        if (running != null) {
            try {
                running.join(TimeUnit.SECONDS.toMillis(5));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void run() {
        long start = System.nanoTime();
        flushed =
                System.currentTimeMillis() / Math.max(1, settings.flushPeriod().toMillis());
        long finished = 0;
        try {
            do {
                double seconds = (System.nanoTime() - start) / 1e9;
                long due = (long) (seconds * settings.tasksPerSecond());
                finish((int) (due - finished));
                finished = due;
                try {
                    moveRedis();
                    if (settings.lists()) {
                        push();
                        flushLists();
                    } else {
                        flush();
                    }
                    lastFailure = null;
                } catch (SQLException | JedisException e) {
                    lastFailure = e;
                }
            } while (!stopping.await(pauseMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void finish(int count) {
        for (int i = 0; i < count; i++) {
            buffer.add(
                    random.nextInt(ONE_INTERNAL_IN) == 0
                            ? new Task(FuncSchema.TASK_RECORD, tasks.internalTask())
                            : new Task(FuncSchema.TASK_RECORD_FUNC, tasks.funcCall()));
        }
    }

    private long pauseMillis() {
        long period = settings.flushPeriod().toMillis();
        return settings.lists() ? Math.min(PUSH_MILLIS, period) : period;
    }

    /** What has finished waits in the lists for the next flush. */
    private void push() throws SQLException {
        if (lists == null) {
            lists = new FuncLists(database, keys);
        }
        for (Task task = buffer.poll(); task != null; task = buffer.poll()) {
            lists.push(
                    task.table(),
                    List.of(task.row()),
                    task.row().get("originId") instanceof String origin ? limits.get(origin) : null);
        }
    }

    private void flushLists() throws SQLException {
        long now = System.currentTimeMillis() / settings.flushPeriod().toMillis();
        if (now != flushed) {
            flushed = now;
            lists.flush(
                    settings.trims(), (table, row) -> acknowledged(table, ((Number) row.get("seq")).longValue(), row));
        }
    }

    private void acknowledged(String table, long seq, Map<String, Object> row) {
        rows.incrementAndGet();
        if (settings.remembers()) {
            synchronized (written) {
                written.add(new Written(table, seq, row.get("id").toString()));
            }
        }
    }

    private void moveRedis() {
        if (redis != null) {
            redis.step();
        }
    }

    private void flush() throws SQLException {
        if (buffer.isEmpty()) {
            return;
        }
        try (Connection connection = database.connect()) {
            while (!buffer.isEmpty()) {
                flushBatch(connection);
            }
        }
    }

    private void flushBatch(Connection connection) throws SQLException {
        Set<String> origins = new LinkedHashSet<>();
        for (int i = 0; i < BATCH && !buffer.isEmpty(); i++) {
            Task task = buffer.peek();
            long seq = insert(connection, task);
            buffer.remove();
            acknowledged(task.table(), seq, task.row());
            if (task.row().get("originId") instanceof String originId) {
                origins.add(originId);
            }
        }
        if (settings.trims()) {
            trim(connection, origins);
        }
    }

    private long insert(Connection connection, Task task) throws SQLException {
        try {
            return database.insert(connection, task.table(), task.row());
        } catch (SQLIntegrityConstraintViolationException e) {
            // It had arrived before an outage kept the answer back.
            return database.number("SELECT seq FROM " + task.table() + " WHERE id = '"
                    + task.row().get("id") + "'");
        }
    }

    private void trim(Connection connection, Set<String> origins) throws SQLException {
        FuncLists.trim(connection, FuncSchema.TASK_RECORD, "", FuncLists.INTERNAL_LIMIT);
        for (String originId : origins) {
            FuncLists.trim(connection, FuncSchema.TASK_RECORD_FUNC, originId, limits.get(originId));
        }
    }
}
