package io.funcobserver.delivery;

import java.io.IOException;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import io.funcobserver.spool.Gzip;
import io.funcobserver.spool.SpoolFile;

/**
 * A finished request that is being delivered.
 *
 * @param name tells it from every other one; its dead letters are named after it
 * @param place where it waits, for people
 * @param packed its lines, gzipped
 * @param lines how many; 0 where that is not known
 * @param checksum of {@code packed} when it was made safe; null for one that was put there by hand
 * @param history what befell the lines before they were replayed, oldest first
 * @param revoked whether it has become another process's to make, which is asked each time before it is sent
 */
public record SpooledRequest(
        String name,
        String place,
        byte[] packed,
        long lines,
        Long checksum,
        Supplier<List<DeadLetterReport>> history,
        BooleanSupplier revoked) {
    /** Whether its lines were dead letters before. */
    public boolean isReplayed() {
        return name.contains(Replay.MARK);
    }

    /**
     * The same with its lines counted.
     *
     * @throws IOException when it does not hold what was made safe, or is no gzip: a receiver might store changed lines, or
     *     answer 200 and lose them
     */
    SpooledRequest checked() throws IOException {
        if (checksum == null) {
            return new SpooledRequest(name, place, packed, Gzip.countLines(packed), null, history, revoked);
        }
        if (checksum != SpoolFile.checksum(packed)) {
            throw new IOException("its checksum is not that of what was written");
        }
        return this;
    }
}
