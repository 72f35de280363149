package io.funcobserver.lineprotocol;

/** The UTF-8 of whatever text a value is, without a copy where it is UTF-8 already. */
final class TextBytes {
    private final ByteBuilder encoded = new ByteBuilder();
    private byte[] bytes;
    private int length;

    /**
     * @param enough more bytes than this need not be read: whoever cuts at a limit only has to see that there are more
     */
    void read(Object value, int enough) {
        if (value instanceof byte[] utf8) {
            bytes = utf8;
            length = utf8.length;
            return;
        }
        CharSequence text = value instanceof CharSequence characters ? characters : value.toString();
        encoded.clear();
        if (text != null) {
            encoded.appendUtf8(text, enough);
        }
        bytes = encoded.bytes();
        length = encoded.length();
    }

    void read(Object value) {
        read(value, Integer.MAX_VALUE);
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    void clear() {
        bytes = null;
        length = 0;
        encoded.clear();
    }
}
