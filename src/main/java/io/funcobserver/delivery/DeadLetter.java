package io.funcobserver.delivery;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

import io.funcobserver.lineprotocol.Category;
import io.funcobserver.spool.SpoolFile;

/**
 * Lines that are given up, on their way into the dead-letter folder.
 *
 * @param target that they were for
 * @param name of its files, without their endings
 * @param batch holds the lines; not copied
 * @param ranges which bytes of the batch, as pairs of begin and end
 * @param report why
 */
public record DeadLetter(
        String target, Category category, String name, byte[] batch, List<int[]> ranges, DeadLetterReport report) {
    /** The lines alone. */
    public byte[] lines() {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        ranges.forEach(range -> lines.write(batch, range[0], range[1] - range[0]));
        return lines.toByteArray();
    }

    /**
     * Lines that the intake refused since they are no points: no target has seen them.
     *
     * @param target where they lie all the same
     * @param id tells it from others of the same moment
     * @param reason what is wrong with them, and where
     * @param count how many lines
     */
    public static DeadLetter refused(
            String target, String category, String id, byte[] lines, String reason, long count) {
        Instant now = Instant.now();
        DeadLetterReport report = new DeadLetterReport(
                now.truncatedTo(ChronoUnit.MILLIS).toString(),
                category,
                "",
                0,
                "",
                "refused by the intake: " + reason,
                count,
                0,
                List.of());
        String name = SpoolFile.stamp(now) + "_intake_" + id + "_refused";
        return whole(target, Category.of(category), name, lines, report);
    }

    /** All lines of a batch. */
    public static DeadLetter whole(
            String target, Category category, String name, byte[] lines, DeadLetterReport report) {
        return new DeadLetter(target, category, name, lines, List.of(new int[] {0, lines.length}), report);
    }
}
