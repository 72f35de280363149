package io.funcobserver.lineprotocol;

/** Writes points that were read once more: the same measurement, tags and fields, with tags added and another time. */
public final class PointWriter {
    private final ByteBuilder lines;

    /** @param expected about how many bytes will be written */
    public PointWriter(int expected) {
        lines = new ByteBuilder(expected);
    }

    /** Begins a line with the point's measurement and tags, as they stand. */
    public void series(PointReader point) {
        point.appendSeries(lines);
    }

    /** @param whole {@code ,key=value}, escaped */
    public void tag(byte[] whole) {
        lines.append(whole);
    }

    /** Ends the line with the point's fields, as they stand, and a time in nanoseconds. */
    public void fieldsAt(PointReader point, long nanos) {
        lines.append((byte) ' ');
        point.appendFields(lines);
        lines.append((byte) ' ');
        lines.appendDigits(nanos);
        lines.append((byte) '\n');
    }

    /** Appends bytes as they are, with a line feed where they have none at the end. */
    public void line(byte[] source, int from, int to) {
        lines.append(source, from, to - from);
        if (to == from || source[to - 1] != '\n') {
            lines.append((byte) '\n');
        }
    }

    public int length() {
        return lines.length();
    }

    /** All that was written since the last time. */
    public byte[] take() {
        byte[] taken = lines.toByteArray();
        lines.clear();
        return taken;
    }
}
