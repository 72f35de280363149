package io.funcobserver.observe.status;

import java.util.List;
import java.util.function.BiFunction;
import java.util.function.IntFunction;
import java.util.function.Supplier;

import io.funcobserver.observe.Completeness;

/**
 * What the page shows and metrics and health do not hold, asked for only while somebody looks.
 *
 * @param version of the product
 * @param site the site's name, empty where there is none
 * @param spool what keeps the lines, {@code file} or {@code kafka}
 * @param spoolMaxBytes the limit of each spool folder; of no meaning with Kafka
 * @param retries the request that is tried again to a target, for a category; null for none
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
        BiFunction<String, String, StatusReport.Retry> retries,
        IntFunction<DeadLetters> deadLetters,
        Supplier<List<Completeness.Share>> completeness,
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
}
