package io.funcobserver.demo;

import java.sql.SQLException;
import java.util.Map;

import io.funcobserver.testing.Slow;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Slow
class EmbeddedMariaDbTest {
    @Test
    void keepsPortAndDataOverAnOutage() throws Exception {
        try (EmbeddedMariaDb mariaDb = EmbeddedMariaDb.started()) {
            FuncDatabase database = FuncDatabase.create(mariaDb.server(), "func", FuncSchema.V6);
            database.insert(FuncSchema.TASK_RECORD, Map.of("name", "before"));

            mariaDb.stop();
            assertThat(mariaDb.isRunning()).isFalse();
            assertThatThrownBy(mariaDb::connect).isInstanceOf(SQLException.class);
            mariaDb.start();
            assertThat(database.number("SELECT COUNT(*) FROM biz_main_task_record"))
                    .isEqualTo(1);

            database.insert(FuncSchema.TASK_RECORD, Map.of("name", "before the crash"));
            mariaDb.kill();
            mariaDb.start();
            assertThat(database.number("SELECT COUNT(*) FROM biz_main_task_record"))
                    .isEqualTo(2);
        }
    }

    @Test
    void takesServerOptions() throws Exception {
        try (EmbeddedMariaDb mariaDb = EmbeddedMariaDb.started("--max-allowed-packet=1G")) {
            FuncDatabase database = FuncDatabase.create(mariaDb.server(), "func", FuncSchema.V6);
            assertThat(database.number("SELECT @@max_allowed_packet")).isEqualTo(1 << 30);
        }
    }

    @Test
    void saysWhyItDoesNotStart() {
        assertThatThrownBy(() -> EmbeddedMariaDb.started("--no-such-option")).hasMessageContaining("no-such-option");
    }

    @Test
    void refusesAWrongPassword() throws Exception {
        MySqlServer server = Servers.mySql();
        MySqlServer wrong = new MySqlServer(server.host(), server.port(), server.user(), "wrong");
        assertThatThrownBy(wrong::connect).isInstanceOf(SQLException.class);
    }
}
