package io.funcobserver.app;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import io.funcobserver.demo.FuncSchema;

/**
 * A row of one of Func's task tables, and the points that measurements.md makes of it.
 *
 * <p>It begins as a task that succeeded; a test says in what its own differs, on both sides.
 */
final class ExpectedTask {
    /** 2025-10-09T16:53:20+08:00, a full second as cron jobs have it. */
    static final long TRIGGER = 1_760_000_000_000L;

    private static final Set<String> FIRST_PAGE =
            Set.of("kwargs", "func_call_kwargs", "result", "return_value", "call_chain", "exception", "traceback");

    private final String table;
    private final Map<String, Object> row = new LinkedHashMap<>();
    private Point record;
    private Point call;
    private List<String> pages = List.of("");

    private ExpectedTask(String table, Point record, Point call) {
        this.table = table;
        this.record = record;
        this.call = call;
    }

    /** A call of a user function. */
    static ExpectedTask call(FuncSchema schema, Number seq) {
        return new ExpectedTask(
                        FuncSchema.TASK_RECORD_FUNC, Point.of("DFF_task_record_func"), Point.of("DFF_func_call"))
                .common(schema, seq)
                .recordTag("name", "Func.Runner")
                .recordTag("root_task_id", "ROOT")
                .given("origin", "syncAPI")
                .tag("origin", "syncAPI")
                .given("originId", "sapi-1")
                .tag("origin_id", "sapi-1")
                .given("funcId", "demo__main.hello")
                .tag("func_id", "demo__main.hello");
    }

    /** An internal task. */
    static ExpectedTask internal(FuncSchema schema, Number seq) {
        return new ExpectedTask(FuncSchema.TASK_RECORD, Point.of("DFF_task_record"), null)
                .common(schema, seq)
                .given("name", "Main.AutoClean")
                .recordTag("name", "Main.AutoClean");
    }

    private ExpectedTask common(FuncSchema schema, Number seq) {
        if (schema != FuncSchema.V6) {
            given("exceptionType", "");
        }
        return given("seq", seq)
                .given("id", "task-" + seq)
                .recordTag("id", "task-" + seq)
                .tag("site_name", "北京 1")
                .tag("region", "cn")
                .tag("env", "test")
                .given("queue", 2)
                .tag("queue", "2")
                .given("status", "success")
                .tag("task_status", "success")
                .tag("status", "ok")
                .given("triggerTimeMs", TRIGGER)
                .given("startTimeMs", TRIGGER + 15)
                .given("endTimeMs", TRIGGER + 1015)
                .recordField("trigger_time_iso", "2025-10-09T16:53:20.000+08:00")
                .recordField("start_time_iso", "2025-10-09T16:53:20.015+08:00")
                .recordField("end_time_iso", "2025-10-09T16:53:21.015+08:00")
                .field("wait_cost", 15L)
                .field("run_cost", 1000L)
                .field("total_cost", 1015L)
                .at(TRIGGER * 1_000_000 + nanos("task-" + seq));
    }

    /** A column of the row; null is NULL. */
    ExpectedTask given(String column, Object value) {
        row.put(column, value);
        return this;
    }

    /** On the points of every measurement; null: left out. */
    ExpectedTask tag(String key, String value) {
        call = call == null ? null : call.tag(key, value);
        return recordTag(key, value);
    }

    /** On the points of every measurement; null: left out. */
    ExpectedTask field(String key, Object value) {
        call = call == null ? null : call.field(key, value);
        return recordField(key, value);
    }

    ExpectedTask recordTag(String key, String value) {
        record = record.tag(key, value);
        return this;
    }

    ExpectedTask recordField(String key, Object value) {
        record = record.field(key, value);
        return this;
    }

    ExpectedTask at(long nanos) {
        call = call == null ? null : call.at(nanos);
        record = record.at(nanos);
        return this;
    }

    /** @param texts of the pages, in order */
    ExpectedTask message(String... texts) {
        pages = List.of(texts);
        return this;
    }

    String table() {
        return table;
    }

    Map<String, Object> row() {
        return row;
    }

    /** The point of {@code DFF_func_call}; none when it has no field. */
    Stream<Point> callPoint() {
        return call == null || call.fields().isEmpty() ? Stream.empty() : Stream.of(call);
    }

    /** The points of {@code DFF_task_record} or {@code DFF_task_record_func}. */
    Stream<Point> recordPoints() {
        List<Point> points = new ArrayList<>();
        for (int page = 1; page <= pages.size(); page++) {
            Point point = record.field("message", pages.get(page - 1));
            if (pages.size() > 1) {
                point = point.field("message_page_number", (long) page)
                        .field("message_page_count", (long) pages.size())
                        .at(record.nanos() + page - 1);
            }
            if (page > 1) {
                for (String key : FIRST_PAGE) {
                    point = point.field(key, null);
                }
            }
            points.add(point);
        }
        return points.stream();
    }

    /** What measurements.md says of the time, by arithmetic of its own. */
    static long nanos(String id) {
        java.math.BigInteger hash = new java.math.BigInteger("cbf29ce484222325", 16);
        java.math.BigInteger prime = java.math.BigInteger.valueOf(0x100000001b3L);
        for (byte b : id.getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
            hash = hash.xor(java.math.BigInteger.valueOf(b & 0xff))
                    .multiply(prime)
                    .mod(java.math.BigInteger.TWO.pow(64));
        }
        return hash.mod(java.math.BigInteger.valueOf(1_000_000)).longValue();
    }
}
