package io.funcobserver.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A spool that grew while the target was down, and is drained when it is back. */
record Backlog(Servers servers, Results results) {
    private static final long LONGEST_SECONDS = 600;
    private static final List<String> ROUTES = List.of("func-call", "task-record-func");

    /** Each row gives two points. */
    void run(int rows) throws Exception {
        drain(rows / 5);
        drain(rows);
    }

    private void drain(int rows) throws Exception {
        Workload calls = new Workload("", "func-call", rows, 1000);
        Workload records = new Workload("", "task-record-func", rows, 1000);
        String part = "backlog of " + 2 * rows + " points";
        results.say(part + ": filling");
        records.fill(servers.database);
        Workload.show(servers.database);
        servers.receiver.answerWith(503);
        CountingReceiver.Count before = servers.receiver.count();
        try (Jvm jvm =
                servers.product("backlog", ROUTES, Map.of("records.start", "beginning", "retry.max-delay", "1s"))) {
            for (String route : ROUTES) {
                Path cursor = servers.work("backlog").resolve("data/cursors/" + route + ".json");
                Throughput.await(() -> java.nio.file.Files.exists(cursor)
                        && java.nio.file.Files.readString(cursor).contains("\"seq\":\"" + rows + "\""));
            }
            Usage outage = jvm.usage();
            Usage.resetPeak(jvm.pid());
            long begin = System.nanoTime();
            servers.receiver.answerWith(200);
            CountingReceiver.Count came =
                    servers.receiver.await(before, calls.lineFeeds() + records.lineFeeds(), LONGEST_SECONDS);
            double seconds = (before.nanoTime() + came.nanoTime() - begin) / 1e9;
            Usage drained = jvm.usage();
            results.add(part, "points/s", "", "%,.0f", 2 * rows / seconds);
            results.add(part, "MB/s of lines", "", "%.1f", came.bytes() / 1e6 / seconds);
            results.add(part, "peak RSS while it grew", "≤ 200 MB", outage.peakRssKib() / 1024 + " MiB");
            results.add(part, "peak RSS while it was drained", "≤ 200 MB", drained.peakRssKib() / 1024 + " MiB");
        } finally {
            Workload.hide(servers.database);
        }
    }
}
