package io.funcobserver.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

import io.funcobserver.demo.FreePort;
import io.funcobserver.kafka.KafkaBroker;

/**
 * The tail and the intake over Kafka against the file spool, by turns in one run: a broker of one node on the same machine
 * and disk, whose CPU is a figure too.
 */
record OverKafka(Servers servers, Results results, int runs) {
    private static final long LONGEST_SECONDS = 300;
    private static final int CONNECTIONS = 8;
    private static final int RECORD_BYTES = 500;
    private static final int INTAKE_SECONDS = 10;
    /** In which the compiler does what it will. */
    private static final int WARM_UP_RUNS = 3;

    /** In which a tail has certainly seen that its table is empty. */
    private static final long SETTLE_SECONDS = 3;

    private record Run(double perSecond, double megabytesPerSecond, double cpuSeconds, double brokerCpuSeconds) {}

    void run(Workload workload) throws Exception {
        results.say("kafka: filling " + workload.rows() + " rows");
        workload.fill(servers.database);
        try (KafkaBroker broker = new KafkaBroker(servers.work("broker")).start()) {
            Map<String, Map<String, String>> spools = new LinkedHashMap<>();
            spools.put("file", Map.of());
            spools.put("kafka", Map.of("spool", "kafka", "kafka.brokers", broker.address(), "kafka.partitions", "4"));
            tail(workload, spools, broker);
            intake(spools, broker);
        }
    }

    private void tail(Workload workload, Map<String, Map<String, String>> spools, KafkaBroker broker) throws Exception {
        Map<String, Jvm> products = new LinkedHashMap<>();
        Map<String, List<Run>> all = new LinkedHashMap<>();
        try {
            for (Map.Entry<String, Map<String, String>> spool : spools.entrySet()) {
                Map<String, String> properties = new LinkedHashMap<>(spool.getValue());
                properties.put("records.start", "beginning");
                properties.put("batch.max-delay", "100ms");
                properties.put("measurement." + workload.route() + ".period", "50ms");
                // One after the other: both follow the same table.
                for (int i = -1; i < runs; i++) {
                    if (i < 0) {
                        products.put(
                                spool.getKey(),
                                servers.product("tail-" + spool.getKey(), List.of(workload.route()), properties));
                        TimeUnit.SECONDS.sleep(2 * SETTLE_SECONDS);
                    }
                    Run run = drained(workload, products.get(spool.getKey()), broker);
                    results.say(
                            "  tail, %-6s %,9.0f rows/s, %.2f CPU s, broker %.2f CPU s",
                            spool.getKey(), run.perSecond(), run.cpuSeconds(), run.brokerCpuSeconds());
                    if (i >= 0) {
                        all.computeIfAbsent(spool.getKey(), key -> new ArrayList<>())
                                .add(run);
                    }
                }
                products.get(spool.getKey()).close();
            }
        } finally {
            for (Jvm product : products.values()) {
                product.close();
            }
        }
        all.forEach((spool, measured) -> {
            String part = "kafka: tail, spool=" + spool;
            add(part, "rows/s", "%,.0f", measured, Run::perSecond);
            add(part, "MB/s of lines", "%.1f", measured, Run::megabytesPerSecond);
            add(part, "CPU s per million rows", "%.2f", measured, run -> run.cpuSeconds() * 1e6 / workload.rows());
            add(
                    part,
                    "broker, CPU s per million rows",
                    "%.2f",
                    measured,
                    run -> run.brokerCpuSeconds() * 1e6 / workload.rows());
        });
    }

    private Run drained(Workload workload, Jvm product, KafkaBroker broker) throws Exception {
        CountingReceiver.Count before = servers.receiver.count();
        double idle = product.usage().cpuSeconds();
        double brokerIdle = Usage.of(broker.pid()).cpuSeconds();
        long begin = System.nanoTime();
        Workload.show(servers.database);
        CountingReceiver.Count came = servers.receiver.await(before, workload.lineFeeds(), LONGEST_SECONDS);
        double seconds = (before.nanoTime() + came.nanoTime() - begin) / 1e9;
        double cpu = product.usage().cpuSeconds() - idle;
        double brokerCpu = Usage.of(broker.pid()).cpuSeconds() - brokerIdle;
        Workload.hide(servers.database);
        TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
        return new Run(workload.rows() / seconds, came.bytes() / 1e6 / seconds, cpu, brokerCpu);
    }

    private void intake(Map<String, Map<String, String>> spools, KafkaBroker broker) throws Exception {
        for (Map.Entry<String, Map<String, String>> spool : spools.entrySet()) {
            int port = FreePort.next();
            Map<String, String> properties = new LinkedHashMap<>(spool.getValue());
            properties.put("intake.enabled", "true");
            properties.put("intake.port", Integer.toString(port));
            List<Run> measured = new ArrayList<>();
            List<Double> slow = new ArrayList<>();
            try (Jvm product = servers.product("intake-" + spool.getKey(), List.of(), properties);
                    Jvm load = servers.uploadLoad(port)) {
                Throughput.await(() -> isOpen(port));
                for (int i = -WARM_UP_RUNS; i < runs; i++) {
                    int before = load.log().length();
                    double idle = product.usage().cpuSeconds();
                    double brokerIdle = Usage.of(broker.pid()).cpuSeconds();
                    load.tell("kept " + CONNECTIONS + " " + RECORD_BYTES + " " + INTAKE_SECONDS);
                    UploadLoad.Result result = Intake.awaitResult(load, before);
                    Run run = new Run(
                            result.perSecond(),
                            0,
                            (product.usage().cpuSeconds() - idle) / Math.max(1, result.taken()),
                            (Usage.of(broker.pid()).cpuSeconds() - brokerIdle) / Math.max(1, result.taken()));
                    results.say(
                            "  intake, %-6s %6.0f requests/s, p50 %.1f, p99 %.1f ms, %.0f µs of CPU a request, broker %.0f µs",
                            spool.getKey(),
                            run.perSecond(),
                            result.p50(),
                            result.p99(),
                            run.cpuSeconds() * 1e6,
                            run.brokerCpuSeconds() * 1e6);
                    if (i >= 0) {
                        measured.add(run);
                        slow.add(result.p99());
                    }
                }
            }
            String part = "kafka: intake, spool=" + spool.getKey();
            add(part, "requests/s", "%,.0f", measured, Run::perSecond);
            results.add(part, "answer p99, ms", "", Median.of(slow).text("%.1f"));
            add(part, "CPU a request, µs", "%.0f", measured, run -> run.cpuSeconds() * 1e6);
            add(part, "broker, CPU a request, µs", "%.0f", measured, run -> run.brokerCpuSeconds() * 1e6);
        }
    }

    private static boolean isOpen(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private void add(String part, String figure, String form, List<Run> of, ToDoubleFunction<Run> value) {
        results.add(
                part,
                figure,
                "",
                Median.of(of.stream().map(value::applyAsDouble).toList()).text(form));
    }
}
