package io.funcobserver.mysql;

import java.util.function.LongSupplier;

import io.funcobserver.lineprotocol.DropListener;

/**
 * Where a tail reads, and how.
 *
 * @param name of the measurement, and of the cursor
 * @param table the table that grows
 * @param sql the query for a page, or where it stands; needed for a row that does not fit into memory
 * @param trackingColumn the column whose numbers grow with each row
 * @param identityColumn the column that tells a record from every other one
 * @param buffer the key of the Redis list that holds records before they have a row; empty where there is none
 * @param nanoTime the monotonic clock
 */
record TailSource(
        String name,
        String table,
        String sql,
        String trackingColumn,
        String identityColumn,
        String buffer,
        TailSettings settings,
        LongSupplier nanoTime) {
    long now() {
        return nanoTime.getAsLong();
    }

    /** Counts values that could not go out as they were. */
    void dropped(DropListener.Reason reason, long values) {
        settings.metrics().valuesDropped(name, reason, values);
    }
}
