package io.funcobserver.diagnosis;

import java.net.ConnectException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Map;

import io.funcobserver.config.Settings;
import org.apache.camel.RuntimeCamelException;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.RedisConnectionFailureException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;

import static org.assertj.core.api.Assertions.assertThat;

class SourceDiagnosisTest {
    private final SourceDiagnosis diagnosis = new SourceDiagnosis(
            Settings.of(Map.of("target.url", "http://127.0.0.1:1", "func.mysql.password", "hush-hush")));

    @Test
    void tellsWhatToDoAboutMySql() {
        SQLException refused = new SQLException("Access denied for user 'root'", "28000", 1045);
        assertThat(diagnosis.of(new CannotGetJdbcConnectionException("Failed to obtain JDBC Connection", refused)))
                .isEqualTo("MySQL at 127.0.0.1:3306 refuses user root; correct func.mysql.username and"
                        + " func.mysql.password");
    }

    /** The pool tries until its own time is over: its time-out says less than what it met. */
    @Test
    void tellsARefusedConnectionFromASilentOneBehindThePoolsTimeOut() {
        SQLException pool = new SQLTransientConnectionException(
                "HikariPool-1 - Connection is not available, request timed out after 5000ms",
                new SQLException("Socket fail to connect to 127.0.0.1", new ConnectException("Connection refused")));
        assertThat(diagnosis.of(new CannotGetJdbcConnectionException("Failed to obtain JDBC Connection", pool)))
                .isEqualTo("nothing listens at 127.0.0.1:3306; start MySQL or correct func.mysql.host and"
                        + " func.mysql.port");
    }

    @Test
    void tellsWhatToDoAboutRedis() {
        assertThat(diagnosis.of(new RedisConnectionFailureException("no", new ConnectException("Connection refused"))))
                .isEqualTo("nothing listens at 127.0.0.1:6379; start Redis or correct func.redis.host and"
                        + " func.redis.port");
    }

    @Test
    void tellsTheCausesOfAnythingElseInOneLineWithoutSecrets() {
        Throwable cause = new IllegalStateException("no\n  room for hush-hush");
        assertThat(diagnosis.of(new RuntimeCamelException(cause))).isEqualTo("no room for ***");
    }
}
