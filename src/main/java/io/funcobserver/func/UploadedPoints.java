package io.funcobserver.func;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

import io.funcobserver.lineprotocol.PointReader;
import io.funcobserver.lineprotocol.Utf8;

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
    public static String funcId(PointReader point) {
        return point.tag(FUNC_ID);
    }

    /** Func's own status of the call; empty where the point does not say. */
    public static String taskStatus(PointReader point) {
        return Objects.requireNonNullElse(point.tag(TASK_STATUS), "");
    }

    /**
     * An integer field.
     *
     * @return {@link Long#MIN_VALUE} where there is none
     */
    public static long integer(PointReader point, String key) {
        return point.integer(ascii(key));
    }

    /** The tag {@code ,status=…} that a point with a {@code task_status} lacks; null where it lacks none. */
    public static byte[] missingStatus(PointReader point) {
        String taskStatus = point.tag(TASK_STATUS);
        return taskStatus == null || point.has(STATUS)
                ? null
                : ascii(",status="
                        + new String(TaskColumns.derivedStatus(Utf8.of(taskStatus)), StandardCharsets.US_ASCII));
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
