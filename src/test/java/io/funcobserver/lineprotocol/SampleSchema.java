package io.funcobserver.lineprotocol;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A schema that tests make step by step, by the names that {@code golden/lines.yaml} has. */
record SampleSchema(Map<String, Object> parts) {
    /** A gauge without tags, of which every column is a field. */
    static SampleSchema of(String measurement) {
        return new SampleSchema(Map.of("measurement", measurement));
    }

    SampleSchema with(String part, Object value) {
        Map<String, Object> changed = new HashMap<>(parts);
        changed.put(part, value);
        return new SampleSchema(changed);
    }

    SampleSchema withTags(String... columns) {
        return with("tags", List.of(columns));
    }

    SampleSchema withSplit(String column, int bytes) {
        return with("split", column).with("splitBytes", bytes);
    }

    @SuppressWarnings("unchecked")
    PointSchema schema() {
        return new PointSchema(
                (String) parts.getOrDefault("measurement", "m"),
                columns("tags"),
                columns("fields"),
                (String) parts.get("time"),
                (String) parts.get("sequence"),
                (String) parts.get("identity"),
                (String) parts.get("split"),
                (Integer) parts.getOrDefault("splitBytes", 0),
                columns("firstPage"),
                (Map<String, String>) parts.getOrDefault("common", Map.of()));
    }

    @SuppressWarnings("unchecked")
    private List<String> columns(String part) {
        return (List<String>) parts.getOrDefault(part, List.of());
    }
}
