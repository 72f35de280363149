package io.funcobserver.func;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the lengths of Func's worker queues off the lines that report them. */
public final class QueueLines {
    /** The measurement whose lines these are. */
    public static final String MEASUREMENT = "worker-queue";

    private static final Pattern QUEUE =
            Pattern.compile("^DFF_worker_queue,(?:[^ ]*,)?queue=([^, ]+)[^ ]* (?:[^ ]*,)?length=(\\d{1,18})i");

    /** Takes the length of one queue. */
    @FunctionalInterface
    public interface Lengths {
        void length(String queue, long tasks);
    }

    private QueueLines() {}

    /** @param lines of line protocol; those of anything else are passed over */
    public static void read(String lines, Lengths lengths) {
        lines.lines().forEach(line -> {
            Matcher queue = QUEUE.matcher(line);
            if (queue.find()) {
                lengths.length(queue.group(1), Long.parseLong(queue.group(2)));
            }
        });
    }
}
