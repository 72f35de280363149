package io.funcobserver.func;

import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.funcobserver.lineprotocol.Columns;
import io.funcobserver.lineprotocol.Row;
import io.funcobserver.lineprotocol.Utf8;

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
    /** What an entry of Func's list has beside the columns of the table: how many records Func keeps of its entity. */
    private static final String LIMIT = "_taskRecordLimit";

    /** Of these origins Func keeps 1000 records where no limit is set. */
    private static final Set<String> KEPT_BY_DEFAULT = Set.of("direct", "integration", "connector");

    private static final int MOST_KNOWN = 64;

    private final IsoTime isoTime;
    private final Map<Columns, TaskColumns> known = new ConcurrentHashMap<>();

    /** @param zone of the fields {@code …_iso} */
    public TaskRows(ZoneId zone) {
        this.isoTime = new IsoTime(zone);
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
        return origin >= 0
                && KEPT_BY_DEFAULT.contains(new String(Utf8.of(entry.value(origin)), StandardCharsets.UTF_8));
    }

    /** All rows of a page. */
    public Iterator<Row> apply(Iterator<? extends Row> rows) {
        return new Iterator<>() {
            private TaskColumns tasks = columns(Columns.of());

            @Override
            public boolean hasNext() {
                return rows.hasNext();
            }

            @Override
            public Row next() {
                Row row = rows.next();
                if (tasks.func() != row.columns()) {
                    tasks = columns(row.columns());
                }
                return tasks.task(row);
            }
        };
    }

    private TaskColumns columns(Columns func) {
        if (known.size() >= MOST_KNOWN) {
            known.clear();
        }
        return known.computeIfAbsent(func, columns -> new TaskColumns(columns, isoTime));
    }
}
