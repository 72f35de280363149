package io.funcobserver.intake;

/** The unit of the timestamps of a body, from {@code ?precision=}; names as InfluxDB 1 and 2 have them. */
enum Precision {
    NANOSECONDS(1),
    MICROSECONDS(1_000),
    MILLISECONDS(1_000_000),
    SECONDS(1_000_000_000);

    private final long nanos;

    Precision(long nanos) {
        this.nanos = nanos;
    }

    /**
     * @param name null for the default
     * @throws UploadRefusedException 400 for an unknown one
     */
    static Precision of(String name) {
        return switch (name == null ? "" : name) {
            case "", "n", "ns" -> NANOSECONDS;
            case "u", "us" -> MICROSECONDS;
            case "ms" -> MILLISECONDS;
            case "s" -> SECONDS;
            default -> throw UploadRefusedException.malformed("the precision is none of n, u, ms and s");
        };
    }

    /** Whether a time in this unit fits into 64-bit nanoseconds. */
    boolean fits(long time) {
        return time <= Long.MAX_VALUE / nanos && time >= Long.MIN_VALUE / nanos;
    }

    long toNanos(long time) {
        return time * nanos;
    }
}
