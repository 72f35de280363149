package io.funcobserver.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

import io.funcobserver.func.TaskRows;
import io.funcobserver.lineprotocol.Columns;
import io.funcobserver.lineprotocol.Row;
import io.funcobserver.lineprotocol.Utf8;
import io.funcobserver.observe.Completeness;
import io.funcobserver.observe.MeasurementRun;
import io.funcobserver.observe.status.FuncActivity;
import io.funcobserver.spool.PageAcknowledger;
import org.apache.camel.Exchange;

/**
 * The rows of {@link TaskRows}, of which those of one measurement of calls are told to the status page, and counted when they
 * are acknowledged.
 *
 * <p>A call too old to be of interest to either costs one comparison, so that an old backlog is read as fast as without this.
 */
public final class ObservedTaskRows {
    /** The status page shows the last hour, and a call may have waited and run for another one. */
    private static final long OLD_MILLIS = Duration.ofHours(2).toMillis();

    private final TaskRows rows;
    private final Completeness completeness;
    private final FuncActivity activity;
    private final Clock clock;
    private final String measurement;

    ObservedTaskRows(ZoneId zone, Completeness completeness, FuncActivity activity, Clock clock, String measurement) {
        this.rows = new TaskRows(zone);
        this.completeness = completeness;
        this.activity = activity;
        this.clock = clock;
        this.measurement = measurement;
    }

    public Iterator<Row> apply(Iterator<? extends Row> page, Exchange exchange) {
        Iterator<Row> mapped = rows.apply(page);
        if (!measurement.equals(exchange.getVariable(MeasurementRun.VARIABLE, String.class))) {
            return mapped;
        }
        Told told = new Told(mapped, exchange.getVariable(PageAcknowledger.VARIABLE, PageAcknowledger.class));
        exchange.setVariable(PageAcknowledger.VARIABLE, told);
        return told;
    }

    /** The calls of one function in one minute, as far as they are not acknowledged. */
    private static final class Calls {
        private final byte[] utf8;
        private final String text;
        private final long minute;
        private int acknowledged;

        Calls(byte[] utf8, long minute) {
            this.utf8 = utf8;
            this.text = new String(utf8, StandardCharsets.UTF_8);
            this.minute = minute;
        }
    }

    /** What was seen lately, by what the row holds: no text is made for each row. */
    private static final class Known {
        private static final int SIZE = 256;
        private static final int HASHED = 12;

        private final Calls[] known = new Calls[SIZE];

        Calls of(Object value, long minute) {
            byte[] utf8 = Utf8.of(value);
            int hash = utf8.length + (int) minute;
            // Names of one Func differ at their ends.
            for (int i = Math.max(0, utf8.length - HASHED); i < utf8.length; i++) {
                hash = 31 * hash + utf8[i];
            }
            int slot = (hash ^ hash >>> 8) & SIZE - 1;
            Calls there = known[slot];
            if (there == null || there.minute != minute || !Arrays.equals(there.utf8, utf8)) {
                there = new Calls(utf8, minute);
                known[slot] = there;
            }
            return there;
        }
    }

    private final class Told implements Iterator<Row>, PageAcknowledger {
        private static final long MINUTE_MILLIS = 60_000;

        private final Iterator<Row> rows;
        private final PageAcknowledger page;
        private final long now = clock.millis();
        private final Known known = new Known();

        /** For each row that is not acknowledged; null where it is of no interest. */
        private final List<Calls> handedOn = new ArrayList<>();

        private long acknowledged;

        private Columns columns;
        private int function;
        private int trigger;
        private int status;
        private int wait;
        private int run;

        Told(Iterator<Row> rows, PageAcknowledger page) {
            this.rows = rows;
            this.page = page;
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
            long called = trigger >= 0 && row.value(trigger) instanceof Number time ? time.longValue() : 0;
            handedOn.add(now - called < OLD_MILLIS ? tell(row, called) : null);
            return row;
        }

        private Calls tell(Row row, long called) {
            Calls calls = known.of(value(row, function), called / MINUTE_MILLIS);
            String ended = known.of(value(row, status), 0).text;
            activity.call(calls.text, ended, cost(row, wait), cost(row, run), now);
            return calls;
        }

        private static Object value(Row row, int column) {
            return column < 0 ? null : row.value(column);
        }

        private static long cost(Row row, int column) {
            return value(row, column) instanceof Number cost ? cost.longValue() : FuncActivity.UNKNOWN;
        }

        @Override
        public void acknowledge(long count) throws IOException {
            page.acknowledge(count);
            List<Calls> safe = handedOn.subList(0, (int) (count - acknowledged));
            List<Calls> counted = new ArrayList<>();
            for (Calls calls : safe) {
                if (calls != null && calls.acknowledged++ == 0) {
                    counted.add(calls);
                }
            }
            for (Calls calls : counted) {
                completeness.spooled(calls.text, calls.minute * MINUTE_MILLIS, calls.acknowledged);
                calls.acknowledged = 0;
            }
            safe.clear();
            acknowledged = count;
        }
    }
}
