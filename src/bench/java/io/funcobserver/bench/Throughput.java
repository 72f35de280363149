package io.funcobserver.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How fast a table of records is read and delivered, by the product and by the floor in turns.
 *
 * <p>Both are processes that have sent a gigabyte in three runs or more before, so that neither's compiler is measured; the
 * first of these runs is reported apart. The table comes all at once, by a rename; a run ends with the last 2xx.
 */
record Throughput(Servers servers, Results results, int runs) {
    private static final long LONGEST_SECONDS = 60;
    private static final int LEAST_WARM_UP_RUNS = 3;
    /** A thousand requests: what runs for each of them is compiled by then. */
    private static final long WARM_UP_BYTES = 1000L << 20;
    /** What happens after the last answer (settling, garbage) belongs to the run. */
    private static final long SETTLE_MILLIS = 300;

    private record Run(double rowsPerSecond, double megabytesPerSecond, double cpuSecondsPerMillion, long bytes) {}

    void run(Workload workload) throws Exception {
        results.say(workload.name() + ": filling " + workload.rows() + " rows");
        workload.fill(servers.database);
        List<Run> floor = new ArrayList<>();
        List<Run> product = new ArrayList<>();
        // Without waiting for more to come: how long a batch waits is a setting, and no speed. Without Func's lists: of
        // rows
        // that are read while a list is, the ids are remembered, and here the same rows come again with each run.
        Map<String, String> properties = Map.of(
                "records.start",
                "beginning",
                "records.buffers",
                "false",
                "batch.max-delay",
                "100ms",
                "measurement." + workload.route() + ".period",
                "50ms");
        try (Jvm floorJvm = servers.floor(workload.route());
                Jvm productJvm =
                        servers.product("product-" + workload.route(), List.of(workload.route()), properties)) {
            // It has to have seen the empty table before.
            await(() -> Files.exists(
                    servers.work("product-" + workload.route()).resolve("data/cursors/" + workload.route() + ".json")));
            for (int i = 0; i < warmUpRuns(floor) + runs; i++) {
                floor.add(floorRun(floorJvm, workload));
                product.add(productRun(productJvm, workload));
                say("floor", floor.get(i));
                say("product", product.get(i));
                if (floor.get(i).bytes() != product.get(i).bytes()) {
                    throw new IllegalStateException(
                            "the floor sent " + floor.get(i).bytes() + " bytes of lines, the product "
                                    + product.get(i).bytes());
                }
            }
            results.add(workload.name(), "peak RSS", "", productJvm.usage().peakRssKib() / 1024 + " MiB");
        }
        report(workload, floor, product);
    }

    private void say(String who, Run run) {
        results.say(
                "  %-8s %,9.0f rows/s %6.1f MB/s %6.2f CPU s/M",
                who, run.rowsPerSecond(), run.megabytesPerSecond(), run.cpuSecondsPerMillion());
    }

    private void report(Workload workload, List<Run> floor, List<Run> product) {
        String part = workload.name();
        boolean calls = workload.route().equals("func-call");
        boolean records = workload.messageBytes() == 1000;
        add(part, "floor, rows/s", "%,.0f", floor, Run::rowsPerSecond);
        add(part, "rows/s", "%,.0f", product, Run::rowsPerSecond);
        add(part, "MB/s of lines", "%.1f", product, Run::megabytesPerSecond);
        add(part, "floor, CPU s per million rows", "%.2f", floor, Run::cpuSecondsPerMillion);
        add(part, "CPU s per million rows", "%.2f", product, Run::cpuSecondsPerMillion);
        List<Double> speed = new ArrayList<>();
        List<Double> economy = new ArrayList<>();
        for (int i = warmUpRuns(floor); i < floor.size(); i++) {
            speed.add(product.get(i).rowsPerSecond() / floor.get(i).rowsPerSecond());
            economy.add(floor.get(i).cpuSecondsPerMillion() / product.get(i).cpuSecondsPerMillion());
        }
        results.add(
                part,
                "rows/s over the floor",
                calls ? "≥ 1.1" : records ? "≥ 1.4" : "",
                Median.of(speed).text("%.2f"));
        results.add(
                part,
                "rows per CPU s over the floor",
                calls ? "≥ 0.9" : records ? "≥ 1.1" : "",
                Median.of(economy).text("%.2f"));
        results.add(
                part,
                "first run of a process: rows/s over the floor",
                "",
                "%.2f",
                product.get(0).rowsPerSecond() / floor.get(0).rowsPerSecond());
    }

    private static int warmUpRuns(List<Run> runs) {
        return runs.isEmpty()
                ? LEAST_WARM_UP_RUNS
                : Math.max(
                        LEAST_WARM_UP_RUNS, (int) (WARM_UP_BYTES / runs.get(0).bytes()));
    }

    private void add(
            String part, String figure, String form, List<Run> runs, java.util.function.ToDoubleFunction<Run> value) {
        List<Double> values =
                runs.stream().skip(warmUpRuns(runs)).map(value::applyAsDouble).toList();
        results.add(part, figure, "", Median.of(values).text(form));
    }

    private Run floorRun(Jvm jvm, Workload workload) throws Exception {
        return measured(jvm, workload, () -> jvm.tell("run"));
    }

    private Run productRun(Jvm jvm, Workload workload) throws Exception {
        Run run = measured(jvm, workload, () -> Workload.show(servers.database));
        Workload.hide(servers.database);
        // It takes the empty table for a truncated one, and will begin again at its beginning.
        await(() -> cursor(workload).contains("\"seq\":\"0\""));
        return run;
    }

    private String cursor(Workload workload) throws IOException {
        return Files.readString(
                servers.work("product-" + workload.route()).resolve("data/cursors/" + workload.route() + ".json"));
    }

    @FunctionalInterface
    private interface Action {
        void go() throws Exception;
    }

    private Run measured(Jvm jvm, Workload workload, Action start) throws Exception {
        CountingReceiver.Count before = servers.receiver.count();
        Usage idle = jvm.usage();
        long begin = System.nanoTime();
        start.go();
        CountingReceiver.Count came = servers.receiver.await(before, workload.lineFeeds(), LONGEST_SECONDS);
        double seconds = (before.nanoTime() + came.nanoTime() - begin) / 1e9;
        TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
        double cpu = jvm.usage().cpuSeconds() - idle.cpuSeconds();
        return new Run(
                workload.rows() / seconds, came.bytes() / 1e6 / seconds, cpu * 1e6 / workload.rows(), came.bytes());
    }

    static void await(java.util.concurrent.Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.call()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("did not happen within 60 s");
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }
}
