package io.funcobserver.lineprotocol;

import java.util.Arrays;

/** Cuts a long text into pages that, joined, are the text again. */
final class TextPaginator {
    private TextPaginator() {}

    /**
     * Where each page ends: after its last line feed, or at a character boundary where it has none. An empty text has one
     * page.
     *
     * @param text UTF-8, whose malformed pieces will be replaced
     * @param size of a page in bytes, at least 4, which every character fits
     */
    static int[] ends(byte[] text, int size) {
        int[] ends = new int[1];
        int pages = 0;
        do {
            if (pages == ends.length) {
                ends = Arrays.copyOf(ends, pages * 2);
            }
            ends[pages] = end(text, pages == 0 ? 0 : ends[pages - 1], size);
        } while (ends[pages++] < text.length);
        return Arrays.copyOf(ends, pages);
    }

    private static int end(byte[] text, int from, int size) {
        int end = Utf8.cut(text, from, text.length, size);
        int line = end;
        while (end < text.length && line > from && text[line - 1] != '\n') {
            line--;
        }
        return line > from ? line : end;
    }
}
