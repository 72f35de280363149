package io.funcobserver.lineprotocol;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;
import java.util.WeakHashMap;

import io.funcobserver.lineprotocol.CompiledSchema.Field;
import io.funcobserver.lineprotocol.CompiledSchema.Role;
import io.funcobserver.lineprotocol.CompiledSchema.Tag;
import io.funcobserver.lineprotocol.DropListener.Reason;

/**
 * Writes rows as lines of InfluxDB line protocol that DataKit, InfluxDB and VictoriaMetrics take and read alike.
 *
 * <p>The limits are DataKit's (256 tags, 1024 fields, keys of 256 bytes, tag values of 1024 bytes, texts of 32 MiB) and
 * InfluxDB's (65 535 bytes of measurement and tags). What is beyond them is cut or left out, and told to {@link DropListener}.
 *
 * <p>A line may be hundreds of megabytes long, and stands in memory whole while it is written. A text that would take
 * the line beyond 2 GiB, which no Java array holds, is left out and counted as {@link Reason#CUT}; the point, with all
 * its other fields and the split text, still goes out.
 *
 * <p>An encoder keeps its buffers from row to row: each thread needs one of its own.
 */
public final class LineEncoder {
    static final int MAX_TAGS = 256;
    static final int MAX_FIELDS = 1024;
    static final int MAX_SERIES_BYTES = 65_535;
    /** Room that texts leave for the numbers (1024 with keys of 256 bytes, escaped) and the time. */
    private static final int ROOM_FOR_NUMBERS = 1 << 20;

    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long MAX_MILLIS = Long.MAX_VALUE / NANOS_PER_MILLI;
    private static final int MAX_LONG_DIGITS = 19;
    private static final int[] ONE_PAGE = {0};
    private static final byte[] EMPTY = {};

    private final PointSchema schema;
    private final DropListener losses;
    private final int textLimit;
    private final Map<Columns, CompiledSchema> plans = new WeakHashMap<>();
    private Columns planned;
    private CompiledSchema plan;

    private final ByteBuilder line = new ByteBuilder();
    private byte[] split;
    private final UniqueTimestamps uniqueTimestamps = new UniqueTimestamps();

    private int page;
    /** Where each page of the split text ends. */
    private int[] pageEnds;

    public LineEncoder(PointSchema schema, DropListener losses) {
        this(schema, losses, ByteBuilder.MAX_LENGTH);
    }

    LineEncoder(PointSchema schema, DropListener losses, int maxLineBytes) {
        this.schema = schema;
        this.losses = losses;
        this.textLimit = maxLineBytes - ROOM_FOR_NUMBERS - 2 * schema.splitBytes();
    }

    /** Begins a page of rows: of two records in it with the same series and time, the later one is moved. */
    public void beginPage() {
        uniqueTimestamps.clear();
    }

    /**
     * Gives the row's line to the sink, or the lines of its pages, in order.
     *
     * @param nowNanos UNIX nanoseconds: a gauge's time of sampling; of a record, the time of reading, which stands in for
     *     a time that is 0, missing or not 64-bit nanoseconds ({@link Reason#TIME})
     * @return how many lines that were; 0 where no field was left, which is counted as {@link Reason#NO_FIELD}
     * @throws IllegalArgumentException if a common tag has the key of one of the row's columns: receivers refuse the body
     *     of a point with a key that stands there twice
     */
    public int encode(Row row, long nowNanos, LineSink sink) {
        planFor(row.columns());
        try {
            return encodePages(row, nowNanos, sink);
        } finally {
            line.clear();
            split = null;
        }
    }

    private void planFor(Columns columns) {
        if (columns != planned) {
            plan = plans.computeIfAbsent(columns, c -> new CompiledSchema(schema, c));
            planned = columns;
        }
    }

    private int encodePages(Row row, long nowNanos, LineSink sink) {
        page = 1;
        pageEnds = schema.splitColumn() == null ? ONE_PAGE : readSplitText(row);
        for (int column : plan.lostColumns) {
            if (row.value(column) != null) {
                lose(Reason.CUT);
            }
        }
        long time = 0;
        for (; page <= pageEnds.length; page++) {
            line.truncate(0);
            line.append(plan.measurement);
            appendTags(row);
            int series = line.length();
            if (appendFields(row) == 0) {
                lose(Reason.NO_FIELD);
                return 0;
            }
            if (page == 1) {
                time = time(row, nowNanos, series);
            }
            line.append((byte) ' ');
            line.appendDigits(time + page - 1);
            line.append((byte) '\n');
            sink.line(line.bytes(), 0, line.length());
        }
        return pageEnds.length;
    }

    private int[] readSplitText(Row row) {
        split = textOf(row, plan.splitColumn);
        return TextPaginator.ends(split, schema.splitBytes());
    }

    /** What the column holds; an empty text where it holds nothing, or there is none. */
    private static byte[] textOf(Row row, int column) {
        return column < 0 ? EMPTY : Utf8.of(row.value(column));
    }

    /** The same loss on every page is one loss. */
    private void lose(Reason reason) {
        if (page == 1) {
            losses.dropped(reason);
        }
    }

    /** @param series how many bytes of the line are the measurement and its tags */
    private long time(Row row, long nowNanos, int series) {
        if (schema.timeColumn() == null) {
            return nowNanos;
        }
        long offset = identityNanos(row);
        return uniqueTimestamps.take(time(row, nowNanos, offset), pageEnds.length, line.bytes(), series);
    }

    private long time(Row row, long nowNanos, long offset) {
        Object value = plan.timeColumn < 0 ? null : row.value(plan.timeColumn);
        if (WholeNumber.of(value) instanceof Long millis
                && millis != 0
                && millis >= -MAX_MILLIS
                && millis <= MAX_MILLIS) {
            long time = millis * NANOS_PER_MILLI;
            if (time <= Long.MAX_VALUE - offset - (pageEnds.length - 1)) {
                return time + offset;
            }
        }
        lose(Reason.TIME);
        return nowNanos + offset;
    }

    private long identityNanos(Row row) {
        byte[] identity = textOf(row, plan.identityColumn);
        if (identity.length == 0) {
            identity = textOf(row, plan.sequenceColumn);
        }
        return identity.length == 0 ? 0 : Long.remainderUnsigned(Fnv.hash(identity), NANOS_PER_MILLI);
    }

    private void appendTags(Row row) {
        int count = 0;
        for (Tag tag : plan.tags) {
            int start = line.length();
            if (!appendTag(tag, row)) {
                line.truncate(start);
                continue;
            }
            if (tag.cut()) {
                lose(Reason.CUT);
            }
            if (count == MAX_TAGS || line.length() > MAX_SERIES_BYTES) {
                line.truncate(start);
                lose(Reason.CUT);
            } else {
                count++;
            }
        }
    }

    private boolean appendTag(Tag tag, Row row) {
        if (tag.column() < 0) {
            line.append(tag.head());
            return true;
        }
        Object value = row.value(tag.column());
        if (value == null) {
            return false;
        }
        line.append(tag.head());
        if (value instanceof byte[] text) {
            return appendTagValue(text);
        }
        if (value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte) {
            line.appendDigits(((Number) value).longValue());
            return true;
        }
        if ((value instanceof Double || value instanceof Float) && !Double.isFinite(((Number) value).doubleValue())) {
            lose(Reason.OVERFLOW);
            return false;
        }
        return appendTagValue(Utf8.of(value, TagEscaper.MAX_TAG_VALUE_BYTES));
    }

    private boolean appendTagValue(byte[] text) {
        if (text.length <= TagEscaper.MAX_TAG_VALUE_BYTES && TagEscaper.appendPlain(text, line)) {
            return text.length > 0;
        }
        int start = line.length();
        if (!TagEscaper.append(text, TagEscaper.MAX_TAG_VALUE_BYTES, line)) {
            lose(Reason.CUT);
        }
        return line.length() > start;
    }

    private int appendFields(Row row) {
        int count = 0;
        int room = MAX_FIELDS - (schema.splitColumn() == null ? 0 : pageEnds.length == 1 ? 1 : 3);
        byte separator = ' ';
        for (Field field : plan.fields) {
            int start = line.length();
            line.append(separator);
            line.append(field.head());
            boolean ownRoom = field.role() != Role.FIELD && field.role() != Role.FIRST_PAGE_FIELD;
            if (!appendField(field, row)) {
                line.truncate(start);
                continue;
            }
            if (field.cut()) {
                lose(Reason.CUT);
            }
            if (!ownRoom && room == 0) {
                line.truncate(start);
                lose(Reason.CUT);
                continue;
            }
            if (!ownRoom) {
                room--;
            }
            count++;
            separator = ',';
        }
        return count;
    }

    private boolean appendField(Field field, Row row) {
        return switch (field.role()) {
            case FIELD -> appendValue(row.value(field.column()));
            case FIRST_PAGE_FIELD -> page == 1 && appendValue(row.value(field.column()));
            case SPLIT_TEXT ->
                appendQuoted(split, page == 1 ? 0 : pageEnds[page - 2], pageEnds[page - 1], ByteBuilder.MAX_LENGTH);
            case PAGE_NUMBER -> pageEnds.length > 1 && appendInteger(page);
            case PAGE_COUNT -> pageEnds.length > 1 && appendInteger(pageEnds.length);
        };
    }

    private boolean appendValue(Object value) {
        if (value == null) {
            return false;
        }
        if (value instanceof byte[] text) {
            return appendText(text);
        }
        if (value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return appendInteger(((Number) value).longValue());
        }
        if (value instanceof Boolean flag) {
            line.appendAscii(flag ? "true" : "false");
            return true;
        }
        if (value instanceof BigInteger big) {
            return appendInteger(big);
        }
        if (value instanceof BigDecimal decimal) {
            return appendDecimal(decimal);
        }
        if (value instanceof Double || value instanceof Float) {
            return appendFloat((Number) value);
        }
        return appendText(Utf8.of(value, PointSchema.MAX_TEXT_BYTES));
    }

    private boolean appendInteger(long value) {
        line.appendDigits(value);
        line.append((byte) 'i');
        return true;
    }

    private boolean appendInteger(BigInteger value) {
        if (value.bitLength() >= Long.SIZE) {
            lose(Reason.OVERFLOW);
            return false;
        }
        return appendInteger(value.longValue());
    }

    private boolean appendDecimal(BigDecimal value) {
        if (value.scale() > 0) {
            return appendFloat(value.doubleValue());
        }
        // Asked before the number is written out, which its exponent may make as long as memory.
        if (value.signum() != 0 && value.precision() - (long) value.scale() > MAX_LONG_DIGITS) {
            lose(Reason.OVERFLOW);
            return false;
        }
        return value.signum() == 0 ? appendInteger(0) : appendInteger(value.toBigIntegerExact());
    }

    private boolean appendFloat(Number value) {
        if (!Double.isFinite(value.doubleValue())) {
            lose(Reason.OVERFLOW);
            return false;
        }
        line.appendAscii(value.toString());
        return true;
    }

    private boolean appendText(byte[] text) {
        if (text.length == 0) {
            return false;
        }
        int end = Utf8.cut(text, 0, text.length, PointSchema.MAX_TEXT_BYTES);
        boolean written = appendQuoted(text, 0, end, textLimit);
        if (!written || end < text.length) {
            lose(Reason.CUT);
        }
        return written;
    }

    private boolean appendQuoted(byte[] utf8, int from, int end, int limit) {
        line.append((byte) '"');
        boolean written = line.appendQuotable(utf8, from, end, limit);
        line.append((byte) '"');
        return written;
    }
}
