package io.funcobserver.intake;

import java.util.List;

import io.funcobserver.lineprotocol.Category;

/** A piece of an upload that is made safe as one. */
public sealed interface Portion {
    /**
     * What a function call's point says of it.
     *
     * @param epochMillis when it was called; Func uploads whole seconds
     * @param taskStatus Func's own, empty where the point has none
     * @param waitMillis {@link Long#MIN_VALUE} where the point does not say
     * @param runMillis {@link Long#MIN_VALUE} where the point does not say
     */
    record Call(String funcId, long epochMillis, String taskStatus, long waitMillis, long runMillis) {}

    /**
     * Points, completed, a line each.
     *
     * @param calls the function calls among them
     */
    record Points(Category category, byte[] content, long lines, List<Call> calls) implements Portion {}

    /**
     * Lines that are no points, as they came.
     *
     * @param reason of the first ones, with their places
     */
    record Rejected(Category category, byte[] content, long lines, String reason) implements Portion {}
}
