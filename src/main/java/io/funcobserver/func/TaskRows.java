package io.funcobserver.func;

import java.time.ZoneId;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.funcobserver.lineprotocol.Columns;
import io.funcobserver.lineprotocol.Row;

/**
 * Turns rows of Func's tables {@code biz_main_task_record} and {@code biz_main_task_record_func} into rows with the names
 * on the wire.
 *
 * <p>It goes by the columns that are there, under the names of any version of Func; a row with {@code printLogsTEXT} is a
 * user function's. What is not reported is dropped. The row's number stays {@code seq}, and {@code trigger_time_ms} is
 * its time in UNIX milliseconds. Values are computed when they are asked for, so that a measurement that needs no texts
 * pays for none; a row therefore lives as long as the row it was made of.
 *
 * <p>May be used by several threads.
 */
public final class TaskRows {
    private static final int MAX_KNOWN = 64;
    /** What an entry of Func's list has beside the columns of the table: how many records Func keeps of its entity. */
    private static final String LIMIT = "_taskRecordLimit";

    /** Of these origins Func keeps 1000 records where no limit is set. */
    private static final List<String> KEPT_BY_DEFAULT = List.of("direct", "integration", "connector");

    private final IsoTime isoTime;
    private final Map<List<String>, TaskColumns> known = new ConcurrentHashMap<>();
    private volatile Mapping last;

    private record Mapping(Columns func, TaskColumns task) {}

    /** @param zone of the fields {@code …_iso} */
    public TaskRows(ZoneId zone) {
        this.isoTime = new IsoTime(zone);
    }

    /** One row. It does not share the name of {@link #apply}: Camel would try at every page which of them is meant. */
    public Row task(Row row) {
        Mapping mapping = last;
        if (mapping == null || mapping.func() != row.columns()) {
            mapping = mapping(row.columns());
            last = mapping;
        }
        return mapping.task().task(row);
    }

    /** Whether Func will insert the record of an entry of its list into the table: what has a limit of 0 it does not. */
    public static boolean getsRow(Row entry) {
        int limit = entry.columns().indexOf(LIMIT);
        if (limit < 0) {
            return true;
        }
        if (entry.value(limit) instanceof Number number) {
            return number.longValue() > 0;
        }
        int origin = entry.columns().indexOf("origin");
        return origin >= 0 && KEPT_BY_DEFAULT.stream().anyMatch(kept -> Text.equals(entry.value(origin), kept));
    }

    /** All rows of a page. */
    public Iterator<Row> apply(Iterator<? extends Row> rows) {
        return new Iterator<>() {
            private Mapping mapping;

            @Override
            public boolean hasNext() {
                return rows.hasNext();
            }

            @Override
            public Row next() {
                Row row = rows.next();
                if (mapping == null || mapping.func() != row.columns()) {
                    mapping = mapping(row.columns());
                }
                return mapping.task().task(row);
            }
        };
    }

    /** Results with the same names share their columns on the wire, and so what an encoder has worked out for them. */
    private Mapping mapping(Columns func) {
        if (known.size() >= MAX_KNOWN) {
            known.clear();
        }
        return new Mapping(func, known.computeIfAbsent(func.names(), names -> new TaskColumns(func, isoTime)));
    }
}
