package io.funcobserver.func;

import java.nio.charset.StandardCharsets;

import io.funcobserver.lineprotocol.PointReader;

/** What has to be known of the points that Func itself uploads; docs/measurements.md says why they are changed. */
public final class UploadedPoints {
    private static final byte[] FUNC_CALL = ascii("DFF_func_call");
    private static final byte[] FUNC_ID = ascii("func_id");
    private static final byte[] TASK_STATUS = ascii("task_status");
    private static final byte[] STATUS = ascii("status");
    private static final long SECOND = 1_000_000_000;

    private UploadedPoints() {}

    /** Whether the point is a function call. */
    public static boolean isCall(PointReader point) {
        return point.hasMeasurement(FUNC_CALL);
    }

    /** The function that was called; null where the point does not say. */
    public static String funcId(byte[] source, PointReader point) {
        return value(source, point, point.tag(FUNC_ID));
    }

    /** Func's own status of the call; empty where the point does not say. */
    public static String taskStatus(byte[] source, PointReader point) {
        String status = value(source, point, point.tag(TASK_STATUS));
        return status == null ? "" : status;
    }

    /**
     * An integer field of a call, whose fields are all integers.
     *
     * @return {@link Long#MIN_VALUE} where there is none
     */
    public static long integer(byte[] source, PointReader point, String key) {
        String fields = new String(
                source, point.fieldsStart(), point.fieldsEnd() - point.fieldsStart(), StandardCharsets.US_ASCII);
        for (String field : fields.split(",")) {
            if (field.startsWith(key + "=") && field.endsWith("i")) {
                try {
                    return Long.parseLong(field, key.length() + 1, field.length() - 1, 10);
                } catch (NumberFormatException e) {
                    return Long.MIN_VALUE;
                }
            }
        }
        return Long.MIN_VALUE;
    }

    private static String value(byte[] source, PointReader point, int tag) {
        if (tag < 0) {
            return null;
        }
        int start = point.tagValueStart(tag);
        return new String(source, start, point.tagValueEnd(tag) - start, StandardCharsets.UTF_8);
    }

    /** The tag {@code ,status=…} that a point with a {@code task_status} lacks; null where it lacks none. */
    public static byte[] missingStatus(byte[] source, PointReader point) {
        int tag = point.tag(TASK_STATUS);
        if (tag < 0 || point.tag(STATUS) >= 0 || point.hasField(STATUS)) {
            return null;
        }
        return ascii(",status=" + TaskColumns.derivedStatus(value(source, point, tag)));
    }

    /**
     * Moves a call within its second: Func stamps them with whole seconds, and calls of one function in the same second
     * would overwrite each other.
     *
     * @param nanos as the point says it
     * @param hash of the body that the point came in, unsigned
     * @param line the point's number in the body, from 0
     */
    public static long spread(long nanos, long hash, long line) {
        if (nanos % SECOND != 0) {
            return nanos;
        }
        long moved = nanos + (Long.remainderUnsigned(hash, SECOND) + line % SECOND) % SECOND;
        return moved < nanos ? nanos : moved;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
