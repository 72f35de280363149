package io.funcobserver.lineprotocol;

import java.nio.charset.StandardCharsets;

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
        String escapedKey = escaped(key, TagEscaper.MAX_KEY_BYTES);
        String tag = ',' + escapedKey + '=' + escaped(value, TagEscaper.MAX_TAG_VALUE_BYTES);
        return new FixedTag(escapedKey.getBytes(StandardCharsets.UTF_8), tag.getBytes(StandardCharsets.UTF_8));
    }

    private static String escaped(String text, int limit) {
        TagEscaper escaper = new TagEscaper();
        escaper.read(text, limit);
        if (escaper.isEmpty()) {
            throw new IllegalArgumentException("\"" + text + "\" is no tag key or tag value");
        }
        return escaper.escaped();
    }
}
