package io.funcobserver.delivery;

import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * A finished request that is being delivered.
 *
 * @param name tells it from every other one; its dead letters are named after it
 * @param packed its lines, gzipped
 * @param lines how many
 * @param history what befell the lines before they were replayed, oldest first
 * @param revoked whether it has become another process's to make, which is asked each time before it is sent
 */
public record SpooledRequest(
        String name, byte[] packed, long lines, Supplier<List<DeadLetterReport>> history, BooleanSupplier revoked) {
    /** Whether its lines were dead letters before. */
    public boolean isReplayed() {
        return name.contains(Replay.MARK);
    }
}
