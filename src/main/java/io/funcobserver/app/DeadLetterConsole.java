package io.funcobserver.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.funcobserver.check.LeftoversProbe;
import io.funcobserver.config.Settings;
import io.funcobserver.delivery.DeadLetters;
import io.funcobserver.delivery.FileReplay;
import io.funcobserver.delivery.Replay;
import io.funcobserver.diagnosis.PrintableText;
import io.funcobserver.kafka.KafkaReplay;
import io.funcobserver.spool.BatchLimits;

/** Shows dead letters and puts them back on their way, whether the product runs or not. */
final class DeadLetterConsole {
    private static final String[] HEADINGS = {"FILE", "CATEGORY", "LINES", "WHEN", "STATUS", "REASON"};
    private static final int LONGEST_REASON = 300;
    private static final int LONGEST_ERROR = 1000;

    private DeadLetterConsole() {}

    /** @return the exit code */
    static int list(Settings settings, PrintWriter out, PrintWriter err) throws IOException {
        List<String[]> rows = new ArrayList<>();
        try (Replay letters = open(settings)) {
            for (DeadLetters.Entry entry : letters.list()) {
                rows.add(new String[] {
                    PrintableText.of(entry.id().name() + ".lp", LONGEST_REASON),
                    entry.id().destination().category().id(),
                    Long.toString(entry.report().lines()),
                    PrintableText.of(entry.report().when(), LONGEST_REASON),
                    entry.report().status() == 0
                            ? "-"
                            : Integer.toString(entry.report().status()),
                    PrintableText.of(entry.report().reason(), LONGEST_REASON)
                });
            }
            if (rows.isEmpty()) {
                out.println("no dead letters in " + letters);
            } else {
                rows.add(0, HEADINGS);
                print(rows, out);
            }
        }
        leftovers(settings, err);
        return 0;
    }

    private static Replay open(Settings settings) {
        BatchLimits limits = BatchLimits.of(settings);
        return settings.text("spool").equals("kafka")
                ? new KafkaReplay(settings, limits)
                : new FileReplay(
                        DeadLetters.of(settings, null),
                        Path.of(settings.text("data.directory")),
                        limits,
                        Clock.systemUTC());
    }

    /** What another configuration has left is none of these: it is neither listed nor replayed. */
    private static void leftovers(Settings settings, PrintWriter err) {
        new LeftoversProbe().test(settings).forEach(finding -> err.println("func-observer: " + finding.text()));
    }

    private static void print(List<String[]> rows, PrintWriter out) {
        String format = IntStream.range(0, HEADINGS.length)
                .mapToObj(i -> "%" + (HEADINGS[i].equals("LINES") ? "" : "-")
                        + rows.stream().mapToInt(row -> row[i].length()).max().orElse(0) + "s")
                .collect(Collectors.joining("  "));
        for (String[] row : rows) {
            out.println(String.format(Locale.ROOT, format, (Object[]) row).stripTrailing());
        }
    }

    /** @return the exit code */
    static int replay(Settings settings, List<String> files, PrintWriter out, PrintWriter progress) throws IOException {
        Replay.Result result;
        try (Replay letters = open(settings)) {
            result = letters.replay(files, shown(progress));
        }
        result.errors().forEach(error -> progress.println("func-observer: " + PrintableText.of(error, LONGEST_ERROR)));
        if (result.files() > 0 || result.errors().isEmpty()) {
            String letters = result.files() == 1 ? " dead letter" : " dead letters";
            out.println(result.files() + letters + " with " + result.lines() + " lines on the way to the target");
        }
        leftovers(settings, progress);
        return result.errors().isEmpty() ? 0 : 1;
    }

    /** Shows how far a replay has come, about once a second. */
    private static Replay.Progress shown(PrintWriter out) {
        long begin = System.nanoTime();
        AtomicLong last = new AtomicLong(begin);
        return (done, files, lines) -> {
            long now = System.nanoTime();
            if (now - last.get() >= TimeUnit.SECONDS.toNanos(1)) {
                last.set(now);
                out.printf(
                        Locale.ROOT,
                        "%d of %d dead letters, %d lines, %.0f lines/s, %d left%n",
                        done,
                        files,
                        lines,
                        lines * 1e9 / (now - begin),
                        files - done);
                out.flush();
            }
        };
    }
}
