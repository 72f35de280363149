package io.funcobserver.config;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The value of {@code func.tags}: {@code key=value,key=value}. */
record FixedTags(Map<String, String> values) {
    /** DataKit cuts longer keys and values silently. */
    private static final int MOST_KEY_BYTES = 256;

    private static final int MOST_VALUE_BYTES = 1024;

    /** DataKit drops {@code source} and {@code date} from logging points; {@code time} is InfluxDB's own column. */
    private static final Set<String> RECEIVERS = Set.of("source", "date", "time");

    FixedTags {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    static FixedTags parse(String text) {
        Map<String, String> tags = new LinkedHashMap<>();
        for (String pair : text.split(",", -1)) {
            int equals = pair.indexOf('=');
            String key = equals < 0 ? pair.strip() : pair.substring(0, equals).strip();
            String value = equals < 0 ? "" : pair.substring(equals + 1).strip();
            if (key.isEmpty() || value.isEmpty()) {
                throw new IllegalArgumentException("is not a list of tags; give key=value,key=value");
            }
            checkKey(key);
            checkValue(key, value);
            if (tags.put(key, value) != null) {
                throw new IllegalArgumentException("has tag " + key + " twice; give it once");
            }
        }
        return new FixedTags(tags);
    }

    private static void checkKey(String key) {
        if (!key.matches("[A-Za-z_][A-Za-z0-9_-]*") || key.length() > MOST_KEY_BYTES) {
            throw new IllegalArgumentException("has a tag key that receivers would change: \"" + key
                    + "\"; give letters, digits, _ and -, not beginning with a digit");
        }
        if (key.equals("site_name")) {
            throw new IllegalArgumentException("has tag site_name; give func.site-name instead");
        }
        if (Catalogue.measurements().stream()
                .anyMatch(measurement -> measurement.keys().contains(key))) {
            throw new IllegalArgumentException(
                    "has tag " + key + ", which a measurement has already; give it another key");
        }
        if (RECEIVERS.contains(key)) {
            throw new IllegalArgumentException(
                    "has tag " + key + ", which receivers keep for themselves; give it another key");
        }
    }

    private static void checkValue(String key, String value) {
        if (value.chars().anyMatch(c -> c < 0x20 || c == 0x7f) || value.endsWith("\\")) {
            throw new IllegalArgumentException("has tag " + key
                    + " with a value that no receiver takes; leave out control characters and a backslash at the end");
        }
        if (value.getBytes(StandardCharsets.UTF_8).length > MOST_VALUE_BYTES) {
            throw new IllegalArgumentException(
                    "has tag " + key + " with a value above " + MOST_VALUE_BYTES + " bytes; give a shorter one");
        }
    }
}
