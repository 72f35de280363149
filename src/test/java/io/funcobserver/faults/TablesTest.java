package io.funcobserver.faults;

import java.sql.Connection;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.funcobserver.demo.FuncDatabase;
import io.funcobserver.demo.FuncSchema;
import io.funcobserver.demo.Receiver;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestInstallation;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What Func and its upgrades do to the tables under a running site. */
@Slow
class TablesTest {
    private static final String TASKS = FuncSchema.TASK_RECORD;
    private static final String CALLS = FuncSchema.TASK_RECORD_FUNC;

    @AutoClose
    private TestInstallation site = TestInstallation.open().only("task-record");

    private FuncDatabase func = site.database;
    private Receiver target = site.receiver;

    @Test
    void deliversARowThatBecomesVisibleLateWhileFuncTrims() throws Exception {
        site.set("records.late-window", "30s").start();
        insert("first", 1);
        awaitIds("first0");
        try (Connection first = func.connect();
                Connection second = func.connect()) {
            first.setAutoCommit(false);
            for (int i = 0; i < 5; i++) {
                func.insert(first, TASKS, Map.of("id", "late-" + i));
                func.insert(second, TASKS, Map.of("id", "early-" + i));
            }
            awaitIds("first0", "early-0", "early-1", "early-2", "early-3", "early-4");
            assertThat(ids()).noneMatch(id -> id.startsWith("late"));

            // By number, as it must not wait for the open transaction.
            func.execute("DELETE FROM " + TASKS + " WHERE seq = 3", "DELETE FROM " + TASKS + " WHERE seq = 11");
            first.commit();
            func.insert(TASKS, Map.of("id", "newest"));
        }
        awaitIds(
                "first0", "early-0", "early-1", "early-2", "early-3", "early-4", "late-0", "late-1", "late-2", "late-3",
                "late-4", "newest");
        assertThat(ids()).doesNotHaveDuplicates();
        assertThat(missed()).isZero();
    }

    @Test
    void goesOnWhileAnUpgradeRenamesDropsAndAddsColumns() throws Exception {
        site.close();
        site = TestInstallation.open(FuncSchema.V5).only("task-record-func").start();
        func = site.database;
        target = site.receiver;
        Map<String, Object> cron = Map.of("origin", "cronJob", "status", "failure", "printLogsTEXT", "a log");
        insertCall("before", cron, "cronExpr");
        awaitCall("before");
        func.execute("ALTER TABLE " + CALLS + " CHANGE cronExpr crontab VARCHAR(64) NULL");
        insertCall("renamed", cron, "crontab");
        awaitCall("renamed");
        func.execute("ALTER TABLE " + CALLS + " CHANGE crontab cronExpr VARCHAR(64) NULL");
        func.execute("ALTER TABLE " + CALLS + " DROP COLUMN nonCriticalErrorsTEXT, DROP COLUMN delay");
        insertCall("dropped", cron, "cronExpr");
        awaitCall("dropped");
        func.execute("ALTER TABLE " + CALLS
                + " ADD COLUMN delay BIGINT UNSIGNED NULL DEFAULT 7 FIRST, ADD COLUMN novelty TEXT NULL");
        insertCall("added", cron, "cronExpr");
        awaitCall("added");

        assertThat(target.accepted("DFF_task_record_func")).allSatisfy(line -> {
            assertThat(line.field("crontab")).isEqualTo("*/5 * * * *");
            assertThat(line.field("message")).isEqualTo("a log");
            assertThat(line.tag("status")).isEqualTo("critical");
            assertThat(line.fields()).doesNotContainKey("novelty");
        });
        assertThat(target.accepted("DFF_task_record_func").get(3).field("delay"))
                .isEqualTo(7L);
        assertThat(target.accepted("DFF_task_record_func")).hasSize(4);
        await().until(site::isUp);
    }

    @Test
    void waitsForATableThatIsNotThereYetAndSaysSo() throws Exception {
        func.execute("DROP TABLE " + TASKS);
        site.only("task-record", "worker-queue").set("records.start", "now").start();
        await().until(() -> site.health().contains("measurement.task-record"));
        assertThat(site.health()).contains("table " + TASKS + " does not exist").contains("as soon as it is there");
        target.awaitAccepted("DFF_worker_queue", 32);

        try (Connection connection = func.connect();
                var statement = connection.createStatement()) {
            statement.execute(func.schema().taskRecord());
        }
        insert("first", 2);
        awaitIds("first0", "first1");
        await().until(site::isUp);
    }

    @Test
    void readsNothingForAMeasurementThatIsSwitchedOff() throws Exception {
        func.execute("DROP TABLE " + CALLS);
        site.start();
        insert("a", 1);
        awaitIds("a0");
        assertThat(site.health()).doesNotContain(CALLS);
        assertThat(site.isUp()).isTrue();
        long begin = System.nanoTime();
        site.stop();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(15));
        assertThat(site.data.resolve("cursors")).isDirectoryNotContaining("glob:**func-call*");
    }

    private void insert(String name, int rows) throws Exception {
        try (Connection connection = func.connect()) {
            for (int i = 0; i < rows; i++) {
                func.insert(connection, TASKS, Map.of("id", name + i));
            }
        }
    }

    private void insertCall(String id, Map<String, Object> values, String cronColumn) throws Exception {
        Map<String, Object> row = new HashMap<>(values);
        row.put("id", id);
        row.put(cronColumn, "*/5 * * * *");
        func.insert(CALLS, row);
    }

    private void awaitCall(String id) {
        await().until(() -> site.tags("DFF_task_record_func", "id").contains(id));
    }

    private List<String> ids() {
        return site.tags("DFF_task_record", "id");
    }

    private void awaitIds(String... ids) {
        await().untilAsserted(() -> assertThat(ids()).contains(ids));
        assertThat(ids()).hasSize(ids.length);
    }

    private double missed() {
        return site.metric("rows_missed_total", "measurement=\"task-record\"");
    }
}
