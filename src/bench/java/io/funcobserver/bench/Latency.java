package io.funcobserver.bench;

import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.funcobserver.demo.FreeRunningFunc.Finished;
import io.funcobserver.demo.FuncSchema;

/** From the commit of a row in MySQL to the 2xx for its point, while rows arrive evenly, with the default settings. */
record Latency(Servers servers, Results results) {
    private static final int WARM_UP_SECONDS = 30;

    void run(int seconds) throws Exception {
        List<Finished> committed = new ArrayList<>();
        results.say("latency: " + (WARM_UP_SECONDS + seconds) + " s of " + EvenLoad.PER_SECOND + " rows/s");
        servers.database.execute("TRUNCATE TABLE " + FuncSchema.TASK_RECORD_FUNC);
        EvenLoad load = new EvenLoad(committed::add);
        CountingReceiver.Count before = servers.receiver.count();
        try (Jvm jvm = servers.product("latency", Servers.routes(), Map.of("records.start", "beginning"))) {
            servers.receiver.await(before, 1, 60);
            Arrived arrived = new Arrived();
            servers.receiver.tell(arrived);
            try (Connection connection = servers.database.connect();
                    Statement statement = connection.createStatement()) {
                load.insert(statement, 0, WARM_UP_SECONDS);
                committed.clear();
                Usage.resetPeak(jvm.pid());
                Usage begin = jvm.usage();
                long beginNanos = System.nanoTime();
                load.insert(statement, (long) WARM_UP_SECONDS * EvenLoad.PER_SECOND, seconds);
                Usage end = jvm.usage();
                double elapsed = (System.nanoTime() - beginNanos) / 1e9;
                TimeUnit.SECONDS.sleep(8);
                report("func-call", arrived.share("DFF_func_call", committed));
                report("task-record-func", arrived.share("DFF_task_record_func", committed));
                results.add(
                        "latency",
                        "CPU at 1000 rows/s, share of one core",
                        "≤ 5 %",
                        "%.1f %%",
                        (end.cpuSeconds() - begin.cpuSeconds()) / elapsed * 100);
                results.add(
                        "latency",
                        "RSS at 1000 rows/s, peak",
                        "≤ 125 MiB",
                        end.rssKib() / 1024 + " MiB, " + end.peakRssKib() / 1024 + " MiB");
            } finally {
                servers.receiver.tell(null);
            }
        }
    }

    private void report(String name, Arrived.Share share) {
        long[] sorted = share.nanos();
        results.add(
                "latency",
                name + ": p50, p99, max of " + sorted.length,
                "p99 ≤ 6.2 s",
                "%.2f s, %.2f s, %.2f s",
                Median.percentile(sorted, 0.5) / 1e9,
                Median.percentile(sorted, 0.99) / 1e9,
                sorted[sorted.length - 1] / 1e9);
    }
}
