package io.funcobserver.bench;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.funcobserver.demo.FreeRunningFunc.Finished;
import io.funcobserver.demo.FuncSchema;

/** From the commit of a row in MySQL to the 2xx for its point, while rows arrive evenly, with the default settings. */
final class Latency {
    private static final int PER_SECOND = 1000;
    private static final int AT_ONCE = 50;
    private static final int WARM_UP_SECONDS = 30;

    private final Servers servers;
    private final Results results;
    private final Path archive;

    private final List<Finished> committed = new ArrayList<>();

    Latency(Servers servers, Results results, Path archive) {
        this.servers = servers;
        this.results = results;
        this.archive = archive;
    }

    void run(int seconds) throws Exception {
        results.say("latency: " + (WARM_UP_SECONDS + seconds) + " s of " + PER_SECOND + " rows/s");
        servers.database.execute("TRUNCATE TABLE " + FuncSchema.TASK_RECORD_FUNC);
        Workload workload = new Workload("latency", "task-record-func", PER_SECOND, 200);
        CountingReceiver.Count before = servers.receiver.count();
        try (Jvm jvm = servers.product("latency", archive, Servers.routes(), Map.of("records.start", "beginning"))) {
            servers.receiver.await(before, 1, 60);
            Arrived arrived = new Arrived();
            servers.receiver.tell(arrived);
            try (Connection connection = servers.database.connect();
                    Statement statement = connection.createStatement()) {
                insert(statement, workload, 0, WARM_UP_SECONDS);
                committed.clear();
                Usage.resetPeak(jvm.pid());
                Usage begin = jvm.usage();
                long beginNanos = System.nanoTime();
                insert(statement, workload, (long) WARM_UP_SECONDS * PER_SECOND, seconds);
                Usage end = jvm.usage();
                double elapsed = (System.nanoTime() - beginNanos) / 1e9;
                TimeUnit.SECONDS.sleep(8);
                report("func-call", arrived.share("DFF_func_call", committed));
                report("task-record-func", arrived.share("DFF_task_record_func", committed));
                results.add(
                        "latency",
                        "CPU at 1000 rows/s, share of one core",
                        String.format(Locale.ROOT, "%.1f %%", (end.cpuSeconds() - begin.cpuSeconds()) / elapsed * 100),
                        "≤ 5 %");
                results.add(
                        "latency",
                        "RSS at 1000 rows/s, peak",
                        end.rssKib() / 1024 + " MiB, " + end.peakRssKib() / 1024 + " MiB",
                        "≤ 150 MB");
            } finally {
                servers.receiver.tell(null);
            }
        }
    }

    private void insert(Statement statement, Workload workload, long after, int seconds) throws Exception {
        long begin = System.nanoTime();
        long rows = 0;
        while (rows < (long) seconds * PER_SECOND) {
            statement.execute(workload.insert(FuncSchema.TASK_RECORD_FUNC, after + rows, AT_ONCE)
                    .replace(" (id,", " (seq, id,")
                    .replace("SELECT CONCAT", "SELECT seq + " + (after + rows) + ", CONCAT"));
            long now = System.nanoTime();
            for (int i = 1; i <= AT_ONCE; i++) {
                long number = after + rows + i;
                committed.add(new Finished(null, Workload.id(number), Workload.triggerMs(number), now));
            }
            rows += AT_ONCE;
            long due = begin + rows * TimeUnit.SECONDS.toNanos(1) / PER_SECOND;
            TimeUnit.NANOSECONDS.sleep(Math.max(0, due - System.nanoTime()));
        }
    }

    private void report(String name, Arrived.Share share) {
        long[] sorted = share.nanos();
        results.add(
                "latency",
                name + ": p50, p99, max of " + sorted.length,
                String.format(
                        Locale.ROOT,
                        "%.2f s, %.2f s, %.2f s",
                        Median.percentile(sorted, 0.5) / 1e9,
                        Median.percentile(sorted, 0.99) / 1e9,
                        sorted[sorted.length - 1] / 1e9),
                "p99 ≤ 6.2 s");
    }
}
