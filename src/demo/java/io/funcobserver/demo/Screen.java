package io.funcobserver.demo;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Where the demo writes: messages one below the other, and on a terminal one table that stays at the bottom. */
final class Screen {
    private static final int DEFAULT_WIDTH = 80;
    private static final String LINE_UP_AND_CLEAR_BELOW = "\u001b[%dA\u001b[J";

    private final PrintStream out;
    private final boolean terminal;
    private final int width;
    private List<String> table = List.of();

    Screen(PrintStream out, boolean terminal, int width) {
        this.out = out;
        this.terminal = terminal;
        this.width = width;
    }

    /** Standard output, as wide as {@code COLUMNS} or the terminal says. */
    static Screen standard() {
        boolean terminal = System.console() != null && !"dumb".equals(System.getenv("TERM"));
        return new Screen(new PrintStream(System.out, true, StandardCharsets.UTF_8), terminal, width(terminal));
    }

    boolean isTerminal() {
        return terminal;
    }

    /** In columns. */
    int width() {
        return width;
    }

    /** Writes a line that stays, above the table. */
    synchronized void say(String message) {
        clearTable();
        out.println(message);
        table.forEach(out::println);
        out.flush();
    }

    /** Replaces the table; where there is no terminal, writes it below what is there. */
    synchronized void show(List<String> rows) {
        clearTable();
        rows.forEach(out::println);
        if (terminal) {
            table = rows;
        } else {
            out.println();
        }
        out.flush();
    }

    /** Leaves the table as it stands; later lines go below it. */
    synchronized void leaveTable() {
        table = List.of();
    }

    /** A stream whose lines become messages. */
    PrintStream messages() {
        return new PrintStream(new Lines(), true, StandardCharsets.UTF_8);
    }

    private void clearTable() {
        if (!table.isEmpty()) {
            out.printf(LINE_UP_AND_CLEAR_BELOW, table.size());
        }
    }

    private static int width(boolean terminal) {
        String columns = System.getenv("COLUMNS");
        if (columns == null && terminal) {
            columns = columnsByStty();
        }
        try {
            return columns == null ? DEFAULT_WIDTH : Math.max(40, Integer.parseInt(columns.strip()));
        } catch (NumberFormatException e) {
            return DEFAULT_WIDTH;
        }
    }

    /** Shells keep COLUMNS to themselves; null where there is no stty. */
    private static String columnsByStty() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(ProcessBuilder.Redirect.INHERIT)
                    .start();
            String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            return stty.waitFor(1, TimeUnit.SECONDS) && size.contains(" ")
                    ? size.substring(size.indexOf(' ') + 1)
                    : null;
        } catch (IOException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    private final class Lines extends OutputStream {
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();

        @Override
        public synchronized void write(int b) {
            if (b == '\n') {
                say(line.toString(StandardCharsets.UTF_8).stripTrailing());
                line.reset();
            } else {
                line.write(b);
            }
        }
    }
}
