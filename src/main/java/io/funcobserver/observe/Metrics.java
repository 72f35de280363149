package io.funcobserver.observe;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToDoubleFunction;

import io.funcobserver.lineprotocol.Category;
import io.funcobserver.lineprotocol.DropListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * The product's own metrics, by the names that {@code /observe/metrics} shows.
 *
 * <p>Label {@code measurement} is the id of the route that reads it, {@code category} is {@code metric} or {@code
 * logging}. Every series exists from the start at 0, so that a rate over it has a beginning.
 */
public final class Metrics {
    /** Of the name of each. */
    public static final String PREFIX = "func_observer_";

    private final MeterRegistry registry;
    private final Map<String, AtomicLong> lastSuccess = new ConcurrentHashMap<>();

    public Metrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Registers the series of a measurement. */
    public void measurement(String measurement) {
        rowsRead(measurement, 0);
        rowsMissed(measurement, 0);
        pointsSpooled(measurement, 0);
        for (DropListener.Reason reason : DropListener.Reason.values()) {
            valuesDropped(measurement, reason, 0);
        }
    }

    /** Registers the series of what is delivered to a target. */
    public void delivery(Destination destination) {
        pointsDelivered(destination, 0);
        deadLetterLines(destination, 0);
    }

    public void rowsRead(String measurement, long rows) {
        count("rows_read", rows, "measurement", measurement);
    }

    /** Rows among those read that were seen in Func's Redis list, before or without a place in the table. */
    public void listRowsRead(String measurement, long rows) {
        count("list_rows_read", rows, "measurement", measurement);
    }

    /** Rows that Func trimmed before they could be read, from the gaps in the tracking column: an upper bound. */
    public void rowsMissed(String measurement, long rows) {
        count("rows_missed", rows, "measurement", measurement);
    }

    public void pointsSpooled(String measurement, long points) {
        count("points_spooled", points, "measurement", measurement);
    }

    public void valuesDropped(String measurement, DropListener.Reason reason, long values) {
        count("values_dropped", values, "measurement", measurement, "reason", reason.label());
    }

    /** A sampling run or a poll of the measurement came to its end now. */
    public void succeeded(String measurement, long epochMillis) {
        lastSuccess
                .computeIfAbsent(measurement, m -> {
                    AtomicLong millis = new AtomicLong();
                    gauge("last_success_timestamp_seconds", millis, x -> x.get() / 1000.0, "measurement", m);
                    return millis;
                })
                .set(epochMillis);
    }

    /** Another process reads the measurement now: when this one last did says nothing any more. */
    public void notReadHere(String measurement) {
        if (lastSuccess.remove(measurement) != null) {
            registry.remove(registry.get(PREFIX + "last_success_timestamp_seconds")
                    .tag("measurement", measurement)
                    .gauge());
        }
    }

    public void pointsDelivered(Destination destination, long points) {
        count("points_delivered", points, destination.labels());
    }

    /** @param answer the HTTP status, or {@code io} where there was none */
    public void post(Destination to, String answer) {
        count("posts", 1, "category", to.category().id(), "target", to.target(), "answer", answer);
    }

    public void deadLetterLines(Destination destination, long lines) {
        count("dead_letter_lines", lines, destination.labels());
    }

    public void pointsDropped(Destination to, String reason, long points) {
        count("points_dropped", points, "category", to.category().id(), "target", to.target(), "reason", reason);
    }

    /**
     * @param category {@code none} where the path is neither category's
     * @param answer the HTTP status, or {@code io} where the sender went away or was cut off
     */
    public void intakeRequest(String category, String answer) {
        count("intake_requests", 1, "category", category, "answer", answer);
    }

    /** Points that were uploaded and are safe on disk. */
    public void pointsReceived(Category category, long points) {
        count("points_received", points, "category", category.id());
    }

    /**
     * Registers a gauge that is read from {@code source} at each scrape, in the place of an earlier one of that name.
     *
     * @param labels names and values by turns
     */
    public <T> void gauge(String name, T source, ToDoubleFunction<T> reading, String... labels) {
        Gauge earlier = registry.find(PREFIX + name).tags(labels).gauge();
        if (earlier != null) {
            registry.remove(earlier);
        }
        Gauge.builder(PREFIX + name, source, reading)
                .tags(labels)
                .strongReference(true)
                .register(registry);
    }

    /** Registers how complete the last hour was: {@code completeness_ratio} and the counts that it is made of. */
    public void completeness(Completeness completeness) {
        gauge("completeness_ratio", completeness, c -> c.total().ratio());
        gauge("func_calls_counted", completeness, c -> c.total().counted());
        gauge("func_calls_delivered", completeness, c -> c.total().delivered());
    }

    private void count(String name, long amount, String... labels) {
        // Prometheus' naming convention appends "_total".
        Counter.builder(PREFIX + name).tags(labels).register(registry).increment(amount);
    }
}
