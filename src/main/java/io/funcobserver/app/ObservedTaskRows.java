package io.funcobserver.app;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Iterator;

import io.funcobserver.func.TaskRows;
import io.funcobserver.lineprotocol.Columns;
import io.funcobserver.lineprotocol.Row;
import io.funcobserver.observe.FuncCalls;
import io.funcobserver.observe.MeasurementRun;
import io.funcobserver.observe.status.FuncActivity;
import org.apache.camel.Exchange;

/** The rows of {@link TaskRows}, of which those of one measurement of calls are counted and told to the status page. */
public final class ObservedTaskRows {
    /** The status page shows the last hour, and a call may have waited and run for another one. */
    private static final long OLD_MILLIS = Duration.ofHours(2).toMillis();

    private final TaskRows rows;
    private final FuncCalls calls;
    private final FuncActivity activity;
    private final Clock clock;
    private final String measurement;

    ObservedTaskRows(ZoneId zone, FuncCalls calls, FuncActivity activity, Clock clock, String measurement) {
        this.rows = new TaskRows(zone);
        this.calls = calls;
        this.activity = activity;
        this.clock = clock;
        this.measurement = measurement;
    }

    public Iterator<Row> apply(Iterator<? extends Row> page, Exchange exchange) {
        Iterator<Row> mapped = rows.apply(page);
        boolean told = measurement.equals(exchange.getVariable(MeasurementRun.VARIABLE, String.class));
        return told ? new Told(mapped) : mapped;
    }

    private final class Told implements Iterator<Row> {
        private final Iterator<Row> rows;
        private Columns columns;
        private int function;
        private int trigger;
        private int status;
        private int wait;
        private int run;

        Told(Iterator<Row> rows) {
            this.rows = rows;
        }

        @Override
        public boolean hasNext() {
            return rows.hasNext();
        }

        @Override
        public Row next() {
            Row row = rows.next();
            if (columns != row.columns()) {
                columns = row.columns();
                function = columns.indexOf("func_id");
                trigger = columns.indexOf("trigger_time_ms");
                status = columns.indexOf("task_status");
                wait = columns.indexOf("wait_cost");
                run = columns.indexOf("run_cost");
            }
            long triggered = trigger >= 0 && row.value(trigger) instanceof Number time ? time.longValue() : 0;
            long now = clock.millis();
            if (now - triggered < OLD_MILLIS) {
                String funcId = text(row, function);
                calls.seen(funcId, triggered);
                activity.call(funcId, text(row, status), cost(row, wait), cost(row, run), now);
            }
            return row;
        }

        private static String text(Row row, int column) {
            Object value = column < 0 ? null : row.value(column);
            return value == null
                    ? ""
                    : value instanceof byte[] utf8 ? new String(utf8, StandardCharsets.UTF_8) : value.toString();
        }

        private static long cost(Row row, int column) {
            return column >= 0 && row.value(column) instanceof Number cost ? cost.longValue() : FuncActivity.UNKNOWN;
        }
    }
}
