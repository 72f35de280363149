package io.funcobserver.mysql;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import static org.assertj.core.api.Assertions.assertThat;

class TableFingerprintTest {
    /** The oldest 16, each 64th of the last 32 such, and the last 32, in however many batches they come. */
    @Property
    void keepsTheSameRowsHoweverTheyCome(@ForAll @Size(max = 20) int[] seeds, @ForAll @IntRange(max = 3000) int rest) {
        TableFingerprint sample = new TableFingerprint();
        long rows = 0;
        for (int seed : seeds) {
            rows = add(sample, rows, Math.floorMod(seed, 700));
        }
        rows = add(sample, rows, rest);

        long last = rows;
        Set<Long> expected = new TreeSet<>();
        LongStream.rangeClosed(1, Math.min(last, 16)).forEach(expected::add);
        LongStream.rangeClosed(Math.max(1, last - 31), last).forEach(expected::add);
        LongStream.rangeClosed(1, last / 64)
                .map(i -> i * 64)
                .skip(Math.max(0, last / 64 - 32))
                .forEach(expected::add);
        Map<String, String> kept = sample.rows();
        assertThat(kept.keySet().stream().map(Long::valueOf).collect(Collectors.toSet()))
                .isEqualTo(expected);
        kept.forEach((number, hash) -> assertThat(hash).isEqualTo(TableFingerprint.hash("id-" + number)));
    }

    @Property(tries = 20)
    void keepsNoRowWithoutIdentity(@ForAll @IntRange(max = 500) int rows) {
        TableFingerprint sample = new TableFingerprint();
        sample.add(new long[rows], new Object[rows], 0, rows);
        assertThat(sample.rows()).isEmpty();
    }

    private static long add(TableFingerprint sample, long before, int count) {
        long[] numbers = LongStream.rangeClosed(before + 1, before + count).toArray();
        Object[] identities = LongStream.of(numbers).mapToObj(n -> "id-" + n).toArray();
        sample.add(numbers, identities, 0, count);
        return before + count;
    }
}
