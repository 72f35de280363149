package io.funcobserver.observe.status;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

import io.funcobserver.config.Settings;
import io.funcobserver.delivery.DeadLetterList;
import io.funcobserver.delivery.Delivery;
import io.funcobserver.delivery.Target;
import io.funcobserver.observe.Completeness;
import io.funcobserver.observe.Destination;

/**
 * What the page shows and metrics and health do not hold, asked for only while somebody looks.
 *
 * @param version of the product
 * @param waiting the request that is tried again to a target, for a category
 * @param role {@code leader} or {@code standby} among several replicas; null where there is one process
 */
public record StatusInputs(
        String version,
        Settings settings,
        List<Measurement> measurements,
        List<Target> targets,
        Function<Destination, Optional<Delivery.Waiting>> waiting,
        DeadLetterList deadLetters,
        Supplier<List<Completeness.Share>> completeness,
        Supplier<String> role) {
    /**
     * A route that reports.
     *
     * @param id of the route, which is the label in metrics
     * @param source {@code mysql} or {@code redis}
     */
    public record Measurement(String id, String name, String category, String source, boolean enabled) {}
}
