package io.funcobserver.app;

import java.util.Map;
import java.util.TreeMap;

import io.funcobserver.demo.Line;

/**
 * A point as the contract has it, to compare with one that arrived: every tag, every field with its type, and the time.
 *
 * @param nanos {@link #READ_TIME} when the point carries the time at which it was read or sampled
 */
record Point(String measurement, Map<String, String> tags, Map<String, Object> fields, long nanos) {
    static final long READ_TIME = -1;

    static Point of(String measurement) {
        return new Point(measurement, Map.of(), Map.of(), READ_TIME);
    }

    /** @param startNanos when the test began: a later time counts as {@link #READ_TIME} */
    static Point arrived(Line line, long startNanos) {
        long nanos = line.timestamp() >= startNanos ? READ_TIME : line.timestamp();
        return new Point(line.measurement(), new TreeMap<>(line.tags()), new TreeMap<>(line.fields()), nanos);
    }

    /** @param value null takes the tag away */
    Point tag(String key, String value) {
        return new Point(measurement, with(tags, key, value), fields, nanos);
    }

    /** @param value null takes the field away */
    Point field(String key, Object value) {
        return new Point(measurement, tags, with(fields, key, value), nanos);
    }

    Point at(long time) {
        return new Point(measurement, tags, fields, time);
    }

    private static <T> Map<String, T> with(Map<String, T> map, String key, T value) {
        Map<String, T> changed = new TreeMap<>(map);
        if (value == null) {
            changed.remove(key);
        } else {
            changed.put(key, value);
        }
        return changed;
    }
}
