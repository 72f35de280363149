package io.funcobserver.func;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.funcobserver.lineprotocol.Columns;
import io.funcobserver.lineprotocol.Row;
import io.funcobserver.lineprotocol.ValueRow;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class TaskRowsTest {
    private static final long TRIGGER = 1_760_000_000_000L;

    private final TaskRows tasks = new TaskRows(ZoneId.of("Asia/Shanghai"));

    /** Func's schemas, by what differs between them. */
    enum Schema {
        EARLY_2024("crontab", false),
        FUNC_5("cronExpr", true),
        FUNC_6("cronExpr", true);

        final String cronColumn;
        final boolean nonCriticalErrors;

        Schema(String cronColumn, boolean nonCriticalErrors) {
            this.cronColumn = cronColumn;
            this.nonCriticalErrors = nonCriticalErrors;
        }

        Map<String, Object> record() {
            Map<String, Object> row = start(7);
            row.put("name", text("Main.AutoClean"));
            row.put("kwargsJSON", text("{\"a\": 1}"));
            times(row);
            row.put("resultJSON", text("[2]"));
            return end(row);
        }

        Map<String, Object> recordFunc() {
            Map<String, Object> row = start(8);
            row.put("rootTaskId", text("ROOT"));
            row.put("scriptSetId", text("demo"));
            row.put("scriptId", text("demo__basic"));
            row.put("funcId", text("demo__basic.hello"));
            row.put(
                    "funcCallKwargsJSON",
                    text(
                            "{\"workspace_uuid\": \"wksp_1\", \"monitor_opt\": {\"id\": 2}, \"checker_opt\": {\"id\": \"c\"}}"));
            row.put("origin", text("cronJob"));
            row.put("originId", text("cron-1"));
            row.put(cronColumn, text("*/5 * * * *"));
            row.put("callChainJSON", text("[\"demo__basic.hello\"]"));
            times(row);
            end(row);
            row.put("printLogsTEXT", text("log"));
            row.put("returnValueJSON", text("\"ok\""));
            row.put("responseControlJSON", text("{}"));
            return row;
        }

        private static Map<String, Object> start(long seq) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("seq", seq);
            row.put("id", text("task-1"));
            return row;
        }

        private static void times(Map<String, Object> row) {
            row.put("triggerTimeMs", BigInteger.valueOf(TRIGGER));
            row.put("startTimeMs", BigInteger.valueOf(TRIGGER + 5));
            row.put("endTimeMs", BigInteger.valueOf(TRIGGER + 1007));
            row.put("eta", null);
            row.put("delay", BigInteger.ZERO);
            row.put("queue", 3L);
            row.put("timeout", BigInteger.valueOf(30));
            row.put("expires", BigInteger.valueOf(3600));
            row.put("ignoreResult", Boolean.FALSE);
        }

        private Map<String, Object> end(Map<String, Object> row) {
            row.put("status", text("failure"));
            row.put("exceptionType", text("ValueError"));
            row.put("exceptionTEXT", text("ValueError: x"));
            row.put("tracebackTEXT", text("Traceback..."));
            if (nonCriticalErrors) {
                row.put("nonCriticalErrorsTEXT", text("none"));
            }
            row.put("createTime", this == FUNC_6 ? (Object) 1_760_000_000L : "2025-10-09 16:53:20");
            row.put("updateTime", this == FUNC_6 ? (Object) 1_760_000_000L : "2025-10-09 16:53:20");
            return row;
        }
    }

    @ParameterizedTest
    @EnumSource
    void namesWhatARecordReports(Schema schema) {
        assertThat(wire(schema.record()))
                .isEqualTo(expected(Map.of(
                        "seq", 7L,
                        "name", "Main.AutoClean",
                        "message", "Traceback...",
                        "kwargs", "{\"a\": 1}",
                        "result", "[2]")));
    }

    @ParameterizedTest
    @EnumSource
    void namesWhatAFunctionsRecordReports(Schema schema) {
        assertThat(wire(schema.recordFunc()))
                .isEqualTo(expected(Map.ofEntries(
                        Map.entry("seq", 8L),
                        Map.entry("name", "Func.Runner"),
                        Map.entry("root_task_id", "ROOT"),
                        Map.entry("script_set_id", "demo"),
                        Map.entry("script_id", "demo__basic"),
                        Map.entry("func_id", "demo__basic.hello"),
                        Map.entry("origin", "cronJob"),
                        Map.entry("origin_id", "cron-1"),
                        Map.entry("workspace_uuid", "wksp_1"),
                        Map.entry("df_monitor_id", "2"),
                        Map.entry("df_monitor_checker_id", "c"),
                        Map.entry("crontab", "*/5 * * * *"),
                        Map.entry(
                                "func_call_kwargs",
                                "{\"workspace_uuid\": \"wksp_1\", \"monitor_opt\": {\"id\": 2}, \"checker_opt\": {\"id\": \"c\"}}"),
                        Map.entry("call_chain", "[\"demo__basic.hello\"]"),
                        Map.entry("return_value", "\"ok\""),
                        Map.entry("message", "log\n[Traceback]\nTraceback..."))));
    }

    private static Map<String, Object> expected(Map<String, Object> own) {
        Map<String, Object> expected = new TreeMap<>(own);
        expected.put("id", "task-1");
        expected.put("trigger_time_ms", TRIGGER);
        expected.put("task_status", "failure");
        expected.put("status", "critical");
        expected.put("queue", 3L);
        expected.put("exception_type", "ValueError");
        expected.put("exception", "ValueError: x");
        expected.put("traceback", "Traceback...");
        expected.put("trigger_time_iso", "2025-10-09T16:53:20.000+08:00");
        expected.put("start_time_iso", "2025-10-09T16:53:20.005+08:00");
        expected.put("end_time_iso", "2025-10-09T16:53:21.007+08:00");
        expected.put("wait_cost", 5L);
        expected.put("run_cost", 1002L);
        expected.put("total_cost", 1007L);
        expected.put("delay", 0L);
        expected.put("timeout", 30L);
        expected.put("expires", 3600L);
        expected.put("ignore_result", false);
        return expected;
    }

    @ParameterizedTest
    @CsvSource({
        "success, ok",
        "failure, critical",
        "timeout, error",
        "skip, warning",
        "expire, warning",
        "pending, info",
        "SUCCESS, info"
    })
    void derivesTheStatus(String taskStatus, String status) {
        assertThat(wire(Map.of("status", text(taskStatus))))
                .containsEntry("task_status", taskStatus)
                .containsEntry("status", status);
    }

    @Test
    void leavesOutTheStatusOfNoStatus() {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("status", null);
        assertThat(wire(row)).doesNotContainKeys("status", "task_status");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cronJob", "crontab"})
    void tellsTheCronExpressionOfCronJobs(String origin) {
        assertThat(wire(Map.of("origin", text(origin), "cronExpr", text("0 * * * *"))))
                .containsEntry("crontab", "0 * * * *");
        assertThat(wire(Map.of("origin", origin, "crontab", "0 * * * *"))).containsEntry("crontab", "0 * * * *");
    }

    @ParameterizedTest
    @ValueSource(strings = {"syncAPI", "asyncAPI", "direct", "integration", "connector", "authLink", "batch", ""})
    void tellsNoCronExpressionOfOthers(String origin) {
        assertThat(wire(Map.of("origin", text(origin), "cronExpr", text("0 * * * *"))))
                .doesNotContainKey("crontab");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 5, 9, , 4, ",
        "3, 0, 9, , , 6",
        "3, 5, 0, 2, , ",
        "9, 5, 3, -4, -2, -6",
        "18446744073709551615, 5, 18446744073709551614, -18446744073709551610, 18446744073709551609, -1"
    })
    void leavesOutTheCostOfATimeThatIsZero(
            BigInteger trigger, BigInteger start, BigInteger end, BigInteger wait, BigInteger run, BigInteger total) {
        Map<String, Object> wire = wire(Map.of("triggerTimeMs", trigger, "startTimeMs", start, "endTimeMs", end));

        assertThat(big(wire.get("wait_cost"))).isEqualTo(wait);
        assertThat(big(wire.get("run_cost"))).isEqualTo(run);
        assertThat(big(wire.get("total_cost"))).isEqualTo(total);
    }

    @Test
    void leavesOutTimesThatAreZeroMissingOrOfNoCalendar() {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("triggerTimeMs", 0L);
        row.put("startTimeMs", null);
        row.put("endTimeMs", new BigInteger("18446744073709551615"));

        assertThat(wire(row)).containsOnlyKeys("trigger_time_ms", "message");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "null",
            value = {
                "null, null, null",
                "'', '', ''",
                "null, boom, boom",
                "'', boom, boom",
                "trace, boom, trace",
                "trace, null, trace"
            })
    void takesTheTracebackElseTheExceptionForTheMessage(String traceback, String exception, String message) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("tracebackTEXT", text(traceback));
        row.put("exceptionTEXT", text(exception));

        assertThat(orEmpty(wire(row).get("message"))).isEqualTo(orEmpty(message));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "null",
            value = {
                "null, null, ''",
                "'', '', ''",
                "log, null, log",
                "log, '', log",
                "log, trace, log|[Traceback]|trace",
                "log|, trace, log|[Traceback]|trace",
                "null, trace, [Traceback]|trace",
                "'', trace, [Traceback]|trace"
            })
    void addsTheTracebackToTheLog(String log, String traceback, String message) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("printLogsTEXT", text(lines(log)));
        row.put("tracebackTEXT", text(lines(traceback)));
        row.put("exceptionTEXT", text("boom"));
        assertThat(orEmpty(wire(row).get("message"))).isEqualTo(lines(message));

        row.put("printLogsTEXT", lines(log));
        assertThat(orEmpty(wire(row).get("message"))).isEqualTo(lines(message));
    }

    @Test
    void keepsMalformedBytesOfALogForTheEncoder() {
        byte[] log = {'a', (byte) 0xED, (byte) 0xA0, (byte) 0x80};
        Row row = task(ValueRow.of(ordered("printLogsTEXT", log, "tracebackTEXT", text("t"))));

        byte[] message = (byte[]) row.value(row.columns().indexOf("message"));

        assertThat(message).startsWith(log).endsWith(text("\n[Traceback]\nt"));
    }

    @Test
    void readsIgnoreResultFromWhateverTheDriverGives() {
        assertThat(wire(Map.of("ignoreResult", true))).containsEntry("ignore_result", true);
        assertThat(wire(Map.of("ignoreResult", 1L))).containsEntry("ignore_result", true);
        assertThat(wire(Map.of("ignoreResult", 0))).containsEntry("ignore_result", false);
        assertThat(wire(Map.of("ignoreResult", text("1")))).containsEntry("ignore_result", true);
        assertThat(wire(Map.of("ignoreResult", "false"))).containsEntry("ignore_result", false);
    }

    @Test
    void readsNumbersFromTexts() {
        assertThat(wire(Map.of("timeout", text("30"), "expires", "3600", "delay", 1.0)))
                .containsEntry("timeout", 30L)
                .containsEntry("expires", 3600L)
                .containsEntry("delay", 1L);
    }

    @Test
    void asksForNoTextThatIsNotNeeded() {
        List<String> asked = new ArrayList<>();
        Columns columns = Columns.of(List.copyOf(Schema.FUNC_6.recordFunc().keySet()));
        Row row = task(new Row() {
            @Override
            public Columns columns() {
                return columns;
            }

            @Override
            public Object value(int column) {
                asked.add(columns.name(column));
                return 1L;
            }
        });

        assertThat(asked).isEmpty();
        row.value(row.columns().indexOf("wait_cost"));
        assertThat(asked).containsExactlyInAnyOrder("triggerTimeMs", "startTimeMs");
    }

    @Test
    void sharesTheColumnsOfResultsWithTheSameNames() {
        Columns first = Columns.of("id", "seq");
        Columns second = Columns.of("id", "seq");
        Columns upgraded = Columns.of("id", "seq", "status");
        Row row = ValueRow.of(first, "a", 1L);
        Row next = ValueRow.of(second, "b", 2L);
        Row last = ValueRow.of(upgraded, "c", 3L, "*");

        Iterator<Row> wire = tasks.apply(List.of(row, next, last).iterator());

        Columns columns = wire.next().columns();
        assertThat(wire.next().columns()).isSameAs(columns);
        assertThat(wire.next().columns()).isNotSameAs(columns);
        assertThat(wire.hasNext()).isFalse();
    }

    private Row task(Row func) {
        return tasks.apply(List.of(func).iterator()).next();
    }

    private Map<String, Object> wire(Map<String, Object> func) {
        Row row = task(ValueRow.of(func));
        Map<String, Object> wire = new TreeMap<>();
        for (int i = 0; i < row.columns().size(); i++) {
            Object value = row.value(i);
            if (value != null) {
                wire.put(
                        row.columns().name(i),
                        value instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : value);
            }
        }
        return wire;
    }

    private static Map<String, Object> ordered(Object... pairs) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put((String) pairs[i], pairs[i + 1]);
        }
        return map;
    }

    private static byte[] text(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    private static String lines(String text) {
        return text == null ? null : text.replace('|', '\n');
    }

    private static Object orEmpty(Object text) {
        return text == null ? "" : text;
    }

    private static BigInteger big(Object number) {
        return number == null ? null : new BigInteger(number.toString());
    }

    /** As JSON in a list may have them; written out, they would take more digits than there is memory. */
    @ParameterizedTest
    @ValueSource(strings = {"1e999999999", "-1e999999999", "1e-999999999", "12.5e-400"})
    @DisplayName("C3: numbers with exponents beyond measure")
    void survivesExponentsBeyondMeasure(String number) {
        Map<String, Object> func = Schema.FUNC_6.recordFunc();
        func.put("delay", new BigDecimal(number));
        func.put("startTimeMs", new BigDecimal(number));
        Row row = task(ValueRow.of(func));
        Object delay = row.value(row.columns().indexOf("delay"));
        assertThat(delay).isEqualTo(number.contains("e-") ? 0L : null);
        assertThat(row.value(row.columns().indexOf("wait_cost"))).isNull();
    }
}
