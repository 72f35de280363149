package io.funcobserver.observe.status;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.DoubleStream;

import io.funcobserver.observe.Metrics;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * The product's metrics as they are when they are asked for. Names stand without {@link Metrics#PREFIX} and without {@code
 * _total}; labels are names and values by turns, and a series may have others beside them.
 */
record Readings(MeterRegistry registry) {
    Collection<Meter> all(String name, String... labels) {
        return registry.find(Metrics.PREFIX + name).tags(labels).meters();
    }

    static double value(Meter meter) {
        return meter.measure().iterator().next().getValue();
    }

    /** Those that are finite. */
    DoubleStream values(String name, String... labels) {
        return all(name, labels).stream().mapToDouble(Readings::value).filter(Double::isFinite);
    }

    /** 0 where there is no such series. */
    long sum(String name, String... labels) {
        return Math.round(values(name, labels).sum());
    }

    /** The first of them; null where there is none. */
    Double value(String name, String... labels) {
        return values(name, labels).boxed().findFirst().orElse(null);
    }

    /** The sums by the values of a label, without zeros. */
    Map<String, Long> by(String label, String name, String... labels) {
        Map<String, Long> sums = new TreeMap<>();
        for (Meter meter : all(name, labels)) {
            sums.merge(String.valueOf(meter.getId().getTag(label)), Math.round(value(meter)), Long::sum);
        }
        sums.values().removeIf(sum -> sum == 0);
        return sums;
    }
}
