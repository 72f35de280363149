package io.funcobserver.faults;

import java.util.List;

import io.funcobserver.demo.Answer;
import io.funcobserver.demo.FuncSchema;
import io.funcobserver.demo.FuncSimulator;
import io.funcobserver.demo.Request;
import io.funcobserver.testing.Scrape;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestInstallation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * From Func's tables to a target that takes nothing, or one category alone: promises 1 and 4. What becomes of each answer is
 * DeliveryRouteTest's.
 */
@Slow
class TargetFaultsTest {
    @AutoClose
    private final TestInstallation site = TestInstallation.open().set("target.timeout", "500ms");

    @BeforeEach
    void start() throws Exception {
        site.start();
    }

    @AfterEach
    void everythingArrivedInRightBodies() {
        awaitDelivered();
        assertThat(site.ledger.differing()).as("resent otherwise").isEmpty();
        assertThat(site.receiver.requests())
                .filteredOn(request -> request.status() == 200)
                .allSatisfy(request -> {
                    assertThat(request.header("Content-Encoding")).isEqualTo("gzip");
                    // The receiver takes a body that it cannot unpack, as DataKit does, and finds no line in it.
                    assertThat(request.lines()).isNotEmpty();
                });
    }

    @Test
    void readsOnWhileTheTargetRefusesAndFuncTrims() throws Exception {
        site.receiver.stop();
        FuncSimulator trimming = new FuncSimulator(
                site.database, null, FuncSimulator.Settings.test().withTrims(true));
        for (int i = 0; i < 10; i++) {
            trimming.insert(700);
            await().until(this::allIsRead);
        }
        assertThat(site.database.number("SELECT COUNT(*) FROM " + FuncSchema.TASK_RECORD))
                .as("rows that Func kept")
                .isLessThan(trimming.written(FuncSchema.TASK_RECORD).size());
        site.receiver.start();
        awaitDelivered();
        assertThat(trimming.written()).allSatisfy(row -> assertThat(site.ledger.has(measurement(row), row.id()))
                .as(row.toString())
                .isTrue());
        assertThat(site.metric("rows_missed_total", "measurement=\"task-record\""))
                .isZero();
    }

    private boolean allIsRead() throws Exception {
        Scrape metrics = site.metrics();
        long internal = site.database.number("SELECT COALESCE(MAX(seq), 0) FROM " + FuncSchema.TASK_RECORD);
        long calls = site.database.number("SELECT COALESCE(MAX(seq), 0) FROM " + FuncSchema.TASK_RECORD_FUNC);
        return metrics.value("rows_read_total", "measurement=\"task-record\"") >= internal
                && metrics.value("rows_read_total", "measurement=\"func-call\"") >= calls
                && metrics.value("rows_read_total", "measurement=\"task-record-func\"") >= calls;
    }

    private static String measurement(FuncSimulator.Written row) {
        return row.table().equals(FuncSchema.TASK_RECORD) ? "DFF_task_record" : "DFF_task_record_func";
    }

    @Test
    void keepsMetricsGoingWhileLogsAreBackloggedAndTheOtherWayRound() throws Exception {
        FuncSimulator func = site.func();
        for (String down : List.of("metric", "logging")) {
            site.receiver.answerWith(request -> isOf(request, down) ? Answer.noAnswer() : Answer.usual());
            func.insert(10);
            await().until(() -> site.receiver.requests().stream().anyMatch(request -> isOf(request, down)));
            func.insert(10);
            await().until(() -> site.ledger.lost(site.database).stream()
                    .allMatch(row -> row.startsWith("call") == down.equals("metric")));
            assertThat(site.spooled(down)).isNotEmpty();
            site.receiver.answerWith(Answer.usual());
            awaitDelivered();
        }
    }

    private static boolean isOf(Request request, String category) {
        return request.path().endsWith(category);
    }

    private void awaitDelivered() {
        await().untilAsserted(() -> {
            assertThat(site.ledger.lost(site.database)).as("rows lost").isEmpty();
            assertThat(site.files())
                    .filteredOn(file -> file.startsWith("spool/") && file.contains("_record_"))
                    .isEmpty();
        });
    }
}
