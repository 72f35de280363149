package io.funcobserver.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

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
    static int list(Settings settings, PrintWriter out) throws IOException {
        List<String[]> rows = new ArrayList<>();
        for (DeadLetters.Entry entry : entries(settings)) {
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
            out.println("no dead letters in " + place(settings));
            return 0;
        }
        rows.add(0, HEADINGS);
        print(rows, out);
        return 0;
    }

    private static boolean isKafka(Settings settings) {
        return settings.text("spool").equals("kafka");
    }

    private static List<DeadLetters.Entry> entries(Settings settings) throws IOException {
        if (isKafka(settings)) {
            try (KafkaReplay letters = new KafkaReplay(settings, BatchLimits.of(settings))) {
                return letters.list();
            }
        }
        return DeadLetters.of(settings, null).list();
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
        Replay.Result result = replay(settings, files, new Shown(progress));
        result.errors().forEach(error -> progress.println("func-observer: " + PrintableText.of(error, LONGEST_ERROR)));
        if (result.files() > 0 || result.errors().isEmpty()) {
            String letters = result.files() == 1 ? " dead letter" : " dead letters";
            out.println(result.files() + letters + " with " + result.lines() + " lines on the way to the target");
        }
        return result.errors().isEmpty() ? 0 : 1;
    }

    private static Replay.Result replay(Settings settings, List<String> files, Shown shown) throws IOException {
        if (isKafka(settings)) {
            try (KafkaReplay letters = new KafkaReplay(settings, BatchLimits.of(settings))) {
                return letters.replay(files, shown);
            }
        }
        Path data = Path.of(settings.text("data.directory"));
        return new FileReplay(DeadLetters.of(settings, null), data, BatchLimits.of(settings), Clock.systemUTC())
                .replay(files, shown);
    }

    private static String place(Settings settings) {
        return isKafka(settings)
                ? "the Kafka topic " + settings.text("kafka.topic-prefix") + ".dead-letter"
                : Path.of(settings.text("data.directory"))
                        .resolve("dead-letter")
                        .toString();
    }

    /** Shows how far a replay has come, about once a second. */
    private static final class Shown implements Replay.Progress {
        private final PrintWriter out;
        private final long begin = System.nanoTime();
        private long shown = begin;

        Shown(PrintWriter out) {
            this.out = out;
        }

        @Override
        public void progress(int filesDone, int files, long lines) {
            long now = System.nanoTime();
            if (now - shown < TimeUnit.SECONDS.toNanos(1)) {
                return;
            }
            shown = now;
            double seconds = (now - begin) / 1e9;
            out.printf(
                    Locale.ROOT,
                    "%d of %d dead letters, %d lines, %.0f lines/s, %d left%n",
                    filesDone,
                    files,
                    lines,
                    lines / seconds,
                    files - filesDone);
            out.flush();
        }
    }
}
