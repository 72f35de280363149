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
import io.funcobserver.observe.HealthState;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * Where the page has it from what it shows, asked for only while somebody looks.
 *
 * @param version of the product
 * @param func what passes of the calls and the queues
 * @param lines what passes
 * @param waiting the request that is tried again to a target, for a category
 * @param role {@code leader} or {@code standby} among several replicas; null where there is one process
 */
public record StatusInputs(
        String version,
        Settings settings,
        MeterRegistry registry,
        HealthState health,
        FuncActivity func,
        LatestLines lines,
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
