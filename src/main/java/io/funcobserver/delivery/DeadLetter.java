package io.funcobserver.delivery;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Collections;
import java.util.List;

import io.funcobserver.spool.Category;

/** Lines that are given up, on their way into the dead-letter folder. */
public final class DeadLetter {
    private final Category category;
    private final String name;
    private final byte[] batch;
    private final List<long[]> ranges;
    private final DeadLetterReport report;

    /**
     * @param name of its files, without their endings
     * @param ranges which bytes of the batch, as pairs of begin and end; the batch is not copied
     */
    DeadLetter(Category category, String name, byte[] batch, List<long[]> ranges, DeadLetterReport report) {
        this.category = category;
        this.name = name;
        this.batch = batch;
        this.ranges = List.copyOf(ranges);
        this.report = report;
    }

    public Category category() {
        return category;
    }

    public String name() {
        return name;
    }

    public DeadLetterReport report() {
        return report;
    }

    /** The plain lines, from their beginning. */
    public InputStream content() {
        return new SequenceInputStream(Collections.enumeration(ranges.stream()
                .map(range -> new ByteArrayInputStream(batch, (int) range[0], (int) (range[1] - range[0])))
                .toList()));
    }

    /** The report as JSON. */
    public byte[] json() {
        return Reports.write(report);
    }
}
