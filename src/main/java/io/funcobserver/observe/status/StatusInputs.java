package io.funcobserver.observe.status;

import java.util.List;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * What the page shows and metrics and health do not hold, asked for only while somebody looks.
 *
 * @param version of the product
 * @param site the site's name, empty where there is none
 * @param spool what keeps the lines, {@code file} or {@code kafka}
 * @param spoolMaxBytes the limit of each spool folder; of no meaning with Kafka
 * @param deadLetters those that are there, with as many of the newest as are asked for
 * @param role {@code leader} or {@code standby} among several replicas; null where there is one process
 */
public record StatusInputs(
        String version,
        String site,
        String spool,
        long spoolMaxBytes,
        List<Source> sources,
        List<Measurement> measurements,
        List<Target> targets,
        Supplier<List<Retry>> retries,
        IntFunction<DeadLetters> deadLetters,
        Supplier<List<Counted>> completeness,
        Supplier<String> role) {

    /**
     * Where measurements are read.
     *
     * @param id what {@link Measurement#source} names
     * @param label a word or two
     * @param address without secrets
     */
    public record Source(String id, String label, String address) {}

    /** @param id of the route, which is the label in metrics */
    public record Measurement(String id, String name, String category, String source, boolean enabled) {}

    /**
     * Where points go.
     *
     * @param name as in the label {@code target} of metrics
     * @param address without secrets
     */
    public record Target(String name, String address, List<String> categories) {}

    /**
     * A request that is tried again.
     *
     * @param attempts how many were made
     * @param nextTryAt UNIX milliseconds, or null while one is under way
     * @param lastAnswer in a few words
     */
    public record Retry(String target, String category, long attempts, Long nextTryAt, String lastAnswer) {}

    /** @param count how many there are, of which {@code newest} are some */
    public record DeadLetters(long count, List<GivenUp> newest) {}

    /**
     * A dead letter.
     *
     * @param when ISO-8601
     * @param status of the answer, 0 when the lines were never sent
     * @param answer the beginning of what the target said, empty where it said nothing
     * @param command replays it
     */
    public record GivenUp(
            String name,
            String target,
            String category,
            String when,
            long lines,
            int status,
            String reason,
            String answer,
            String command) {}

    /** Calls of a function that Func counted in the last full hour, and those of them that were delivered. */
    public record Counted(String function, long counted, long delivered) {}
}
