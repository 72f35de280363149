package io.funcobserver.bench;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.funcobserver.demo.FuncSchema;

/** What a process takes that has run for minutes: the first ones belong to the JVM's compiler. */
record Steady(Servers servers, Results results) {
    private static final int WARM_UP_SECONDS = 240;
    private static final int SECONDS = 60;

    void run() throws Exception {
        servers.database.execute("TRUNCATE TABLE " + FuncSchema.TASK_RECORD_FUNC);
        measure(
                "nothing new in Func, all measurements",
                Servers.routes(),
                "≤ 0.3 %",
                (after, seconds) -> TimeUnit.SECONDS.sleep(seconds));
        EvenLoad load = new EvenLoad(row -> {});
        try (Connection connection = servers.database.connect();
                Statement statement = connection.createStatement()) {
            measure(
                    EvenLoad.PER_SECOND + " rows/s, func-call alone",
                    List.of("func-call"),
                    "≤ 1.4 %",
                    (after, seconds) -> load.insert(statement, (long) after * EvenLoad.PER_SECOND, seconds));
        }
    }

    /** What Func does for so long. */
    @FunctionalInterface
    private interface Activity {
        void run(int afterSeconds, int seconds) throws SQLException, InterruptedException;
    }

    private void measure(String what, List<String> routes, String target, Activity func)
            throws IOException, SQLException, InterruptedException {
        results.say("steady: " + (WARM_UP_SECONDS + SECONDS) + " s of " + what);
        try (Jvm jvm = servers.product("steady", routes, Map.of("records.start", "beginning"))) {
            func.run(0, WARM_UP_SECONDS);
            Usage begin = jvm.usage();
            long beginNanos = System.nanoTime();
            func.run(WARM_UP_SECONDS, SECONDS);
            Usage end = jvm.usage();
            double elapsed = (System.nanoTime() - beginNanos) / 1e9;
            results.add(
                    "steady",
                    what + ": share of one core, RSS",
                    target,
                    "%.2f %%, %d MiB",
                    (end.cpuSeconds() - begin.cpuSeconds()) / elapsed * 100,
                    end.rssKib() / 1024);
        }
    }
}
