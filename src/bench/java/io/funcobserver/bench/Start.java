package io.funcobserver.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** From {@code java -jar} to the first acknowledged point, with the settings that it has by default. */
record Start(Servers servers, Results results) {
    private static final long LONGEST_SECONDS = 60;

    /** Writes a class-data archive by the script with which the image's build does. */
    static Path archive() throws Exception {
        Files.copy(Jvm.OPTIONS, Servers.TARGET.resolve(Jvm.OPTIONS.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        int exit = new ProcessBuilder("sh", "deploy/image/archive-classes", Servers.TARGET.toString())
                .inheritIO()
                .start()
                .waitFor();
        if (exit != 0) {
            throw new IOException("no class-data archive was written");
        }
        return Servers.TARGET.resolve("func-observer.jsa");
    }

    void run(int runs) throws Exception {
        List<Started> with = new ArrayList<>();
        List<Started> without = new ArrayList<>();
        for (int i = 0; i < runs; i++) {
            without.add(started(null));
            with.add(started(servers.archive));
        }
        add("s to the first 2xx, with class-data archive", with, Started::seconds, "≤ 1.5");
        add("CPU s until then", with, Started::cpuSeconds, "");
        add("s to the first 2xx, without", without, Started::seconds, "");
        add("CPU s until then, without", without, Started::cpuSeconds, "");
        long libraries = 0;
        try (Stream<Path> jars = Files.list(Servers.TARGET.resolve("lib"))) {
            for (Path jar : jars.toList()) {
                libraries += Files.size(jar);
            }
        }
        results.add("start", "size of the jar with lib/", "", "%.1f MB", (libraries + Files.size(Servers.JAR)) / 1e6);
        results.add("start", "size of the archive", "", "%.1f MB", Files.size(servers.archive) / 1e6);
    }

    private void add(String figure, List<Started> starts, ToDoubleFunction<Started> value, String target) {
        List<Double> values = starts.stream().map(value::applyAsDouble).toList();
        results.add("start", figure, target, Median.of(values).text("%.2f"));
    }

    private record Started(double seconds, double cpuSeconds) {}

    private Started started(Path archive) throws Exception {
        CountingReceiver.Count before = servers.receiver.count();
        long begin = System.nanoTime();
        try (Jvm jvm = servers.product("start", archive, Servers.routes(), Map.of())) {
            CountingReceiver.Count first = jvm.awaitAlive(() -> servers.receiver.await(before, 1, LONGEST_SECONDS));
            return new Started(
                    (before.nanoTime() + first.nanoTime() - begin) / 1e9,
                    jvm.usage().cpuSeconds());
        }
    }
}
