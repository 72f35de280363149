package io.funcobserver.observe.status;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * A value for each of the latest periods of time, by the number of the period since 1970: a new one takes the place of the
 * oldest.
 *
 * <p>Not safe for several threads.
 */
final class Periods<T> {
    private final long[] numbers;
    private final List<T> values;
    private final Supplier<T> fresh;

    /** @param length how many are kept */
    Periods(int length, Supplier<T> fresh) {
        this.numbers = new long[length];
        this.values = new ArrayList<>(Collections.nCopies(length, null));
        this.fresh = fresh;
    }

    private int place(long number) {
        return (int) Math.floorMod(number, (long) numbers.length);
    }

    /** The value of a period, a fresh one where there is none yet; null where a later period has taken its place. */
    T take(long number) {
        int place = place(number);
        if (numbers[place] < number) {
            numbers[place] = number;
            values.set(place, fresh.get());
        }
        return of(number);
    }

    /** The value of a period; null where there is none. */
    T of(long number) {
        int place = place(number);
        return numbers[place] == number ? values.get(place) : null;
    }

    /** The values up to a period, as far back as they are kept. */
    Stream<T> upTo(long newest) {
        return LongStream.rangeClosed(newest - numbers.length + 1, newest)
                .mapToObj(this::of)
                .filter(Objects::nonNull);
    }
}
