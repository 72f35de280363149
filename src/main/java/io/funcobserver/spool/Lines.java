package io.funcobserver.spool;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Finds where the lines of line protocol end.
 *
 * <p>A line feed inside a quoted string field is data, so lines cannot be told apart by line feeds alone. A double quote
 * opens a string only in the field set and only as a field's value: in tags it is an ordinary character (InfluxDB's
 * {@code scanLine}). Bytes may come in any portions.
 */
public final class Lines {
    private static final int BUFFER = 1 << 16;

    private final LongConsumer end;
    private long position;
    private boolean blank = true;
    private boolean fields;
    private boolean quoted;
    private boolean escaped;
    private byte previous;

    /** @param end takes the offset just behind each line that is not blank, its line feed included */
    public Lines(LongConsumer end) {
        this.end = end;
    }

    /** The offsets just behind each line that is not blank, its line feed included. */
    public static List<Integer> ends(byte[] content) {
        List<Integer> ends = new ArrayList<>();
        Lines lines = new Lines(end -> ends.add((int) end));
        lines.feed(content, 0, content.length);
        lines.finish();
        return ends;
    }

    /** How many lines there are, without keeping them. */
    public static long count(InputStream content) throws IOException {
        long[] count = new long[1];
        Lines lines = new Lines(end -> count[0]++);
        byte[] buffer = new byte[BUFFER];
        for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
            lines.feed(buffer, 0, n);
        }
        lines.finish();
        return count[0];
    }

    public void feed(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            byte b = bytes[i];
            position++;
            if (b == '\n' && !quoted) {
                endLine();
            } else {
                step(b);
            }
            previous = b;
        }
    }

    private void step(byte b) {
        if (blank && b != ' ' && b != '\r' && b != '\t') {
            blank = false;
        }
        if (escaped) {
            escaped = false;
        } else if (b == '\\') {
            escaped = true;
        } else if (quoted) {
            quoted = b != '"';
        } else if (b == ' ') {
            fields = fields || !blank;
        } else if (b == '"') {
            quoted = fields && previous == '=';
        }
    }

    private void endLine() {
        if (!blank) {
            end.accept(position);
        }
        blank = true;
        fields = false;
        escaped = false;
    }

    /** Ends a last line without a line feed, if there is one. */
    public void finish() {
        if (!blank) {
            end.accept(position);
            blank = true;
        }
    }
}
