package io.funcobserver.check;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;

import com.zaxxer.hikari.HikariDataSource;
import io.funcobserver.demo.FreePort;
import io.funcobserver.demo.FuncDatabase;
import io.funcobserver.demo.FuncSchema;
import io.funcobserver.demo.MySqlServer;
import io.funcobserver.demo.Servers;
import io.funcobserver.mysql.FuncMySql;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestSettings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

@Slow
class MySqlProbeTest {
    private static FuncDatabase database;

    @BeforeAll
    static void create() throws Exception {
        database = Servers.newDatabase(FuncSchema.values()[FuncSchema.values().length - 1]);
    }

    @AfterAll
    static void drop() throws Exception {
        database.close();
    }

    @Test
    void findsFuncsTables() {
        assertThat(probe(new TestSettings().mySql(database)))
                .extracting(Finding::level)
                .containsExactly(Finding.Level.OK, Finding.Level.OK, Finding.Level.OK);
    }

    @Test
    void leavesOutTablesThatNoMeasurementReads() {
        assertThat(probe(new TestSettings()
                        .mySql(database)
                        .set("measurement.task-record.enabled", false)
                        .set("measurement.task-record-func.enabled", false)
                        .set("measurement.func-call.enabled", false)))
                .hasSize(1);
    }

    @Test
    void namesUserAndPasswordWhenTheServerRefusesThem() {
        assertThat(only(new TestSettings().mySql(database).set("func.mysql.password", "wrong-secret")))
                .contains("refuses user " + database.server().user())
                .contains("func.mysql.password")
                .doesNotContain("wrong-secret");
    }

    @Test
    void namesADatabaseThatDoesNotExist() {
        assertThat(only(new TestSettings().mySql(database.server(), "no_such")))
                .isEqualTo("database no_such does not exist at " + address() + "; correct func.mysql.database");
    }

    @Test
    void namesMissingTables() {
        assertThat(probe(new TestSettings().mySql(database.server(), "mysql")))
                .extracting(Finding::text)
                .anyMatch(text -> text.startsWith("table biz_main_task_record does not exist in mysql;"));
    }

    @Test
    void namesTheGrantThatATableLacks() throws Exception {
        try (Connection root = database.connect();
                Statement statement = root.createStatement()) {
            statement.execute("CREATE USER half@'%' IDENTIFIED BY 'half-secret'");
            statement.execute("GRANT SELECT ON " + database.name() + ".biz_main_task_record TO half@'%'");
        }
        MySqlServer server = database.server();
        MySqlServer half = new MySqlServer(server.host(), server.port(), "half", "half-secret");
        assertThat(probe(new TestSettings().mySql(half, database.name())))
                .extracting(Finding::toString)
                .anyMatch(line -> line.matches("ok +mysql +table biz_main_task_record is readable"))
                .anyMatch(line ->
                        line.contains("table biz_main_task_record_func may not be read by half; run GRANT SELECT ON `"
                                + database.name() + "`.* TO 'half'@'%'"));
        assertThat(only(new TestSettings().mySql(half, "mysql"))).contains("may not use database mysql");
    }

    @Test
    void namesAHostThatIsUnknown() {
        assertThat(only(new TestSettings().set("func.mysql.host", "no-such-host.invalid")))
                .startsWith("host no-such-host.invalid is unknown; correct func.mysql.host");
    }

    @Test
    void namesAPortWhereNothingListens() throws Exception {
        int port = FreePort.next();
        assertThat(only(new TestSettings().set("func.mysql.port", port)))
                .isEqualTo("nothing listens at 127.0.0.1:" + port
                        + "; start MySQL or correct func.mysql.host and func.mysql.port");
    }

    @Test
    void givesUpOnAServerThatHangs() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            assertThat(only(new TestSettings().set("func.mysql.port", silent.getLocalPort())))
                    .contains("does not answer in time");
        }
    }

    @Test
    void saysThatTheServerSpeaksNoTls() {
        assertThat(only(new TestSettings().mySql(database).set("func.mysql.tls", true)))
                .contains("does not speak TLS")
                .contains("func.mysql.tls");
    }

    @Test
    void namesAFileOfAuthoritiesThatIsNotThere(@TempDir Path folder) {
        TestSettings settings = new TestSettings()
                .mySql(database)
                .set("func.mysql.tls", true)
                .set("tls.ca-file", folder.resolve("none.pem"));
        assertThat(only(settings)).endsWith("none.pem does not exist; give the path of a PEM file");
    }

    @Test
    void thePoolStartsWhileMySqlIsDownAndNeverWrites() throws Exception {
        try (HikariDataSource pool = FuncMySql.pool(
                new TestSettings().set("func.mysql.port", 1).build(), Duration.ofSeconds(5), Duration.ofSeconds(5))) {
            assertThat(pool.isRunning()).isTrue();
        }
        try (HikariDataSource pool = FuncMySql.pool(
                        new TestSettings().mySql(database).build(), Duration.ofSeconds(5), Duration.ofSeconds(5));
                Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            assertThat(connection.isReadOnly()).isTrue();
            assertThat(org.assertj.core.api.Assertions.catchThrowable(
                            () -> statement.execute("INSERT INTO biz_main_task_record (id) VALUES ('x')")))
                    .hasMessageContaining("READ ONLY");
        }
    }

    private static String only(TestSettings settings) {
        List<Finding> findings = probe(settings);
        assertThat(findings).hasSize(1);
        assertThat(findings.get(0).level()).isEqualTo(Finding.Level.FAIL);
        return findings.get(0).text();
    }

    private static List<Finding> probe(TestSettings settings) {
        return new MySqlProbe().test(settings.build());
    }

    private static String address() {
        return database.server().host() + ":" + database.server().port();
    }
}
