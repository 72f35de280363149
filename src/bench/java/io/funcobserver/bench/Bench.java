package io.funcobserver.bench;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Measures the product against what the hardware allows, and prints one table.
 *
 * <p>System properties: {@code bench.rows} (500 000), {@code bench.runs} (5), {@code bench.only}: parts separated by commas
 * out of {@code start}, {@code func-call}, {@code record-200}, {@code record-1k}, {@code record-20k}, {@code latency},
 * {@code backlog}, {@code scan}, {@code intake}, {@code completeness}, and, only when they are named, {@code steady} and {@code kafka}.
 */
final class Bench {
    /** Those that run only when they are named. */
    private static final List<String> LONG = List.of("steady", "kafka");

    /** One of them. */
    @FunctionalInterface
    private interface Part {
        void run() throws Exception;
    }

    private Bench() {}

    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        int rows = Integer.getInteger("bench.rows", 500_000);
        int runs = Integer.getInteger("bench.runs", 5);
        Results results = new Results(out);
        try (Servers servers = new Servers()) {
            Throughput throughput = new Throughput(servers, results, runs);
            Map<String, Part> parts = new LinkedHashMap<>();
            parts.put("start", () -> new Start(servers, results).run(runs));
            parts.put("func-call", () -> throughput.run(new Workload("func-call", "func-call", rows, 200)));
            parts.put("record-200", () -> throughput.run(records("200 B", rows, 200)));
            parts.put("record-1k", () -> throughput.run(records("1 kB", rows, 1000)));
            parts.put("record-20k", () -> throughput.run(records("20 kB", rows / 10, 20_000)));
            parts.put("latency", () -> new Latency(servers, results).run(Integer.getInteger("bench.seconds", 60)));
            parts.put("steady", () -> new Steady(servers, results).run());
            parts.put("backlog", () -> new Backlog(servers, results).run(rows));
            parts.put("scan", () -> new Scan(servers, results).run(2 * rows));
            parts.put("intake", () -> new Intake(servers, results).run(runs));
            parts.put("kafka", () -> new OverKafka(servers, results, runs)
                    .run(new Workload("func-call", "func-call", rows, 200)));
            parts.put("completeness", () -> new Completeness(servers, results)
                    .run(Integer.getInteger("bench.seconds", 120)));
            String only = System.getProperty("bench.only", "");
            if (only.isBlank()) {
                parts.keySet().removeAll(LONG);
            } else {
                parts.keySet().retainAll(List.of(only.split(",")));
            }
            for (Part part : parts.values()) {
                part.run();
            }
        }
        results.finish(Servers.TARGET.resolve("bench.md"), head(rows, runs));
    }

    private static Workload records(String size, int rows, int messageBytes) {
        return new Workload("task-record-func " + size, "task-record-func", rows, messageBytes);
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
