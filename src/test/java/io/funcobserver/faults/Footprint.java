package io.funcobserver.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What a process takes of the machine, as Linux and its JVM tell it.
 *
 * @param heapMiB what is in use after a collection of all garbage; 0 where that cannot be told
 */
record Footprint(long handles, long threads, long residentMiB, long highestMiB, long heapMiB) {
    static Footprint of(long pid) throws IOException {
        Path process = Path.of("/proc/" + pid);
        if (!Files.exists(process)) {
            return new Footprint(0, 0, 0, 0, 0);
        }
        long heap = heap(pid);
        try (Stream<Path> handles = Files.list(process.resolve("fd"))) {
            List<String> status = Files.readAllLines(process.resolve("status"));
            return new Footprint(
                    handles.count(),
                    number(status, "Threads:"),
                    number(status, "VmRSS:") >> 10,
                    number(status, "VmHWM:") >> 10,
                    heap);
        }
    }

    private static long number(List<String> status, String name) {
        return status.stream()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }

    private static long heap(long pid) throws IOException {
        // The histogram of what is alive ends in its sum: "Total  <instances>  <bytes>".
        Process histogram = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(pid),
                        "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        return new String(histogram.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith("Total"))
                .mapToLong(line -> Long.parseLong(line.strip().split("\\s+")[2]) >> 20)
                .findFirst()
                .orElse(0);
    }

    /** One beside the other, a line each. */
    static List<String> table(Footprint first, Footprint last) {
        return List.of(
                line("file handles", first.handles(), last.handles()),
                line("threads", first.threads(), last.threads()),
                line("resident, MiB", first.residentMiB(), last.residentMiB()),
                line("most resident, MiB", first.highestMiB(), last.highestMiB()),
                line("live heap, MiB", first.heapMiB(), last.heapMiB()));
    }

    private static String line(String what, long first, long last) {
        return String.format(Locale.ROOT, "%-20s %8d %8d", what, first, last);
    }
}
