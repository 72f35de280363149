package io.funcobserver.lineprotocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

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
        ByteBuilder tag = new ByteBuilder();
        tag.append((byte) ',');
        append(key, TagEscaper.MAX_KEY_BYTES, tag);
        int equals = tag.length();
        tag.append((byte) '=');
        append(value, TagEscaper.MAX_TAG_VALUE_BYTES, tag);
        byte[] whole = Arrays.copyOf(tag.bytes(), tag.length());
        return new FixedTag(Arrays.copyOfRange(whole, 1, equals), whole);
    }

    private static void append(String text, int limit, ByteBuilder tag) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        TagEscaper escaper = new TagEscaper();
        escaper.read(utf8, utf8.length, limit);
        if (escaper.isEmpty()) {
            throw new IllegalArgumentException("\"" + text + "\" is no tag key or tag value");
        }
        escaper.appendTo(tag);
    }
}
