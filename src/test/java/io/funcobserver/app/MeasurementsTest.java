package io.funcobserver.app;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.funcobserver.demo.FuncDatabase;
import io.funcobserver.demo.FuncSchema;
import io.funcobserver.demo.Line;
import io.funcobserver.demo.Receiver;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestInstallation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What measurements.md says of Func's MySQL, from the tables to the receiver. */
@Slow
class MeasurementsTest {

    private final long startNanos = System.currentTimeMillis() * 1_000_000;

    @ParameterizedTest
    @EnumSource
    void everyTaskBecomesItsPoints(FuncSchema schema) throws Exception {
        List<ExpectedTask> calls = TaskCases.calls(schema);
        List<ExpectedTask> internals = TaskCases.internals(schema);
        try (TestInstallation site = TaskCases.installation(schema)) {
            FuncDatabase database = site.database;
            Receiver receiver = site.receiver;
            TaskCases.insert(database, calls);
            TaskCases.insert(database, internals);
            site.only("func-call", "task-record", "task-record-func").start();
            List<Point> callPoints =
                    calls.stream().flatMap(ExpectedTask::callPoint).toList();
            arrive(receiver, "DFF_func_call", callPoints);
            arrive(receiver, "DFF_task_record_func", recordPoints(calls));
            arrive(receiver, "DFF_task_record", recordPoints(internals));

            // A wait and a total beyond 64 bits; of the records also a delay, a timeout and an expiry.
            assertThat(site.dropped("func-call", "overflow")).isEqualTo(2);
            assertThat(site.dropped("task-record", "overflow")).isEqualTo(5);
            assertThat(site.dropped("task-record-func", "overflow")).isEqualTo(5);
            for (String measurement : List.of("func-call", "task-record", "task-record-func")) {
                assertThat(site.dropped(measurement, "time")).isEqualTo(3);
                assertThat(site.dropped(measurement, "cut")).isZero();
            }
            long withoutCost = calls.size() - callPoints.size();
            assertThat(site.dropped("func-call", "no_field"))
                    .isEqualTo(withoutCost)
                    .isPositive();
            assertThat(site.dropped("task-record-func", "no_field")).isZero();
            assertThat(site.metric("rows_read_total", "measurement=\"func-call\""))
                    .isEqualTo(calls.size());
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyTableBecomesAPointWithItsStatus(FuncSchema schema) throws Exception {
        try (TestInstallation site = TaskCases.installation(schema)) {
            FuncDatabase database = site.database;
            Receiver receiver = site.receiver;
            TaskCases.insert(database, TaskCases.calls(schema));
            database.execute(
                    "CREATE TABLE without_number (id VARCHAR(9)) COMMENT '" + "界".repeat(400) + "'",
                    "CREATE TABLE `a b=c,d` (seq BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY)",
                    "CREATE VIEW no_table AS SELECT id FROM without_number");
            site.only("db-table").start();
            // InnoDB works its statistics out some seconds after an insert.
            await().untilAsserted(() -> assertThat(lastRun(
                            receiver.accepted("DFF_db_table"),
                            tableStatus(database).size()))
                    .containsExactlyInAnyOrderElementsOf(tableStatus(database)));
            assertThat(site.dropped("db-table", "cut")).isPositive();
            assertThat(receiver.accepted("DFF_db_table"))
                    .allSatisfy(line -> assertThat(line.timestamp()).isGreaterThanOrEqualTo(startNanos));
        }
    }

    private static List<Point> recordPoints(List<ExpectedTask> tasks) {
        return tasks.stream().flatMap(ExpectedTask::recordPoints).toList();
    }

    /** Exactly these, in this order; one by one, so that a failure shows the one that differs. */
    private void arrive(Receiver receiver, String measurement, List<Point> expected) throws Exception {
        List<Line> lines = receiver.awaitAccepted(measurement, expected.size());
        for (int i = 0; i < expected.size(); i++) {
            assertThat(Point.arrived(lines.get(i), startNanos))
                    .as("point %d of %s", i + 1, measurement)
                    .isEqualTo(expected.get(i));
        }
        assertThat(receiver.accepted(measurement)).hasSameSizeAs(expected);
    }

    /** The points of the newest sampling run that is complete; they all carry its time. */
    private List<Point> lastRun(List<Line> lines, int size) {
        Map<Long, List<Line>> runs =
                lines.stream().collect(Collectors.groupingBy(Line::timestamp, TreeMap::new, Collectors.toList()));
        return runs.values().stream()
                .filter(run -> run.size() == size)
                .reduce((first, second) -> second)
                .orElseThrow(() -> new AssertionError("no run of " + size + " points in " + runs))
                .stream()
                .map(line -> Point.arrived(line, startNanos))
                .toList();
    }

    private static List<Point> tableStatus(FuncDatabase database) throws Exception {
        String query = "SELECT TABLE_NAME, TABLE_COMMENT, DATA_LENGTH, INDEX_LENGTH, AVG_ROW_LENGTH, TABLE_ROWS,"
                + " AUTO_INCREMENT FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND ENGINE IS NOT NULL";
        Function<String, String> comment =
                text -> text.isEmpty() ? null : text.startsWith("界") ? "界".repeat(341) : text;
        Stream.Builder<Point> points = Stream.builder();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet table = statement.executeQuery(query)) {
            while (table.next()) {
                long data = table.getLong("DATA_LENGTH");
                long index = table.getLong("INDEX_LENGTH");
                java.math.BigDecimal next = table.getBigDecimal("AUTO_INCREMENT");
                boolean fits = next != null && next.toBigInteger().bitLength() < Long.SIZE;
                points.add(Point.of("DFF_db_table")
                        .tag("site_name", "北京 1")
                        .tag("region", "cn")
                        .tag("env", "test")
                        .tag(
                                "target",
                                database.server().host() + ":"
                                        + database.server().port() + "/" + database.name())
                        .tag("name", table.getString("TABLE_NAME"))
                        .tag("comment", comment.apply(table.getString("TABLE_COMMENT")))
                        .field("total_length", data + index)
                        .field("data_length", data)
                        .field("index_length", index)
                        .field("avg_row_length", table.getLong("AVG_ROW_LENGTH"))
                        .field("rows", table.getLong("TABLE_ROWS"))
                        .field("auto_increment", fits ? next.longValueExact() : null));
            }
        }
        return points.build().toList();
    }
}
