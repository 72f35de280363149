package io.funcobserver.observe.status;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;

/** The product's metrics as they are at one moment, by name and whatever labels they have. */
final class Readings {
    static final String PREFIX = "func_observer_";

    /** One series and its value. */
    record Reading(Meter.Id id, Map<String, String> labels, double value) {
        /** The value of a label, or a fallback where the series has no such label. */
        String label(String key, String fallback) {
            return labels.getOrDefault(key, fallback);
        }
    }

    private final Map<String, List<Reading>> byName = new HashMap<>();

    static Readings of(MeterRegistry registry) {
        Readings readings = new Readings();
        for (Meter meter : registry.getMeters()) {
            if (!meter.getId().getName().startsWith(PREFIX)) {
                continue;
            }
            if (meter instanceof Counter counter) {
                readings.add(meter.getId(), counter.count());
            } else if (meter instanceof Gauge gauge) {
                readings.add(meter.getId(), gauge.value());
            }
        }
        return readings;
    }

    private void add(Meter.Id id, double value) {
        Map<String, String> labels = new HashMap<>();
        for (Tag tag : id.getTagsAsIterable()) {
            labels.put(tag.getKey(), tag.getValue());
        }
        byName.computeIfAbsent(id.getName().substring(PREFIX.length()), n -> new ArrayList<>())
                .add(new Reading(id, labels, value));
    }

    /** Every series of this name, which stands without {@value #PREFIX} and without {@code _total}. */
    List<Reading> all(String name) {
        return byName.getOrDefault(name, List.of());
    }

    boolean has(String name) {
        return byName.containsKey(name);
    }

    /** The sum of all series of this name; 0 where there is none. */
    long sum(String name) {
        return sum(name, reading -> true);
    }

    /** The sum of the series that match; 0 where there is none. */
    long sum(String name, Predicate<Reading> which) {
        double sum = 0;
        for (Reading reading : all(name)) {
            if (which.test(reading) && Double.isFinite(reading.value())) {
                sum += reading.value();
            }
        }
        return Math.round(sum);
    }

    /** The first finite value of the series that match; null where there is none. */
    Double value(String name, Predicate<Reading> which) {
        for (Reading reading : all(name)) {
            if (which.test(reading) && Double.isFinite(reading.value())) {
                return reading.value();
            }
        }
        return null;
    }

    /** The sums by the values of a label, without zeros. */
    Map<String, Long> by(String label, String name, Predicate<Reading> which) {
        Map<String, Long> sums = new TreeMap<>();
        for (Reading reading : all(name)) {
            if (which.test(reading) && reading.value() > 0) {
                sums.merge(reading.label(label, ""), Math.round(reading.value()), Long::sum);
            }
        }
        return sums;
    }
}
