package io.funcobserver.bench;

import java.io.IOException;
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
record Completeness(Servers servers, Results results) {
    private static final String PART = "completeness";
    private static final int REDIS_DATABASE = 5;
    private static final int WARM_UP_SECONDS = Integer.getInteger("bench.warmup", 45);
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

    void run(int seconds) throws Exception {
        Queue<Finished> finished = new ConcurrentLinkedQueue<>();
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
            try (Jvm on = servers.product("lists", ROUTES, Map.of())) {
                try (Jvm off = servers.product(
                        "tables", ROUTES, Map.of("records.buffers", "false", "target.url", other.url()))) {
                    TimeUnit.SECONDS.sleep(WARM_UP_SECONDS);
                    begin = System.nanoTime();
                    Cost onBefore = Cost.of(on, servers.receiver);
                    Cost offBefore = Cost.of(off, other);
                    TimeUnit.SECONDS.sleep(seconds);
                    endOfTables = System.nanoTime();
                    cost(
                            Cost.of(on, servers.receiver).minus(onBefore),
                            Cost.of(off, other).minus(offBefore),
                            (endOfTables - begin) / 1e9);
                    memory(on.usage(), off.usage());
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
            results.add(PART, "flushes of Func", "", String.valueOf(func.flushes()));
        } finally {
            servers.receiver.tell(null);
        }
        report(counted, endOfTables, arrived, ofTables);
    }

    /**
     * What a product has spent, and what it has delivered for that.
     *
     * @param looks CPU seconds of the two threads that look at the lists and are told of changes, which are part of {@code cpu}
     */
    private record Cost(double cpu, double looks, long points, long requests) {
        static Cost of(Jvm product, CountingReceiver receiver) throws IOException {
            CountingReceiver.Count count = receiver.count();
            return new Cost(
                    product.usage().cpuSeconds(),
                    Usage.ofThreads(product.pid(), "list-"),
                    count.lineFeeds(),
                    count.requests());
        }

        Cost minus(Cost before) {
            return new Cost(cpu - before.cpu, looks - before.looks, points - before.points, requests - before.requests);
        }

        double microsOfPoint() {
            return (cpu - looks) / points * 1e6;
        }
    }

    /** Points from the lists are more than those of the tables: what is due to the looks is apart from what is due to them. */
    private void cost(Cost lists, Cost tables, double seconds) {
        results.add(
                PART,
                "CPU with the lists, with the tables alone, share of one core",
                "≤ 1 % more",
                "%.2f %%, %.2f %%",
                lists.cpu() / seconds * 100,
                tables.cpu() / seconds * 100);
        results.add(
                PART,
                "of that the looks at the lists, share of one core",
                "",
                "%.2f %%",
                lists.looks() / seconds * 100);
        results.add(
                PART,
                "points in requests, with the lists, with the tables alone",
                "",
                "%d in %d, %d in %d",
                lists.points(),
                lists.requests(),
                tables.points(),
                tables.requests());
        results.add(
                PART,
                "CPU a point without the looks, with the lists, with the tables alone",
                "",
                "%.0f µs, %.0f µs",
                lists.microsOfPoint(),
                tables.microsOfPoint());
    }

    private void memory(Usage lists, Usage tables) {
        results.add(
                PART,
                "RSS with the lists, with the tables alone",
                "",
                lists.rssKib() / 1024 + " MiB, " + tables.rssKib() / 1024 + " MiB");
    }

    private void redis(long[] without, long[] with) {
        results.add(
                PART,
                "another client's GET p50, p99 without",
                "",
                OtherClient.millis(without, 0.5) + ", " + OtherClient.millis(without, 0.99));
        results.add(
                PART,
                "another client's GET p50, p99 with the lists read",
                "p99 + ≤ 0.5 ms",
                OtherClient.millis(with, 0.5) + ", " + OtherClient.millis(with, 0.99));
    }

    private void report(List<Finished> tasks, long endOfTables, Arrived arrived, Arrived ofTables) {
        for (Load load : LOADS) {
            List<Finished> ofLoad =
                    tasks.stream().filter(task -> task.load() == load).toList();
            String measurement =
                    load.table().equals(FuncSchema.TASK_RECORD) ? "DFF_task_record" : "DFF_task_record_func";
            Arrived.Share share = arrived.share(measurement, ofLoad);
            results.add(PART, load.name() + ": arrived", "100 %", share.percent());
            results.add(
                    PART,
                    load.name() + ": by the tables alone",
                    "",
                    ofTables.share(
                                    measurement,
                                    ofLoad.stream()
                                            .filter(task -> task.endNanos() < endOfTables)
                                            .toList())
                            .percent());
        }
        List<Finished> calls = tasks.stream()
                .filter(task -> task.load().table().equals(FuncSchema.TASK_RECORD_FUNC))
                .toList();
        for (String measurement : List.of("DFF_task_record_func", "DFF_func_call")) {
            Arrived.Share share = arrived.share(measurement, calls);
            results.add(PART, measurement + ": arrived", "100 %", share.percent());
            results.add(
                    PART,
                    measurement + ": end of a task to the answer, p50, p99, max",
                    "≤ 1.5 s, ≤ 3 s",
                    seconds(share.nanos(), 0.5) + ", " + seconds(share.nanos(), 0.99) + ", "
                            + seconds(share.nanos(), 1));
        }
        results.add(
                PART,
                "points that came again, of those with other bytes",
                "0 with other bytes",
                arrived.again() + ", " + arrived.otherBytes());
    }

    private static String seconds(long[] nanos, double at) {
        return nanos.length == 0 ? "-" : String.format(Locale.ROOT, "%.2f s", Median.percentile(nanos, at) / 1e9);
    }
}
