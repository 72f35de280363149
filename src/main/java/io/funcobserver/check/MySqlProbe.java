package io.funcobserver.check;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.stream.Stream;

import io.funcobserver.config.Settings;
import io.funcobserver.diagnosis.Endpoint;
import io.funcobserver.diagnosis.MySqlDiagnosis;
import io.funcobserver.func.CallMeasurement;
import io.funcobserver.func.FuncTables;
import io.funcobserver.mysql.FuncMySql;

/** Connects to Func's MySQL and reads the head of each table that an enabled measurement reads. */
public final class MySqlProbe extends Probe {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    public MySqlProbe() {
        super("mysql", "func.mysql.", "tls.", "measurement.");
    }

    @Override
    protected void test(Settings settings, Findings found) {
        try (Connection connection = FuncMySql.connect(settings, TIMEOUT)) {
            found.ok(Endpoint.mySql(settings).address() + "/" + settings.text("func.mysql.database") + ", "
                    + connection.getMetaData().getDatabaseProductName() + " "
                    + connection.getMetaData().getDatabaseProductVersion());
            if (settings.flag("measurement.task-record.enabled")) {
                table(connection, FuncTables.TASKS, settings, found);
            }
            if (Stream.of(CallMeasurement.values()).anyMatch(call -> call.isRead(settings))) {
                table(connection, FuncTables.CALLS, settings, found);
            }
        } catch (SQLException e) {
            found.fail(new MySqlDiagnosis(settings).of(e));
        }
    }

    private static void table(Connection connection, String table, Settings settings, Findings found)
            throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT seq FROM " + table + " LIMIT 1");
            found.ok("table " + table + " is readable");
        } catch (SQLException e) {
            found.fail(new MySqlDiagnosis(settings, "table " + table).of(e));
        }
    }
}
