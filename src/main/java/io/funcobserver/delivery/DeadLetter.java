package io.funcobserver.delivery;

import java.io.ByteArrayOutputStream;
import java.util.List;

import io.funcobserver.spool.Category;

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

    /** All lines of a batch. */
    public static DeadLetter whole(
            String target, Category category, String name, byte[] lines, DeadLetterReport report) {
        return new DeadLetter(target, category, name, lines, List.of(new int[] {0, lines.length}), report);
    }
}
