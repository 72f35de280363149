package io.funcobserver.observe.status;

import java.util.stream.IntStream;

/**
 * Counts of costs in fixed classes, four to each doubling: a percentile is right within an eighth of its value, from 0 ms to
 * 37 hours.
 *
 * <p>Works on a stretch of an array that others share, so that an hour of minutes is one array.
 */
final class CostHistogram {
    /** 0 to 3 ms each alone, then four classes to each doubling up to 2^27 ms. */
    static final int CLASSES = 4 + 25 * 4;

    private CostHistogram() {}

    /** The class of a cost in ms; a negative one, which clocks that differ make, counts as 0. */
    static int classOf(long millis) {
        if (millis < 4) {
            return (int) Math.max(0, millis);
        }
        int exponent = 63 - Long.numberOfLeadingZeros(millis);
        int quarter = (int) (millis >>> (exponent - 2)) & 3;
        return Math.min(CLASSES - 1, 4 + (exponent - 2) * 4 + quarter);
    }

    /** A cost in the middle of a class, in ms. */
    static long middle(int costClass) {
        if (costClass < 4) {
            return costClass;
        }
        int exponent = (costClass - 4) / 4 + 2;
        long width = 1L << (exponent - 2);
        return (1L << exponent) + (costClass - 4) % 4 * width + width / 2;
    }

    /**
     * The cost in ms that this share of all costs does not exceed.
     *
     * @param share from 0 to 1
     * @return null when there is none
     */
    static Long percentile(int[] counts, double share) {
        long all = IntStream.of(counts).asLongStream().sum();
        if (all == 0) {
            return null;
        }
        long rank = Math.max(1, (long) Math.ceil(share * all));
        long seen = 0;
        for (int i = 0; i < counts.length; i++) {
            seen += counts[i];
            if (seen >= rank) {
                return middle(i);
            }
        }
        return middle(counts.length - 1);
    }
}
