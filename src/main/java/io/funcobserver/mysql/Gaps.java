package io.funcobserver.mysql;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The numbers that a tail has passed over: rows that may still become visible, or that were trimmed before anyone could
 * read them.
 *
 * <p>Func's flushers overlap, so a lower {@code seq} can become visible after a higher one. A gap is looked at again until
 * it is older than the window; what is still missing then counts as missed. Numbers are unsigned 64-bit. Ages are taken
 * from a monotonic clock, so that a jump of the machine's clock neither ends a gap nor keeps it.
 */
final class Gaps {
    /** The numbers from {@code from} to {@code to}, both included, unsigned; in JSON a pair of decimals. */
    record Range(long from, long to) {
        Range {
            if (Long.compareUnsigned(from, to) > 0) {
                throw new IllegalArgumentException("a range ends before it begins");
            }
        }

        @JsonCreator
        static Range of(List<String> pair) {
            return new Range(Long.parseUnsignedLong(pair.get(0)), Long.parseUnsignedLong(pair.get(1)));
        }

        @JsonValue
        List<String> pair() {
            return List.of(Long.toUnsignedString(from), Long.toUnsignedString(to));
        }

        long size() {
            return to - from + 1;
        }

        /** How many of them are above a number. */
        long sizeAbove(long number) {
            long first = Long.compareUnsigned(from, number) > 0 ? from : number + 1;
            return Long.compareUnsigned(to, number) <= 0 ? 0 : to - first + 1;
        }
    }

    private record Gap(long to, long seenNanos) {}

    /** Where every second number is missing, one page makes thousands, and all of them are written with each cursor. */
    private static final int MOST = 10_000;

    private final TreeMap<Long, Gap> byFrom = new TreeMap<>(Long::compareUnsigned);
    /** How many numbers the gaps held that were too many to be kept until their time. */
    private long given;

    /** The lowest gap is given up where there are too many. */
    void add(Range numbers, long nowNanos) {
        byFrom.put(numbers.from(), new Gap(numbers.to(), nowNanos));
        if (byFrom.size() > MOST) {
            Map.Entry<Long, Gap> lowest = byFrom.pollFirstEntry();
            given = sum(given, new Range(lowest.getKey(), lowest.getValue().to()).size());
        }
    }

    private static long sum(long numbers, long more) {
        long sum = numbers + more;
        return sum < numbers ? Long.MAX_VALUE : sum;
    }

    /** Takes a number out, because its row has been read. */
    void remove(long number) {
        if (!contains(number)) {
            return;
        }
        Map.Entry<Long, Gap> around = byFrom.floorEntry(number);
        Gap gap = around.getValue();
        byFrom.remove(around.getKey());
        if (around.getKey() != number) {
            byFrom.put(around.getKey(), new Gap(number - 1, gap.seenNanos()));
        }
        if (gap.to() != number) {
            byFrom.put(number + 1, gap);
        }
    }

    boolean contains(long number) {
        Map.Entry<Long, Gap> around = byFrom.floorEntry(number);
        return around != null && Long.compareUnsigned(number, around.getValue().to()) <= 0;
    }

    /**
     * Forgets the gaps that are older than the window, and counts those that were given up before.
     *
     * @return how many numbers above {@code number} they held; at most {@link Long#MAX_VALUE}
     */
    long expire(long nowNanos, long windowNanos, long number) {
        long expired = given;
        given = 0;
        for (Iterator<Map.Entry<Long, Gap>> gaps = byFrom.entrySet().iterator(); gaps.hasNext(); ) {
            Map.Entry<Long, Gap> gap = gaps.next();
            if (nowNanos - gap.getValue().seenNanos() >= windowNanos) {
                expired = sum(expired, new Range(gap.getKey(), gap.getValue().to()).sizeAbove(number));
                gaps.remove();
            }
        }
        return expired;
    }

    List<Range> ranges() {
        List<Range> ranges = new ArrayList<>(byFrom.size());
        byFrom.forEach((from, gap) -> ranges.add(new Range(from, gap.to())));
        return ranges;
    }

    /** @return from the first to the last number of the gaps that were found after this time; null where there is none */
    Range spanSince(long nanos) {
        Range span = null;
        for (Map.Entry<Long, Gap> gap : byFrom.entrySet()) {
            if (gap.getValue().seenNanos() - nanos > 0) {
                span = new Range(
                        span == null ? gap.getKey() : span.from(),
                        gap.getValue().to());
            }
        }
        return span;
    }

    int count() {
        return byFrom.size();
    }

    void clear() {
        byFrom.clear();
    }
}
