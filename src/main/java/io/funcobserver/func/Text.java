package io.funcobserver.func;

import java.nio.charset.StandardCharsets;

/** Looks at text that a driver may give as bytes of UTF-8 or as characters. */
final class Text {
    private Text() {}

    static boolean isEmpty(Object text) {
        return text == null || length(text) == 0;
    }

    static boolean equals(Object text, String ascii) {
        if (text == null || length(text) != ascii.length()) {
            return false;
        }
        for (int i = 0; i < ascii.length(); i++) {
            if (unit(text, i) != ascii.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    static boolean endsWithLineFeed(Object text) {
        return !isEmpty(text) && unit(text, length(text) - 1) == '\n';
    }

    /** Joins texts; as bytes if all of them are, which leaves malformed ones as they are. */
    static Object join(Object... texts) {
        int length = 0;
        for (Object text : texts) {
            if (!(text instanceof byte[] bytes)) {
                return joinCharacters(texts);
            }
            length = Math.addExact(length, bytes.length);
        }
        byte[] joined = new byte[length];
        int at = 0;
        for (Object text : texts) {
            byte[] bytes = (byte[]) text;
            System.arraycopy(bytes, 0, joined, at, bytes.length);
            at += bytes.length;
        }
        return joined;
    }

    private static CharSequence joinCharacters(Object... texts) {
        StringBuilder joined = new StringBuilder();
        for (Object text : texts) {
            joined.append(text instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : text.toString());
        }
        return joined;
    }

    private static int length(Object text) {
        return text instanceof byte[] bytes ? bytes.length : characters(text).length();
    }

    private static int unit(Object text, int at) {
        return text instanceof byte[] bytes ? bytes[at] : characters(text).charAt(at);
    }

    private static CharSequence characters(Object text) {
        return text instanceof CharSequence sequence ? sequence : text.toString();
    }
}
