package io.funcobserver.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The middle of several runs, and how far they lie apart. */
record Median(double value, double lowest, double highest) {
    static Median of(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        double value = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Median(value, sorted[0], sorted[sorted.length - 1]);
    }

    /** @param at which share of the values lies below, 0.99 for p99 */
    static double percentile(long[] sorted, double at) {
        return sorted[(int) Math.min(sorted.length - 1L, Math.round(at * sorted.length))];
    }

    static long[] sorted(List<Long> values) {
        long[] sorted = values.stream().mapToLong(Long::longValue).toArray();
        Arrays.sort(sorted);
        return sorted;
    }

    /** @param form of a number, like {@code %.2f} */
    String text(String form) {
        return String.format(Locale.ROOT, form + " (" + form + "–" + form + ")", value, lowest, highest);
    }
}
