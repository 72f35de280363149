package io.funcobserver.bench;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * Measures the product against what the hardware allows, and prints one table.
 *
 * <p>System properties: {@code bench.rows} (500 000), {@code bench.runs} (5), {@code bench.only}: parts separated by commas
 * out of {@code start}, {@code func-call}, {@code record-200}, {@code record-1k}, {@code record-20k}, {@code latency},
 * {@code backlog}, {@code scan}, {@code intake}, {@code completeness}, and, only when they are named, {@code steady} and {@code kafka}.
 */
final class Bench {
    private Bench() {}

    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        int rows = Integer.getInteger("bench.rows", 500_000);
        int runs = Integer.getInteger("bench.runs", 5);
        Set<String> only = new TreeSet<>(Arrays.asList(
                System.getProperty("bench.only", "").isBlank()
                        ? "start,func-call,record-200,record-1k,record-20k,latency,backlog,scan,intake,completeness"
                                .split(",")
                        : System.getProperty("bench.only").split(",")));
        Results results = new Results(out);
        try (Servers servers = new Servers()) {
            Start start = new Start(servers, results);
            Path archive = Start.archive();
            Throughput throughput = new Throughput(servers, results, archive, runs);
            if (only.contains("start")) {
                start.run(archive, runs);
            }
            if (only.contains("func-call")) {
                throughput.run(new Workload("func-call", "func-call", rows, 200));
            }
            if (only.contains("record-200")) {
                throughput.run(new Workload("task-record-func 200 B", "task-record-func", rows, 200));
            }
            if (only.contains("record-1k")) {
                throughput.run(new Workload("task-record-func 1 kB", "task-record-func", rows, 1000));
            }
            if (only.contains("record-20k")) {
                throughput.run(new Workload("task-record-func 20 kB", "task-record-func", rows / 10, 20_000));
            }
            if (only.contains("latency")) {
                new Latency(servers, results, archive).run(Integer.getInteger("bench.seconds", 60));
            }
            if (only.contains("steady")) {
                new Steady(servers, results, archive).run();
            }
            if (only.contains("backlog")) {
                new Backlog(servers, results, archive).run(rows);
            }
            if (only.contains("scan")) {
                new Scan(servers, results, archive).run(2 * rows);
            }
            if (only.contains("intake")) {
                new Intake(servers, results, archive).run(runs);
            }
            if (only.contains("kafka")) {
                new OverKafka(servers, results, archive, runs).run(new Workload("func-call", "func-call", rows, 200));
            }
            if (only.contains("completeness")) {
                new Completeness(servers, results, archive).run(Integer.getInteger("bench.seconds", 120));
            }
        }
        results.finish(Servers.TARGET.resolve("bench.md"), head(rows, runs));
    }

    private static String head(int rows, int runs) throws Exception {
        String cpu = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("?");
        return String.format(
                Locale.ROOT,
                "%s · %d cores of %s · Linux %s · Java %s · load %s at the end%n"
                        + "`./mvnw -Pbench -Dbench.rows=%d -Dbench.runs=%d`; medians (lowest–highest) of the runs%n",
                LocalDate.now(),
                Runtime.getRuntime().availableProcessors(),
                cpu,
                System.getProperty("os.version"),
                System.getProperty("java.version"),
                Files.readString(Path.of("/proc/loadavg")).split(" ")[0],
                rows,
                runs);
    }
}
