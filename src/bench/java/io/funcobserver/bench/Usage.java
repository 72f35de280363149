package io.funcobserver.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a process has cost so far, as Linux counts it. */
record Usage(double cpuSeconds, long rssKib, long peakRssKib) {
    /** USER_HZ, which is 100 on every Linux that Java runs on. */
    private static final double TICKS_PER_SECOND = 100;

    static Usage of(long pid) throws IOException {
        long rss = 0;
        long peak = 0;
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                rss = kib(line);
            } else if (line.startsWith("VmHWM:")) {
                peak = kib(line);
            }
        }
        return new Usage(cpuSeconds(Path.of("/proc/" + pid)), rss, peak);
    }

    /** CPU seconds of those threads of a process whose names begin so. */
    static double ofThreads(long pid, String prefix) throws IOException {
        double seconds = 0;
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
            for (Path thread : threads) {
                if (Files.readString(thread.resolve("comm")).strip().startsWith(prefix)) {
                    seconds += cpuSeconds(thread);
                }
            }
        }
        return seconds;
    }

    private static double cpuSeconds(Path processOrThread) throws IOException {
        String stat = Files.readString(processOrThread.resolve("stat"));
        // Behind the name, which may hold anything: field 3 follows the last parenthesis.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
    }

    /** Lets the peak begin anew at what is taken now. */
    static void resetPeak(long pid) throws IOException {
        Files.write(Path.of("/proc/" + pid + "/clear_refs"), "5".getBytes(StandardCharsets.US_ASCII));
    }

    private static long kib(String line) {
        return Long.parseLong(line.replaceAll("\\D", ""));
    }
}
