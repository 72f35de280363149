package io.funcobserver.intake;

import java.util.List;

import io.funcobserver.spool.Category;

/** A piece of an upload that is made safe as one. */
public sealed interface Portion {
    /** What a function call's point says of it. */
    record Call(String funcId, long epochMillis) {}

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
