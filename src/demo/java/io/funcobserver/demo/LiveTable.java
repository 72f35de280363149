package io.funcobserver.demo;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Lays out what arrives: measurement, points, points per second, last line. */
final class LiveTable {
    private record Sample(long nanos, Map<String, Long> points) {}

    private static final long RATE_WINDOW_NANOS = 5_000_000_000L;
    private static final String FORMAT = "%-22s %9s %9s  %s";

    private final Arrivals arrivals;
    private final Deque<Sample> samples = new ArrayDeque<>();

    LiveTable(Arrivals arrivals, long nanos) {
        this.arrivals = arrivals;
        samples.add(new Sample(nanos, arrivals.points()));
    }

    /**
     * The table as it is now.
     *
     * @param nanos now, by the clock of {@link System#nanoTime()}; rates are over the last five seconds
     * @param width columns of the terminal; no row is wider
     */
    List<String> rows(long nanos, int width) {
        Sample now = new Sample(nanos, arrivals.points());
        samples.add(now);
        while (samples.size() > 2 && nanos - samples.peek().nanos() > RATE_WINDOW_NANOS) {
            samples.remove();
        }
        Sample before = samples.peek();
        double seconds = Math.max(1, now.nanos() - before.nanos()) / 1e9;
        List<String> rows = new ArrayList<>();
        rows.add(cut(String.format(Locale.ROOT, FORMAT, "MEASUREMENT", "POINTS", "POINTS/S", "LAST LINE"), width));
        for (Arrivals.Arrived arrived : arrivals.all()) {
            long came = arrived.points() - before.points().getOrDefault(arrived.measurement(), 0L);
            rows.add(cut(
                    String.format(
                            Locale.ROOT,
                            FORMAT,
                            arrived.measurement(),
                            arrived.points(),
                            String.format(Locale.ROOT, "%.1f", came / seconds),
                            arrived.last()),
                    width));
        }
        return rows;
    }

    /** As many characters as fit; control characters, which would move the cursor, become spaces. */
    static String cut(String text, int width) {
        StringBuilder cut = new StringBuilder();
        int columns = 0;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            columns += isWide(c) ? 2 : 1;
            if (columns > width) {
                break;
            }
            cut.appendCodePoint(Character.isISOControl(c) ? ' ' : c);
            i += Character.charCount(c);
        }
        return cut.toString();
    }

    /** Whether terminals give the character two columns: East Asian scripts and emoji. */
    private static boolean isWide(int c) {
        return (c >= 0x1100 && c <= 0x115f)
                || (c >= 0x2e80 && c <= 0xa4cf)
                || (c >= 0xac00 && c <= 0xd7a3)
                || (c >= 0xf900 && c <= 0xfaff)
                || (c >= 0xfe30 && c <= 0xfe6f)
                || (c >= 0xff00 && c <= 0xff60)
                || (c >= 0x1f300 && c <= 0x1faff)
                || (c >= 0x20000 && c <= 0x3fffd);
    }
}
