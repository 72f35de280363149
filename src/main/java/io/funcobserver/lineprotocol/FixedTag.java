package io.funcobserver.lineprotocol;

import java.nio.charset.StandardCharsets;

import io.funcobserver.lineprotocol.TagEscaper.Escaped;

/**
 * A tag that is given to points that lack it.
 *
 * @param key as it stands in a line
 * @param whole {@code ,key=value} as it stands in a line
 */
public record FixedTag(byte[] key, byte[] whole) {
    /**
     * Escapes key and value, and cuts them as {@link LineEncoder} does.
     *
     * @throws IllegalArgumentException when nothing is left of one of them
     */
    public static FixedTag of(String key, String value) {
        Escaped escapedKey = TagEscaper.key(key);
        Escaped escapedValue = TagEscaper.value(value);
        if (escapedKey.isEmpty() || escapedValue.isEmpty()) {
            throw new IllegalArgumentException(
                    "\"" + key + '=' + value + "\" is no tag: nothing is left of one of them");
        }
        String tag = "," + escapedKey + '=' + escapedValue;
        return new FixedTag(escapedKey.bytes(), tag.getBytes(StandardCharsets.UTF_8));
    }
}
