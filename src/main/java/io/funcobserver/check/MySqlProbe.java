package io.funcobserver.check;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

import io.funcobserver.config.ConfigurationException;
import io.funcobserver.config.Settings;
import io.funcobserver.diagnosis.Endpoint;
import io.funcobserver.diagnosis.MySqlDiagnosis;
import io.funcobserver.func.CallMeasurement;
import io.funcobserver.func.FuncTables;
import io.funcobserver.mysql.MySqlConnector;

/** Connects to Func's MySQL and reads the head of each table that an enabled measurement reads. */
public final class MySqlProbe implements Probe {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int NO_SUCH_TABLE = 1146;
    private static final int TABLE_ACCESS_DENIED = 1142;

    @Override
    public String subject() {
        return "mysql";
    }

    @Override
    public List<String> properties() {
        return List.of("func.mysql.", "tls.", "measurement.");
    }

    @Override
    public List<Finding> test(Settings settings) {
        MySqlDiagnosis diagnosis = new MySqlDiagnosis(settings);
        try (Connection connection =
                MySqlConnector.of(settings, TIMEOUT, TIMEOUT).getConnection()) {
            List<Finding> findings = new ArrayList<>();
            findings.add(Finding.ok(subject(), server(settings, connection)));
            for (String table : tables(settings)) {
                findings.add(table(connection, table, settings, diagnosis));
            }
            return findings;
        } catch (SQLException e) {
            return List.of(Finding.fail(subject(), diagnosis.of(e)));
        } catch (ConfigurationException e) {
            return List.of(Finding.fail(subject(), e.getMessage()));
        }
    }

    private static String server(Settings settings, Connection connection) throws SQLException {
        return Endpoint.mySql(settings).address() + "/" + settings.text("func.mysql.database") + ", "
                + connection.getMetaData().getDatabaseProductName() + " "
                + connection.getMetaData().getDatabaseProductVersion();
    }

    private Finding table(Connection connection, String table, Settings settings, MySqlDiagnosis diagnosis)
            throws SQLException {
        String database = settings.text("func.mysql.database");
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT seq FROM " + table + " LIMIT 1");
            return Finding.ok(subject(), "table " + table + " is readable");
        } catch (SQLException e) {
            return Finding.fail(
                    subject(),
                    switch (e.getErrorCode()) {
                        case NO_SUCH_TABLE ->
                            "table " + table + " does not exist in " + database
                                    + "; check that func.mysql.database is Func's, and that Func has set it up";
                        // MySQL says so of a table that is not there too, to a user without rights on it.
                        case TABLE_ACCESS_DENIED ->
                            "table " + table + " may not be read by "
                                    + settings.text("func.mysql.username") + "; run GRANT SELECT ON `" + database
                                    + "`.* TO '"
                                    + settings.text("func.mysql.username") + "'@'%'";
                        default -> "table " + table + " cannot be read: " + diagnosis.of(e);
                    });
        }
    }

    private static Iterable<String> tables(Settings settings) {
        TreeSet<String> tables = new TreeSet<>();
        if (settings.flag("measurement.task-record.enabled")) {
            tables.add(FuncTables.TASKS);
        }
        if (Stream.of(CallMeasurement.values())
                .anyMatch(call -> settings.flag("measurement." + call.id() + ".enabled"))) {
            tables.add(FuncTables.CALLS);
        }
        return tables;
    }
}
