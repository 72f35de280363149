package io.funcobserver.observe.status;

/**
 * A number for each of the latest {@value #LENGTH} steps of {@value #STEP_SECONDS} seconds: an hour in 1.4 kB.
 *
 * <p>Not safe for several threads.
 */
final class Ring {
    static final int STEP_SECONDS = 10;
    static final int LENGTH = 360;

    private final int[] values = new int[LENGTH];
    /** How many values were ever added. */
    private long added;

    void add(long value) {
        values[(int) (added % LENGTH)] = (int) Math.max(0, Math.min(Integer.MAX_VALUE, value));
        added++;
    }

    int size() {
        return (int) Math.min(added, LENGTH);
    }

    /** @param back 0 for the newest value */
    int newest(int back) {
        return values[(int) ((added - 1 - back) % LENGTH)];
    }

    /** Oldest first. */
    int[] toArray() {
        int[] array = new int[size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = newest(array.length - 1 - i);
        }
        return array;
    }
}
