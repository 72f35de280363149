package io.funcobserver.delivery;

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
    static DeadLetter whole(String target, Category category, String name, byte[] lines, DeadLetterReport report) {
        return new DeadLetter(target, category, name, lines, List.of(new int[] {0, lines.length}), report);
    }
}
