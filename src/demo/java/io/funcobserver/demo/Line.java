package io.funcobserver.demo;

import java.util.Map;

/**
 * One line of line protocol, decoded.
 *
 * @param tags by key, in the order of the line
 * @param fields by key, in the order of the line; Long ({@code i}), BigInteger ({@code u}), Double, Boolean or String
 * @param timestamp as it stands on the line; null when there is none
 * @param text the line as it was sent, without its line feed
 */
public record Line(
        String measurement, Map<String, String> tags, Map<String, Object> fields, Long timestamp, String text) {

    /** The tag's value, or null. */
    public String tag(String key) {
        return tags.get(key);
    }

    /** The field's value, or null. */
    public Object field(String key) {
        return fields.get(key);
    }
}
