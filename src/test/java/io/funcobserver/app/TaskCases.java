package io.funcobserver.app;

import java.math.BigInteger;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import io.funcobserver.demo.FuncDatabase;
import io.funcobserver.demo.FuncSchema;
import io.funcobserver.testing.TestInstallation;

/**
 * Rows of Func's task tables with the points that measurements.md makes of them: of each part of the way, from the columns to
 * the wire, what only the whole way shows. The rules one by one are those of TaskRowsTest, KwargsTagsTest and golden/lines.yaml.
 */
final class TaskCases {
    private static final int SPLIT_BYTES = 1000;

    private static final BigInteger BEYOND = BigInteger.ONE.shiftLeft(63);
    private static final BigInteger GREATEST = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

    private final FuncSchema schema;
    private final List<ExpectedTask> calls = new ArrayList<>();
    private final List<ExpectedTask> internals = new ArrayList<>();

    private TaskCases(FuncSchema schema) {
        this.schema = schema;
    }

    /** An installation with the settings that the points are of. */
    static TestInstallation installation(FuncSchema schema) {
        return TestInstallation.open(schema)
                .set("func.site-name", "北京 1")
                .set("func.tags", "region=cn,env=test")
                .set("log.split-bytes", Integer.toString(SPLIT_BYTES));
    }

    /** Inserts their rows. */
    static void insert(FuncDatabase database, List<ExpectedTask> tasks) throws SQLException {
        try (Connection connection = database.connect()) {
            for (ExpectedTask task : tasks) {
                database.insert(connection, task.table(), task.row());
            }
        }
    }

    /** Calls of user functions, by seq. */
    static List<ExpectedTask> calls(FuncSchema schema) {
        TaskCases cases = new TaskCases(schema);
        cases.complete();
        cases.absentValues();
        cases.messagesOfCalls();
        cases.tagValues();
        cases.times(true);
        cases.largeNumbers(true);
        cases.sequences(true);
        return cases.calls;
    }

    /** Internal tasks, by seq. */
    static List<ExpectedTask> internals(FuncSchema schema) {
        TaskCases cases = new TaskCases(schema);
        cases.completeInternal();
        cases.absentValuesOfInternal();
        cases.messagesOfInternals();
        cases.times(false);
        cases.largeNumbers(false);
        cases.sequences(false);
        return cases.internals;
    }

    private ExpectedTask call() {
        long seq = calls.size() + 1;
        return call(seq);
    }

    private ExpectedTask call(Number seq) {
        ExpectedTask task = ExpectedTask.call(schema, seq);
        calls.add(task);
        return task;
    }

    private ExpectedTask internal() {
        long seq = internals.size() + 1;
        return internal(seq);
    }

    private ExpectedTask internal(Number seq) {
        ExpectedTask task = ExpectedTask.internal(schema, seq);
        internals.add(task);
        return task;
    }

    private ExpectedTask task(boolean ofFunction) {
        return ofFunction ? call() : internal();
    }

    private void complete() {
        String kwargs = "{\"checker_opt\": {\"id\": \"rul_1\"}, \"monitor_opt\": {\"id\": \"monitor_1\"}, "
                + "\"workspace_uuid\": \"wksp_1\"}";
        call().given("rootTaskId", "task-root")
                .recordTag("root_task_id", "task-root")
                .given("scriptSetId", "demo")
                .tag("script_set_id", "demo")
                .given("scriptId", "demo__main")
                .tag("script_id", "demo__main")
                .given("funcId", "demo__main.检查")
                .tag("func_id", "demo__main.检查")
                .given("origin", "cronJob")
                .tag("origin", "cronJob")
                .given("originId", "cron-1")
                .tag("origin_id", "cron-1")
                .given(schema.cronColumn(), "*/5 * * * *")
                .recordField("crontab", "*/5 * * * *")
                .given("queue", 15)
                .tag("queue", "15")
                .given("funcCallKwargsJSON", kwargs)
                .recordField("func_call_kwargs", kwargs)
                .recordTag("workspace_uuid", "wksp_1")
                .recordTag("df_monitor_id", "monitor_1")
                .recordTag("df_monitor_checker_id", "rul_1")
                .given("callChainJSON", "[\"demo__main.检查\"]")
                .recordField("call_chain", "[\"demo__main.检查\"]")
                .given("returnValueJSON", "{\"n\": 1}")
                .recordField("return_value", "{\"n\": 1}")
                .given("responseControlJSON", "{\"not\": \"reported\"}")
                .given("eta", "2025-10-09T16:53:20Z")
                .given("delay", 3)
                .recordField("delay", 3L)
                .given("timeout", 30)
                .recordField("timeout", 30L)
                .given("expires", 3600)
                .recordField("expires", 3600L)
                .given("ignoreResult", true)
                .recordField("ignore_result", true)
                .given("status", "failure")
                .tag("task_status", "failure")
                .tag("status", "critical")
                .given("exceptionType", "KeyError")
                .recordField("exception_type", "KeyError")
                .given("exceptionTEXT", "'host'")
                .recordField("exception", "'host'")
                .given("tracebackTEXT", "Traceback\n  File \"C:\\x\"\nKeyError: 'host'")
                .recordField("traceback", "Traceback\n  File \"C:\\x\"\nKeyError: 'host'")
                .given("printLogsTEXT", "a \"quoted\" word\tand a back\\slash, 日志")
                .message("a \"quoted\" word\tand a back\\slash, 日志\n[Traceback]\n"
                        + "Traceback\n  File \"C:\\x\"\nKeyError: 'host'");
    }

    private void completeInternal() {
        internal()
                .given("kwargsJSON", "{\"force\": true}")
                .recordField("kwargs", "{\"force\": true}")
                .given("resultJSON", "[1, \"二\"]")
                .recordField("result", "[1, \"二\"]")
                .given("eta", "2025-10-09T16:53:20Z")
                .given("delay", 0)
                .recordField("delay", 0L)
                .given("timeout", 30)
                .recordField("timeout", 30L)
                .given("expires", 3600)
                .recordField("expires", 3600L)
                .given("ignoreResult", false)
                .recordField("ignore_result", false)
                .given("exceptionType", "ValueError")
                .recordField("exception_type", "ValueError")
                .given("exceptionTEXT", "no value")
                .recordField("exception", "no value")
                .given("tracebackTEXT", "Traceback:\r\nValueError: no value")
                .recordField("traceback", "Traceback:\r\nValueError: no value")
                .message("Traceback:\r\nValueError: no value");
    }

    private void absentValues() {
        for (String absent : new String[] {null, ""}) {
            ExpectedTask task = call();
            for (String column : List.of(
                    "scriptSetId",
                    "scriptId",
                    "funcId",
                    "origin",
                    "originId",
                    schema.cronColumn(),
                    "exceptionTEXT",
                    "tracebackTEXT",
                    "printLogsTEXT",
                    "eta")) {
                task.given(column, absent);
            }
            for (String column :
                    List.of("startTimeMs", "endTimeMs", "queue", "delay", "timeout", "expires", "ignoreResult")) {
                task.given(column, null);
            }
            for (String column :
                    List.of("funcCallKwargsJSON", "callChainJSON", "returnValueJSON", "responseControlJSON")) {
                task.given(column, emptyJson(absent));
            }
            absentType(task, absent);
            task.given("rootTaskId", "").recordTag("root_task_id", null);
            for (String key : List.of("func_id", "origin", "origin_id", "queue")) {
                task.tag(key, null);
            }
            withoutStartAndEnd(task);
        }
    }

    private void absentValuesOfInternal() {
        for (String absent : new String[] {null, ""}) {
            ExpectedTask task = internal().given("name", "").recordTag("name", null);
            task.given("exceptionTEXT", absent).given("tracebackTEXT", absent).given("eta", absent);
            for (String column :
                    List.of("startTimeMs", "endTimeMs", "queue", "delay", "timeout", "expires", "ignoreResult")) {
                task.given(column, null);
            }
            task.given("kwargsJSON", emptyJson(absent)).given("resultJSON", emptyJson(absent));
            absentType(task, absent);
            task.tag("queue", null);
            withoutStartAndEnd(task);
        }
    }

    private void absentType(ExpectedTask task, String absent) {
        task.given("exceptionType", schema == FuncSchema.V6 ? absent : "");
    }

    /** A JSON column does not hold an empty text. */
    private String emptyJson(String absent) {
        return schema == FuncSchema.V6 ? absent : null;
    }

    private static void withoutStartAndEnd(ExpectedTask task) {
        task.recordField("start_time_iso", null).recordField("end_time_iso", null);
        task.field("wait_cost", null).field("run_cost", null).field("total_cost", null);
    }

    private void messagesOfCalls() {
        String line = "第" + "x".repeat(695) + "行\n";
        // In bytes: 333 characters of 3 bytes fit into 1000.
        message("界".repeat(700), null).message("界".repeat(333), "界".repeat(333), "界".repeat(34));
        message(line + line, "trace")
                .given("funcCallKwargsJSON", "{\"a\": 1}")
                .recordField("func_call_kwargs", "{\"a\": 1}")
                .given("returnValueJSON", "2")
                .recordField("return_value", "2")
                .given("callChainJSON", "[]")
                .recordField("call_chain", "[]")
                .given("exceptionType", "Error")
                .recordField("exception_type", "Error")
                .given("exceptionTEXT", "text")
                .recordField("exception", "text")
                .given("delay", 1)
                .recordField("delay", 1L)
                .given("ignoreResult", false)
                .recordField("ignore_result", false)
                .message(line, line + "[Traceback]\ntrace");
    }

    private ExpectedTask message(String printLogs, String traceback) {
        boolean none = traceback == null || traceback.isEmpty();
        return call().given("printLogsTEXT", printLogs)
                .given("tracebackTEXT", traceback)
                .recordField("traceback", none ? null : traceback);
    }

    private void messagesOfInternals() {
        String line = "t".repeat(699) + "\n";
        internal()
                .given("kwargsJSON", "{}")
                .recordField("kwargs", "{}")
                .given("resultJSON", "3")
                .recordField("result", "3")
                .given("exceptionTEXT", "exception")
                .recordField("exception", "exception")
                .given("tracebackTEXT", line + line + line)
                .recordField("traceback", line + line + line)
                .message(line, line, line);
    }

    private void tagValues() {
        tagValue("a, b=c", "a, b=c");
        tagValue("line\nfeed\ttab\rreturn\0nul\u007f", "line feed tab return nul ");
        tagValue("a\\,b\\ c\\=d", "a,b c=d");
        tagValue("🙂".repeat(256), "🙂".repeat(256));
    }

    private void tagValue(String given, String expected) {
        call().given("funcId", given).tag("func_id", expected);
    }

    private void times(boolean ofFunction) {
        // Without a trigger time there is no wait and no total.
        ExpectedTask none = task(ofFunction).given("triggerTimeMs", 0);
        none.recordField("trigger_time_iso", null).field("wait_cost", null).field("total_cost", null);
        none.at(Point.READ_TIME);
        // A 64-bit number of milliseconds, but not of nanoseconds.
        ExpectedTask far = task(ofFunction).given("triggerTimeMs", 10_000_000_000_000L);
        far.recordField("trigger_time_iso", "2286-11-21T01:46:40.000+08:00");
        far.field("wait_cost", -8_239_999_999_985L).field("total_cost", -8_239_999_998_985L);
        far.at(Point.READ_TIME);
        // No 64-bit number, and neither are the costs.
        ExpectedTask beyond = task(ofFunction).given("triggerTimeMs", GREATEST);
        beyond.recordField("trigger_time_iso", null).field("wait_cost", null).field("total_cost", null);
        beyond.at(Point.READ_TIME);
        // Winter time before China's standard time had no daylight saving.
        ExpectedTask early = task(ofFunction)
                .given("triggerTimeMs", 1)
                .given("startTimeMs", 0)
                .given("endTimeMs", 0);
        withoutStartAndEnd(early);
        long seq = ofFunction ? calls.size() : internals.size();
        early.recordField("trigger_time_iso", "1970-01-01T08:00:00.001+08:00")
                .at(1_000_000 + ExpectedTask.nanos("task-" + seq));
    }

    private void largeNumbers(boolean ofFunction) {
        ExpectedTask task = task(ofFunction);
        task.given("delay", BEYOND);
        task.given("timeout", GREATEST);
        task.given("expires", BEYOND);
        task(ofFunction)
                .given("delay", Long.MAX_VALUE)
                .recordField("delay", Long.MAX_VALUE)
                .given("timeout", 0)
                .recordField("timeout", 0L);
    }

    private void sequences(boolean ofFunction) {
        sequence(ofFunction, 1_000_000L);
        sequence(ofFunction, BEYOND.add(BigInteger.valueOf(7)));
    }

    private void sequence(boolean ofFunction, Number seq) {
        if (ofFunction) {
            call(seq);
        } else {
            internal(seq);
        }
    }
}
