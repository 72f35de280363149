package io.funcobserver.app;

import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import io.funcobserver.demo.FreeRunningFunc;
import io.funcobserver.demo.FreeRunningFunc.Load;
import io.funcobserver.demo.FuncLists;
import io.funcobserver.demo.FuncSchema;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestInstallation;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.Jedis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Func's lists as a second source of records: everything arrives, each record once. */
@Slow
class BuffersTest {
    private static final Duration FLUSH = Duration.ofSeconds(20);
    private static final String CALLS = FuncSchema.TASK_RECORD_FUNC;
    private static final String TASKS = FuncSchema.TASK_RECORD;

    private final long startNanos = System.currentTimeMillis() * 1_000_000;

    @AutoClose
    private TestInstallation site = installation(FuncSchema.V6);

    private FuncLists lists;

    @BeforeEach
    void open() throws Exception {
        lists = new FuncLists(site.database, site.redis);
    }

    private static TestInstallation installation(FuncSchema schema) {
        return TaskCases.installation(schema).onlyRecords();
    }

    @ParameterizedTest
    @EnumSource
    void aRecordIsTheSameFromTheListAndFromTheTable(FuncSchema schema) throws Exception {
        List<ExpectedTask> tasks = Stream.concat(TaskCases.calls(schema).stream(), TaskCases.internals(schema).stream())
                .toList();
        site.close();
        site = installation(schema);
        open();
        for (ExpectedTask task : tasks) {
            lists.push(task.table(), List.of(task.row()), 100);
        }
        Map<String, Set<Object>> fromLists = arrived();
        site.close();
        site = installation(schema);
        TaskCases.insert(site.database, tasks);
        Map<String, Set<Object>> fromTables = arrived();
        for (String measurement : fromTables.keySet()) {
            assertThat(fromLists.get(measurement))
                    .as(measurement)
                    .containsExactlyInAnyOrderElementsOf(fromTables.get(measurement));
        }
    }

    private Map<String, Set<Object>> arrived() throws Exception {
        site.start();
        String read = "measurement=\"%s\"";
        Map<String, Set<Object>> points = new HashMap<>();
        for (String measurement : List.of("func-call", "task-record", "task-record-func")) {
            int cases = (measurement.equals("task-record")
                            ? TaskCases.internals(site.database.schema())
                            : TaskCases.calls(site.database.schema()))
                    .size();
            await().until(() -> site.metric("rows_read_total", read.formatted(measurement)) == cases);
        }
        site.stop();
        for (String measurement : List.of("DFF_func_call", "DFF_task_record", "DFF_task_record_func")) {
            Set<Object> all = new HashSet<>();
            site.receiver.accepted(measurement).forEach(line -> all.add(Point.arrived(line, startNanos)));
            points.put(measurement, all);
        }
        return points;
    }

    @Test
    void everyTaskArrivesThoughFuncTrimsAtOnceAndWaitsForNobody() throws Exception {
        site.start();
        List<Load> loads = List.of(
                Load.steady("steady", "syncAPI", 100, 50),
                Load.bursts("burst", "asyncAPI", 100, 2000, Duration.ofSeconds(7)),
                Load.steady("none", "syncAPI", 0, 10),
                Load.steady("null", "syncAPI", null, 10));
        Map<String, Load> sent = new ConcurrentHashMap<>();
        try (FreeRunningFunc func = new FreeRunningFunc(
                        site.database, site.redis, FLUSH, task -> sent.put(task.id(), task.load()))
                .start(loads)) {
            await().until(() -> func.flushes() >= 1);
            assertThat(func.failure()).isNull();
        }
        List<String> kept = sent.keySet().stream()
                .filter(id -> Integer.valueOf(100).equals(sent.get(id).limit()))
                .toList();
        await().untilAsserted(() ->
                assertThat(new HashSet<>(ids("DFF_task_record_func"))).containsAll(kept));
        // What Func keeps no record of is there for milliseconds where it is pushed during the flush: one in twenty
        // may be missed where this machine has no time for the product just then.
        await().untilAsserted(() -> assertThat(ids("DFF_task_record_func").size())
                .isGreaterThanOrEqualTo(sent.size() - (sent.size() - kept.size()) / 20));
        assertThat(ids("DFF_task_record_func")).doesNotHaveDuplicates();
        assertThat(ids("DFF_task_record_func")).isSubsetOf(sent.keySet());
        int arrived = ids("DFF_task_record_func").size();
        await().untilAsserted(() ->
                assertThat(site.receiver.accepted("DFF_func_call")).hasSizeGreaterThanOrEqualTo(arrived));
    }

    private void push(List<String> ids, int count, String originId, Integer limit) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Map<String, Object> row = new HashMap<>();
            String id = "task-" + UUID.randomUUID();
            long now = System.currentTimeMillis();
            row.put("id", id);
            row.put("rootTaskId", "ROOT");
            row.put("funcId", "demo__api.hello");
            row.put("origin", "syncAPI");
            row.put("originId", originId);
            row.put("queue", 1);
            row.put("status", "success");
            row.put("triggerTimeMs", now);
            row.put("startTimeMs", now + 1);
            row.put("endTimeMs", now + 9);
            row.put("ignoreResult", false);
            row.put("printLogsTEXT", "日志 " + i);
            rows.add(row);
            ids.add(id);
        }
        lists.push(CALLS, rows, limit);
    }

    @Test
    void whatStandsThereAtTheFirstStartCountsAsSeen() throws Exception {
        List<String> before = new ArrayList<>();
        push(before, 300, "sapi-1", 100);
        site.set("records.start", "now").start();
        await().until(() -> site.data.resolve("cursors/func-call.json").toFile().exists());
        // The first pass has begun once the cursor stands and one more run is over.
        await().during(Duration.ofSeconds(2)).atMost(Duration.ofSeconds(5)).until(() -> true);
        List<String> after = new ArrayList<>();
        push(after, 30, "sapi-1", 100);
        lists.flush(true, (table, row) -> {});
        await().untilAsserted(() -> assertThat(ids("DFF_task_record_func")).containsAll(after));
        assertThat(ids("DFF_task_record_func")).containsExactlyInAnyOrderElementsOf(after);
    }

    @Test
    void goesOnAfterARestartWithoutSendingItAllAgain() throws Exception {
        List<String> ids = new ArrayList<>();
        push(ids, 700, "sapi-1", 100);
        site.start();
        await().until(() -> ids("DFF_task_record_func").size() == 700);
        // The place in the list is written a few seconds late.
        await().until(() -> Files.readString(site.data.resolve("cursors/task-record-func.json"))
                .contains("\"head\""));
        site.stop();
        push(ids, 50, "sapi-1", 100);
        site.start();
        await().untilAsserted(() -> assertThat(ids("DFF_task_record_func")).containsAll(ids));
        lists.flush(false, (table, row) -> {});
        push(ids, 1, "sapi-1", 100);
        await().untilAsserted(() -> assertThat(ids("DFF_task_record_func")).containsAll(ids));
        assertThat(ids("DFF_task_record_func")).hasSameSizeAs(ids);
    }

    @Test
    void passesOverEntriesThatAreNoRecords() throws Exception {
        List<String> ids = new ArrayList<>();
        push(ids, 3, "sapi-1", 100);
        try (Jedis jedis = site.redis.connect()) {
            jedis.lpush(
                    FuncLists.key(CALLS), "no json", "[1]", "{\"status\":\"success\"}", "{\"id\":null}", "{\"id\":");
        }
        push(ids, 3, "sapi-1", 100);
        site.start();
        await().untilAsserted(() -> assertThat(ids("DFF_task_record_func")).containsAll(ids));
        push(ids, 1, "sapi-1", 100);
        await().untilAsserted(() -> assertThat(ids("DFF_task_record_func")).containsAll(ids));
        assertThat(ids("DFF_task_record_func")).hasSameSizeAs(ids);
        assertThat(site.dropped("task-record-func", "malformed")).isEqualTo(5);
    }

    @Test
    void badEntriesHurtNothingElse() throws Exception {
        List<String> ids = new ArrayList<>();
        site.start();
        // What stands in the list when it is first looked at counts as known.
        for (String measurement : List.of("task-record-func", "func-call")) {
            await().until(() -> site.metrics().has("list_rows_read_total", "measurement=\"" + measurement + "\""));
        }
        push(ids, 3, "sapi-1", 100);
        try (Jedis jedis = site.redis.connect()) {
            jedis.lpush(
                    FuncLists.key(CALLS),
                    "[".repeat(100_000),
                    "{\"id\":\"deep\",\"callChainJSON\":" + "[".repeat(2000) + "]".repeat(2000) + "}",
                    "{\"id\":\"bomb\",\"delay\":1e999999999,\"timeout\":1e-999999999,\"expires\":1" + "0".repeat(50)
                            + ",\"triggerTimeMs\":-1e999999999,\"startTimeMs\":18446744073709551615}",
                    "{\"id\":\"first\",\"id\":\"second\"}",
                    "{\"id\":\"" + "x".repeat(5000) + "\"}",
                    "{\"id\":\"no times\"}",
                    "{\"id\":\"large\",\"printLogsTEXT\":\"" + "x".repeat(17 << 20) + "\"}");
        }
        push(ids, 3, "sapi-1", 100);
        // Where the list itself is read, the newest come first.
        await().untilAsserted(() -> assertThat(ids("DFF_task_record_func"))
                .containsAll(ids)
                .contains("bomb", "second", "no times")
                .hasSize(ids.size() + 4));
        await().until(() -> site.dropped("task-record-func", "malformed") == 2);
        await().until(() ->
                site.dropped("task-record-func", "too_large") >= 1 && site.dropped("func-call", "too_large") >= 1);
        assertThat(site.dropped("task-record-func", "time")).isPositive();
    }

    @Test
    void missesNoRowThatTheListHasShownAndEveryOneThatNothingHas() throws Exception {
        // On a busy machine seconds pass between the list and its rows, and what was seen is known for four windows.
        site.set("records.late-window", "5s").start();
        String measurement = "measurement=\"task-record-func\"";
        await().until(() -> site.metrics().has("list_rows_read_total", measurement));
        List<String> ids = new ArrayList<>();
        push(ids, 60, "none", 0);
        push(ids, 60, "null", null);
        push(ids, 130, "kept", 100);
        await().until(() -> ids("DFF_task_record_func").size() == ids.size());
        // Func trims thirty of them before the table is read, and inserts none of the first ones.
        lists.flush(true, (table, row) -> {});
        push(ids, 1, "kept", 101);
        lists.flush(true, (table, row) -> {});
        await().until(() -> ids("DFF_task_record_func").size() == ids.size());
        String last = "(SELECT MAX(seq) FROM " + CALLS + " AS known)";
        site.database.execute("INSERT INTO " + CALLS + " (seq, id, status, triggerTimeMs) VALUES (" + last
                + " + 41, 'behind a gap', 'success', 1700000000000)");
        // What Func keeps no record of leaves no gap, and so explains none.
        await().untilAsserted(() ->
                assertThat(site.metric("rows_missed_total", measurement)).isEqualTo(40));
        assertThat(ids("DFF_task_record_func")).hasSize(ids.size() + 1);
    }

    @Test
    void goesOnWithTheTableWhereTheListIsNone() throws Exception {
        try (Jedis jedis = site.redis.connect()) {
            jedis.set(FuncLists.key(TASKS), "no list");
        }
        site.start();
        site.database.insert(TASKS, Map.of("id", "task-1"));
        await().until(() -> ids("DFF_task_record").contains("task-1"));
        await().untilAsserted(() -> assertThat(site.health())
                .contains("measurement.task-record.buffer", "is of another type than Func gives it"));
        try (Jedis jedis = site.redis.connect()) {
            jedis.del(FuncLists.key(TASKS));
        }
        lists.push(TASKS, List.of(Map.of("id", "task-2", "triggerTimeMs", 1_700_000_000_000L)), null);
        await().until(() -> ids("DFF_task_record").contains("task-2"));
    }

    @Test
    void readsOnlyTheTablesWhereTheListsAreSwitchedOff() throws Exception {
        List<String> ids = new ArrayList<>();
        push(ids, 3, "sapi-1", 100);
        site.set("records.buffers", "false").start();
        site.database.insert(CALLS, Map.of("id", "task-1"));
        await().until(() -> ids("DFF_task_record_func").contains("task-1"));
        assertThat(ids("DFF_task_record_func")).containsExactly("task-1");
    }

    private List<String> ids(String measurement) {
        return site.receiver.accepted(measurement).stream()
                .filter(line -> !line.fields().containsKey("message_page_number")
                        || line.field("message_page_number").equals(1L))
                .map(line -> line.tag("id"))
                .toList();
    }
}
