package io.funcobserver.func;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

import io.funcobserver.lineprotocol.Columns;
import io.funcobserver.lineprotocol.Row;
import io.funcobserver.lineprotocol.Utf8;
import io.funcobserver.lineprotocol.WholeNumber;

/** How the columns of one of Func's task tables, as they are there, become the columns on the wire. */
final class TaskColumns {
    /** Computes a column of the wire from the row of Func's table. */
    @FunctionalInterface
    private interface ColumnMapping {
        Object value(Row func, TaskRow task);
    }

    /** Func's columns that go out as they are, under another name. */
    private static final Map<String, String> RENAMED = Map.ofEntries(
            Map.entry("seq", "seq"),
            Map.entry("id", "id"),
            Map.entry("name", "name"),
            Map.entry("rootTaskId", "root_task_id"),
            Map.entry("scriptSetId", "script_set_id"),
            Map.entry("scriptId", "script_id"),
            Map.entry("funcId", "func_id"),
            Map.entry("origin", "origin"),
            Map.entry("originId", "origin_id"),
            Map.entry("queue", "queue"),
            Map.entry("status", "task_status"),
            Map.entry("kwargsJSON", "kwargs"),
            Map.entry("funcCallKwargsJSON", "func_call_kwargs"),
            Map.entry("resultJSON", "result"),
            Map.entry("returnValueJSON", "return_value"),
            Map.entry("callChainJSON", "call_chain"),
            Map.entry("exceptionType", "exception_type"),
            Map.entry("exceptionTEXT", "exception"),
            Map.entry("tracebackTEXT", "traceback"));

    private static final List<String> NUMBERS = List.of("delay", "timeout", "expires");
    private static final Map<String, String> TIMES = Map.of(
            "triggerTimeMs", "trigger_time_iso",
            "startTimeMs", "start_time_iso",
            "endTimeMs", "end_time_iso");

    /** What Func's own status says to a monitor: in pairs, the most frequent first. */
    private static final List<byte[]> STATUSES =
            texts("success", "ok", "failure", "critical", "timeout", "error", "skip", "warning", "expire", "warning");

    private static final byte[] OTHER_STATUS = Utf8.of("info");

    private static final byte[] CRON_JOB = Utf8.of("cronJob");
    /** So an older Func calls the origin, as it does the column with the expression. */
    private static final byte[] CRONTAB = Utf8.of("crontab");

    private static final byte[] NAME_OF_CALLS = Utf8.of("Func.Runner");
    private static final byte[] TRACEBACK_HEADING = Utf8.of("[Traceback]\n");
    private static final byte[] TRACEBACK_ON_NEW_LINE = Utf8.of("\n[Traceback]\n");

    private final Columns func;
    private final IsoTime isoTime;
    private final Map<String, ColumnMapping> wires = new LinkedHashMap<>();
    private final Columns wire;
    private final ColumnMapping[] values;

    TaskColumns(Columns func, IsoTime isoTime) {
        this.func = func;
        this.isoTime = isoTime;
        RENAMED.forEach((name, wireName) -> map(name, wireName, value -> value));
        map("triggerTimeMs", "trigger_time_ms", TaskColumns::whole);
        NUMBERS.forEach(name -> map(name, name, TaskColumns::whole));
        TIMES.forEach((name, wireName) -> map(name, wireName, this::iso));
        map("ignoreResult", "ignore_result", TaskColumns::flag);
        map("status", "status", status -> status == null ? null : derivedStatus(Utf8.of(status)));
        mapCost("wait_cost", "triggerTimeMs", "startTimeMs");
        mapCost("run_cost", "startTimeMs", "endTimeMs");
        mapCost("total_cost", "triggerTimeMs", "endTimeMs");
        mapCrontab();
        mapMessage();
        if (has("funcCallKwargsJSON")) {
            wires.put("workspace_uuid", (row, task) -> task.kwargs().workspaceUuid());
            wires.put("df_monitor_id", (row, task) -> task.kwargs().monitorId());
            wires.put("df_monitor_checker_id", (row, task) -> task.kwargs().checkerId());
        }
        this.wire = Columns.of(wires.keySet());
        this.values = wires.values().toArray(ColumnMapping[]::new);
    }

    private static List<byte[]> texts(String... texts) {
        return Stream.of(texts).map(Utf8::of).toList();
    }

    /** The columns of Func's table. */
    Columns func() {
        return func;
    }

    Row task(Row row) {
        return new TaskRow(this, row);
    }

    private boolean has(String name) {
        return func.indexOf(name) >= 0;
    }

    private void map(String name, String wireName, Function<Object, Object> conversion) {
        int column = func.indexOf(name);
        if (column >= 0) {
            wires.put(wireName, (row, task) -> conversion.apply(row.value(column)));
        }
    }

    private void mapCost(String wireName, String from, String to) {
        int fromColumn = func.indexOf(from);
        int toColumn = func.indexOf(to);
        if (fromColumn >= 0 && toColumn >= 0) {
            wires.put(wireName, (row, task) -> cost(row.value(fromColumn), row.value(toColumn)));
        }
    }

    private void mapCrontab() {
        int origin = func.indexOf("origin");
        int expression = has("cronExpr") ? func.indexOf("cronExpr") : func.indexOf("crontab");
        if (origin >= 0 && expression >= 0) {
            wires.put("crontab", (row, task) -> {
                byte[] from = Utf8.of(row.value(origin));
                boolean cron = Arrays.equals(from, CRON_JOB) || Arrays.equals(from, CRONTAB);
                return cron ? row.value(expression) : null;
            });
        }
    }

    private void mapMessage() {
        int traceback = func.indexOf("tracebackTEXT");
        int exception = func.indexOf("exceptionTEXT");
        int printLogs = func.indexOf("printLogsTEXT");
        if (printLogs >= 0 || has("funcId")) {
            // Only user functions print. Func gives their tasks no name: it runs them all by this one.
            wires.put("name", (row, task) -> NAME_OF_CALLS);
            wires.put("message", (row, task) -> log(text(row, printLogs), text(row, traceback)));
        } else {
            wires.put("message", (row, task) -> {
                byte[] text = text(row, traceback);
                return text.length == 0 ? text(row, exception) : text;
            });
        }
    }

    private static byte[] text(Row row, int column) {
        return Utf8.of(column < 0 ? null : row.value(column));
    }

    private static byte[] log(byte[] printed, byte[] traceback) {
        if (traceback.length == 0) {
            return printed;
        }
        boolean onNewLine = printed.length == 0 || printed[printed.length - 1] == '\n';
        byte[] heading = onNewLine ? TRACEBACK_HEADING : TRACEBACK_ON_NEW_LINE;
        int length = Math.addExact(printed.length, heading.length + traceback.length);
        return ByteBuffer.allocate(length)
                .put(printed)
                .put(heading)
                .put(traceback)
                .array();
    }

    private Object iso(Object millis) {
        return whole(millis) instanceof Long time ? isoTime.format(time) : null;
    }

    /** As the table's columns hold it: a fraction, which only a list may have, is rounded as MySQL rounds it. */
    private static Number whole(Object value) {
        return WholeNumber.of(value instanceof BigDecimal decimal ? rounded(decimal) : value);
    }

    /** Without writing out what a huge exponent stands for: that could take all memory. */
    private static BigDecimal rounded(BigDecimal decimal) {
        if (decimal.scale() <= 0) {
            return decimal;
        }
        boolean isTiny = decimal.precision() - (long) decimal.scale() < 0;
        return isTiny ? BigDecimal.ZERO : decimal.setScale(0, RoundingMode.HALF_UP);
    }

    private static Object flag(Object value) {
        if (value == null || value instanceof Boolean) {
            return value;
        }
        return switch (new String(Utf8.of(value), StandardCharsets.UTF_8)) {
            case "true" -> true;
            case "false" -> false;
            default -> {
                Number number = WholeNumber.of(value);
                yield number == null ? null : !number.equals(0L);
            }
        };
    }

    /** What Func's own status says to a monitor; null where there is none. */
    static byte[] derivedStatus(byte[] taskStatus) {
        for (int i = 0; i < STATUSES.size(); i += 2) {
            if (Arrays.equals(STATUSES.get(i), taskStatus)) {
                return STATUSES.get(i + 1);
            }
        }
        return taskStatus.length == 0 ? null : OTHER_STATUS;
    }

    /** In milliseconds; negative where two machines' clocks differ. */
    private static Number cost(Object from, Object to) {
        Number start = whole(from);
        Number end = whole(to);
        if (start == null || end == null || start.equals(0L) || end.equals(0L)) {
            return null;
        }
        boolean fits = start instanceof Long && end instanceof Long && (start.longValue() ^ end.longValue()) >= 0;
        return fits ? (Number) (end.longValue() - start.longValue()) : big(end).subtract(big(start));
    }

    private static BigInteger big(Number number) {
        return number instanceof BigInteger big ? big : BigInteger.valueOf(number.longValue());
    }

    /** A row of Func's table seen by its names on the wire; nothing is computed before it is asked for. */
    private static final class TaskRow implements Row {
        private final TaskColumns columns;
        private final Row func;
        private KwargsTags kwargs;

        TaskRow(TaskColumns columns, Row func) {
            this.columns = columns;
            this.func = func;
        }

        @Override
        public Columns columns() {
            return columns.wire;
        }

        @Override
        public Object value(int column) {
            return columns.values[column].value(func, this);
        }

        KwargsTags kwargs() {
            if (kwargs == null) {
                kwargs = KwargsTags.of(func.value(columns.func.indexOf("funcCallKwargsJSON")));
            }
            return kwargs;
        }
    }
}
