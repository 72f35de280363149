package io.funcobserver.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

import io.funcobserver.demo.FreePort;

/**
 * Records uploaded one a request over eight connections, each answered when it is safe on disk; with connections that are
 * kept and, as Func does it, with a new one for each request; while the target takes what comes, and while it is down.
 *
 * <p>Who sends is a process of its own, whose share of the machine is a figure too. The four kinds alternate.
 */
record Intake(Servers servers, Results results) {
    private static final int CONNECTIONS = 8;
    private static final int RECORD_BYTES = 500;
    private static final int UNAVAILABLE = 503;
    private static final int OK = 200;
    private static final Duration RUN = Duration.ofSeconds(10);
    private static final int WARM_UP_RUNS = 2;

    private enum Kind {
        KEPT("kept connections", "kept", OK),
        NEW("a connection a request", "new", OK),
        KEPT_DOWN("kept connections, target down", "kept", UNAVAILABLE),
        NEW_DOWN("a connection a request, target down", "new", UNAVAILABLE);

        private final String title;
        private final String connections;
        private final int target;

        Kind(String title, String connections, int target) {
            this.title = title;
            this.connections = connections;
            this.target = target;
        }
    }

    private record Run(UploadLoad.Result result, double cpuSeconds, double loadCpuSeconds, long peakRssKib) {
        double microsPerRequest() {
            return cpuSeconds / Math.max(1, result.taken()) * 1e6;
        }

        double loadShare() {
            return 100 * loadCpuSeconds / result.seconds();
        }
    }

    /** @param runs of each kind */
    void run(int runs) throws Exception {
        results.say("intake: " + runs + " times " + RUN.toSeconds() + " s of each kind, over " + CONNECTIONS
                + " connections");
        int port = FreePort.next();
        Map<String, String> settings = Map.of("intake.enabled", "true", "intake.port", Integer.toString(port));
        try (Jvm product = servers.product("intake", List.of(), settings);
                Jvm load = servers.uploadLoad(port)) {
            for (int i = 0; i < WARM_UP_RUNS; i++) {
                measured(Kind.KEPT, product, load);
                measured(Kind.NEW, product, load);
            }
            Map<Kind, List<Run>> all = new EnumMap<>(Kind.class);
            for (int i = 0; i < runs; i++) {
                for (Kind kind : Kind.values()) {
                    Run run = measured(kind, product, load);
                    all.computeIfAbsent(kind, first -> new ArrayList<>()).add(run);
                    say(kind, run);
                }
            }
            all.forEach(this::report);
        } finally {
            servers.receiver.answerWith(OK);
        }
    }

    private Run measured(Kind kind, Jvm product, Jvm load) throws Exception {
        servers.receiver.answerWith(kind.target);
        Usage.resetPeak(product.pid());
        int before = load.log().length();
        Usage productBefore = product.usage();
        Usage loadBefore = load.usage();
        load.tell(kind.connections + " " + CONNECTIONS + " " + RECORD_BYTES + " " + RUN.toSeconds());
        UploadLoad.Result result = awaitResult(load, before);
        Usage after = product.usage();
        return new Run(
                result,
                after.cpuSeconds() - productBefore.cpuSeconds(),
                load.usage().cpuSeconds() - loadBefore.cpuSeconds(),
                after.peakRssKib());
    }

    static UploadLoad.Result awaitResult(Jvm load, int before) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + 3 * RUN.toNanos();
        while (System.nanoTime() < deadline) {
            UploadLoad.Result result = UploadLoad.Result.last(load.log().substring(before));
            if (result != null) {
                return result;
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        throw new IOException("the load did not end: " + load.log());
    }

    private void say(Kind kind, Run run) {
        results.say(
                "  %-36s %6.0f requests/s, p50 %.1f, p99 %.1f, max %.0f ms; %.0f µs of CPU a request; the load %.0f %% of"
                        + " a core",
                kind.title,
                run.result.perSecond(),
                run.result.p50(),
                run.result.p99(),
                run.result.max(),
                run.microsPerRequest(),
                run.loadShare());
    }

    private void report(Kind kind, List<Run> runs) {
        String part = "intake, " + kind.title;
        add(part, "requests/s", "%,.0f", runs, run -> run.result.perSecond(), "≥ 2000");
        add(part, "not answered 200", "%.0f", runs, run -> run.result.refused(), "0");
        add(part, "answer p50, ms", "%.1f", runs, run -> run.result.p50(), "");
        add(part, "answer p99, ms", "%.1f", runs, run -> run.result.p99(), "≤ 20");
        add(part, "slowest answer, ms", "%.0f", runs, run -> run.result.max(), "");
        add(part, "CPU a request, µs", "%.0f", runs, Run::microsPerRequest, "");
        add(part, "peak RSS, MiB", "%.0f", runs, run -> run.peakRssKib / 1024.0, "");
        add(part, "the load's own CPU, % of a core", "%.0f", runs, Run::loadShare, "");
    }

    private void add(
            String part, String figure, String form, List<Run> runs, ToDoubleFunction<Run> value, String target) {
        results.add(
                part,
                figure,
                target,
                Median.of(runs.stream().map(value::applyAsDouble).toList()).text(form));
    }
}
