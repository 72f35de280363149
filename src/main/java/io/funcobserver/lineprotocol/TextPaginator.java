package io.funcobserver.lineprotocol;

/** Cuts a long text into pages that, joined, are the text again. */
final class TextPaginator {
    private TextPaginator() {}

    /**
     * Where the page that begins at {@code from} ends: after its last line feed, or at a character boundary where it has
     * none.
     *
     * @param text well-formed UTF-8
     * @param size in bytes, at least 4, which every character fits
     */
    static int end(byte[] text, int from, int length, int size) {
        if (length - from <= size) {
            return length;
        }
        int end = from + size;
        for (int i = end - 1; i >= from; i--) {
            if (text[i] == '\n') {
                return i + 1;
            }
        }
        while ((text[end] & 0xC0) == 0x80) {
            end--;
        }
        return end;
    }

    /** How many pages there are; an empty text has one. */
    static int count(byte[] text, int length, int size) {
        int pages = 1;
        for (int at = end(text, 0, length, size); at < length; at = end(text, at, length, size)) {
            pages++;
        }
        return pages;
    }
}
