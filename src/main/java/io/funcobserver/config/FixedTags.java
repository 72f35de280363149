package io.funcobserver.config;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import static io.funcobserver.config.PropertyType.require;

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
            require(!key.isEmpty() && !value.isEmpty(), "is not a list of tags; give key=value,key=value");
            checkKey(key);
            checkValue(key, value);
            require(tags.put(key, value) == null, "has tag " + key + " twice; give it once");
        }
        return new FixedTags(tags);
    }

    private static void checkKey(String key) {
        require(
                key.matches("[A-Za-z_][A-Za-z0-9_-]*") && key.length() <= MOST_KEY_BYTES,
                "has a tag key that receivers would change: \"" + key
                        + "\"; give letters, digits, _ and -, not beginning with a digit");
        require(!key.equals("site_name"), "has tag site_name; give func.site-name instead");
        require(
                Catalogue.measurements().stream()
                        .noneMatch(measurement -> measurement.keys().contains(key)),
                "has tag " + key + ", which a measurement has already; give it another key");
        require(
                !RECEIVERS.contains(key),
                "has tag " + key + ", which receivers keep for themselves; give it another key");
    }

    private static void checkValue(String key, String value) {
        require(
                value.chars().noneMatch(c -> c < 0x20 || c == 0x7f) && !value.endsWith("\\"),
                "has tag " + key
                        + " with a value that no receiver takes; leave out control characters and a backslash at the end");
        require(
                value.getBytes(StandardCharsets.UTF_8).length <= MOST_VALUE_BYTES,
                "has tag " + key + " with a value above " + MOST_VALUE_BYTES + " bytes; give a shorter one");
    }
}
