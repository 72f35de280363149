package io.funcobserver.mysql;

import java.util.function.LongSupplier;

import io.funcobserver.lineprotocol.DropListener;

/** Where a tail reads, and how: see {@link Tail#Tail}. The last one is the monotonic clock. */
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
