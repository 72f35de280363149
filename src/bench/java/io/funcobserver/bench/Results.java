package io.funcobserver.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The one table that a run prints and writes. */
final class Results {
    private record Line(String part, String figure, String value, String target) {}

    private final PrintStream out;
    private final List<Line> lines = new ArrayList<>();

    Results(PrintStream out) {
        this.out = out;
    }

    void say(String text) {
        out.println(text);
        out.flush();
    }

    /** @param form with the values in it */
    void say(String form, Object first, Object... more) {
        say(text(form, first, more));
    }

    /** @param target what it should be; empty where no target is set */
    void add(String part, String figure, String target, String form, Object first, Object... more) {
        add(part, figure, target, text(form, first, more));
    }

    private static String text(String form, Object first, Object... more) {
        return String.format(
                Locale.ROOT,
                form,
                Stream.concat(Stream.of(first), Stream.of(more)).toArray());
    }

    /** @param target what it should be; empty where no target is set */
    void add(String part, String figure, String target, String value) {
        Line line = new Line(part, figure, value, target);
        lines.add(line);
        say("  " + part + " · " + figure + ": " + value + (target.isEmpty() ? "" : "  [" + target + "]"));
    }

    void finish(Path file, String head) throws IOException {
        StringBuilder table = new StringBuilder(head);
        table.append("\n| part | figure | value | target |\n|---|---|---|---|\n");
        for (Line line : lines) {
            table.append("| ")
                    .append(line.part)
                    .append(" | ")
                    .append(line.figure)
                    .append(" | ");
            table.append(line.value).append(" | ").append(line.target).append(" |\n");
        }
        Files.writeString(file, table);
        say("");
        say(table.toString());
        say("Written to " + file);
    }
}
