package io.funcobserver.func;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import io.funcobserver.lineprotocol.Columns;
import io.funcobserver.lineprotocol.Row;
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

    private static final byte[] EMPTY = {};
    private static final byte[] LINE_FEED = {'\n'};
    private static final byte[] TRACEBACK_HEADING = "[Traceback]\n".getBytes(StandardCharsets.US_ASCII);

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
        map("status", "status", TaskColumns::derivedStatus);
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
        this.wire = Columns.of(List.copyOf(wires.keySet()));
        this.values = wires.values().toArray(ColumnMapping[]::new);
    }

    Columns wire() {
        return wire;
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

    /** An older Func calls the column {@code crontab}, and so the origin. */
    private void mapCrontab() {
        int origin = func.indexOf("origin");
        int expression = has("cronExpr") ? func.indexOf("cronExpr") : func.indexOf("crontab");
        if (origin >= 0 && expression >= 0) {
            wires.put("crontab", (row, task) -> {
                Object from = row.value(origin);
                boolean cron = Text.equals(from, "cronJob") || Text.equals(from, "crontab");
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
            wires.put("name", (row, task) -> "Func.Runner");
            wires.put("message", (row, task) -> log(valueOrNull(row, printLogs), valueOrNull(row, traceback)));
        } else {
            wires.put("message", (row, task) -> {
                Object text = valueOrNull(row, traceback);
                return Text.isEmpty(text) ? valueOrNull(row, exception) : text;
            });
        }
    }

    private static Object valueOrNull(Row row, int column) {
        return column < 0 ? null : row.value(column);
    }

    private static Object log(Object printed, Object traceback) {
        if (Text.isEmpty(traceback)) {
            return printed;
        }
        boolean onNewLine = Text.isEmpty(printed) || Text.endsWithLineFeed(printed);
        return Text.join(
                printed == null ? EMPTY : printed, onNewLine ? EMPTY : LINE_FEED, TRACEBACK_HEADING, traceback);
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
        if (Text.equals(value, "true") || Text.equals(value, "false")) {
            return Text.equals(value, "true");
        }
        Number number = WholeNumber.of(value);
        return number == null ? null : !number.equals(0L);
    }

    /** What Func's own status says to a monitor; null where there is none. */
    static String derivedStatus(Object taskStatus) {
        if (Text.isEmpty(taskStatus)) {
            return null;
        }
        if (Text.equals(taskStatus, "success")) {
            return "ok";
        }
        if (Text.equals(taskStatus, "failure")) {
            return "critical";
        }
        if (Text.equals(taskStatus, "timeout")) {
            return "error";
        }
        if (Text.equals(taskStatus, "skip") || Text.equals(taskStatus, "expire")) {
            return "warning";
        }
        return "info";
    }

    /** In milliseconds; negative where two machines' clocks differ. */
    private static Number cost(Object from, Object to) {
        Number start = whole(from);
        Number end = whole(to);
        if (start == null || end == null || start.equals(0L) || end.equals(0L)) {
            return null;
        }
        if (start instanceof Long s && end instanceof Long e) {
            long cost = e - s;
            boolean overflow = ((e ^ s) & (e ^ cost)) < 0;
            if (!overflow) {
                return cost;
            }
        }
        return big(end).subtract(big(start));
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
