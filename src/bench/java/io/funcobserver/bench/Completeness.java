package io.funcobserver.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

import io.funcobserver.demo.FreeRunningFunc;
import io.funcobserver.demo.FreeRunningFunc.Finished;
import io.funcobserver.demo.FreeRunningFunc.Load;
import io.funcobserver.demo.FuncSchema;
import io.funcobserver.demo.RedisDatabase;

/**
 * How many of a Func's tasks arrive, while it trims, and what that costs: two products read the same Func, one of them its
 * tables alone. With the default settings.
 */
final class Completeness {
    private static final String PART = "completeness";
    private static final int REDIS_DATABASE = 5;
    private static final int WARM_UP_SECONDS = 45;
    /** Whole periods of Func's flushes. */
    private static final int OTHER_CLIENT_SECONDS = Integer.getInteger("bench.gets", 60);
    /** A flush and a half. */
    private static final int LAST_SECONDS = 30;

    private static final List<String> ROUTES = List.of("func-call", "task-record", "task-record-func");

    private static final List<Load> LOADS = List.of(
            Load.steady("steady50", "syncAPI", 100, 50),
            Load.bursts("burst2000", "asyncAPI", 100, 2000, Duration.ofSeconds(27)),
            Load.steady("limit0", "syncAPI", 0, 10),
            Load.steady("limitNull", "syncAPI", null, 10),
            Load.steady("cron500", "cronJob", 500, 10),
            Load.steady("direct", "direct", null, 5),
            Load.internal("internal", 2));

    private final Servers servers;
    private final Results results;
    private final Path archive;
    private final Queue<Finished> finished = new ConcurrentLinkedQueue<>();

    Completeness(Servers servers, Results results, Path archive) {
        this.servers = servers;
        this.results = results;
        this.archive = archive;
    }

    void run(int seconds) throws Exception {
        results.say(PART + ": " + (2 * OTHER_CLIENT_SECONDS + WARM_UP_SECONDS + seconds + LAST_SECONDS) + " s");
        servers.database.execute("TRUNCATE TABLE " + FuncSchema.TASK_RECORD_FUNC);
        Arrived arrived = new Arrived();
        Arrived ofTables = new Arrived();
        List<Finished> counted;
        long endOfTables;
        try (CountingReceiver other = new CountingReceiver();
                OtherClient client = new OtherClient(servers);
                FreeRunningFunc func = new FreeRunningFunc(
                                servers.database,
                                new RedisDatabase(servers.redis.server(), REDIS_DATABASE),
                                Duration.ofSeconds(20),
                                finished::add)
                        .start(LOADS)) {
            servers.receiver.tell(arrived);
            other.tell(ofTables);
            TimeUnit.SECONDS.sleep(5);
            client.take();
            TimeUnit.SECONDS.sleep(OTHER_CLIENT_SECONDS);
            final long[] without = client.take();
            long begin;
            long end;
            try (Jvm on = servers.product("lists", archive, ROUTES, Map.of())) {
                try (Jvm off = servers.product(
                        "tables", archive, ROUTES, Map.of("records.buffers", "false", "target.url", other.url()))) {
                    TimeUnit.SECONDS.sleep(WARM_UP_SECONDS);
                    begin = System.nanoTime();
                    Usage onBefore = on.usage();
                    Usage offBefore = off.usage();
                    TimeUnit.SECONDS.sleep(seconds);
                    endOfTables = System.nanoTime();
                    cpu(onBefore, on.usage(), offBefore, off.usage(), (System.nanoTime() - begin) / 1e9);
                }
                client.take();
                TimeUnit.SECONDS.sleep(OTHER_CLIENT_SECONDS);
                redis(without, client.take());
                end = System.nanoTime();
                TimeUnit.SECONDS.sleep(LAST_SECONDS);
                counted = finished.stream()
                        .filter(task -> task.endNanos() >= begin && task.endNanos() < end)
                        .toList();
            }
            if (func.failure() != null) {
                throw func.failure();
            }
            results.add(PART, "flushes of Func", String.valueOf(func.flushes()), "");
        } finally {
            servers.receiver.tell(null);
        }
        report(counted, endOfTables, arrived, ofTables);
    }

    private void cpu(Usage onBefore, Usage onAfter, Usage offBefore, Usage offAfter, double seconds) {
        double on = (onAfter.cpuSeconds() - onBefore.cpuSeconds()) / seconds * 100;
        double off = (offAfter.cpuSeconds() - offBefore.cpuSeconds()) / seconds * 100;
        results.add(
                PART,
                "CPU with the lists, with the tables alone, share of one core",
                String.format(Locale.ROOT, "%.2f %%, %.2f %%", on, off),
                "≤ 1 % more");
        results.add(
                PART,
                "RSS with the lists, with the tables alone",
                onAfter.rssKib() / 1024 + " MiB, " + offAfter.rssKib() / 1024 + " MiB",
                "");
    }

    private void redis(long[] without, long[] with) {
        results.add(
                PART,
                "another client's GET p50, p99 without",
                OtherClient.millis(without, 0.5) + ", " + OtherClient.millis(without, 0.99),
                "");
        results.add(
                PART,
                "another client's GET p50, p99 with the lists read",
                OtherClient.millis(with, 0.5) + ", " + OtherClient.millis(with, 0.99),
                "p99 + ≤ 0.5 ms");
    }

    private void report(List<Finished> tasks, long endOfTables, Arrived arrived, Arrived ofTables) {
        for (Load load : LOADS) {
            List<Finished> ofLoad =
                    tasks.stream().filter(task -> task.load() == load).toList();
            String measurement =
                    load.table().equals(FuncSchema.TASK_RECORD) ? "DFF_task_record" : "DFF_task_record_func";
            Arrived.Share share = arrived.share(measurement, ofLoad);
            results.add(PART, load.name() + ": arrived", share.percent(), "100 %");
            results.add(
                    PART,
                    load.name() + ": by the tables alone",
                    ofTables.share(
                                    measurement,
                                    ofLoad.stream()
                                            .filter(task -> task.endNanos() < endOfTables)
                                            .toList())
                            .percent(),
                    "");
        }
        List<Finished> calls = tasks.stream()
                .filter(task -> task.load().table().equals(FuncSchema.TASK_RECORD_FUNC))
                .toList();
        for (String measurement : List.of("DFF_task_record_func", "DFF_func_call")) {
            Arrived.Share share = arrived.share(measurement, calls);
            results.add(PART, measurement + ": arrived", share.percent(), "100 %");
            results.add(
                    PART,
                    measurement + ": end of a task to the answer, p50, p99, max",
                    seconds(share.nanos(), 0.5) + ", " + seconds(share.nanos(), 0.99) + ", "
                            + seconds(share.nanos(), 1),
                    "≤ 1.5 s, ≤ 3 s");
        }
        results.add(
                PART,
                "points that came again, of those with other bytes",
                arrived.again() + ", " + arrived.otherBytes(),
                "0 with other bytes");
    }

    private static String seconds(long[] nanos, double at) {
        return nanos.length == 0 ? "-" : String.format(Locale.ROOT, "%.2f s", Median.percentile(nanos, at) / 1e9);
    }
}
