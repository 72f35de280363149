package io.funcobserver.demo;

import java.sql.SQLException;
import java.time.Duration;

import io.funcobserver.testing.Slow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.Jedis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@Slow
class FuncSimulatorTest {
    @ParameterizedTest
    @EnumSource
    void writesExactlyWhatItSays(FuncSchema schema) throws Exception {
        try (FuncDatabase database = Servers.newDatabase(schema);
                FuncSimulator func = new FuncSimulator(database, null, FuncSimulator.Settings.test())) {
            func.insert(600);
            assertThat(func.written()).hasSize(600);
            assertThat(func.written(FuncSchema.TASK_RECORD))
                    .hasSize(count(database, FuncSchema.TASK_RECORD))
                    .extracting(FuncSimulator.Written::seq)
                    .isSorted();
            assertThat(func.written(FuncSchema.TASK_RECORD_FUNC)).hasSize(count(database, FuncSchema.TASK_RECORD_FUNC));
            assertThat(database.number("SELECT COUNT(DISTINCT status) FROM biz_main_task_record_func"))
                    .isEqualTo(6);
            assertThat(database.number("SELECT COUNT(DISTINCT origin) FROM biz_main_task_record_func"))
                    .isEqualTo(9);
        }
    }

    @Test
    void trimsAsFuncDoes() throws Exception {
        try (FuncDatabase database = Servers.newDatabase(FuncSchema.V6);
                FuncSimulator func = new FuncSimulator(
                        database, null, FuncSimulator.Settings.test().withTrims(true))) {
            func.insert(5000);
            assertThat(count(database, FuncSchema.TASK_RECORD)).isEqualTo(1000);
            assertThat(database.number("SELECT MAX(n) FROM (SELECT COUNT(*) n FROM biz_main_task_record_func"
                            + " WHERE origin IN ('syncAPI', 'asyncAPI') GROUP BY originId) t"))
                    .isEqualTo(100);
        }
    }

    @Test
    void writesSomeLargeLogs() throws Exception {
        try (FuncDatabase database = Servers.newDatabase(FuncSchema.V6);
                FuncSimulator func = new FuncSimulator(database, null, FuncSimulator.Settings.test())) {
            func.insert(5000);
            assertThat(database.number("SELECT MAX(LENGTH(printLogsTEXT)) FROM biz_main_task_record_func"))
                    .isGreaterThan(300_000);
        }
    }

    @Test
    void movesQueuesAndKeys() throws Exception {
        RedisDatabase redis = Servers.newRedisDatabase();
        try (FuncDatabase database = Servers.newDatabase(FuncSchema.V6);
                FuncSimulator func = new FuncSimulator(
                                database, redis, FuncSimulator.Settings.test().withFlushPeriod(Duration.ofMillis(10)))
                        .start();
                Jedis jedis = redis.connect()) {
            await().until(() -> jedis.dbSize() > 100 && jedis.llen("DataFluxFunc-worker#workerQueue@3") > 1);
            await().until(() -> func.rows() > 10);
        }
    }

    @Test
    void goesOnAfterAnOutage() throws Exception {
        try (EmbeddedMariaDb mariaDb = EmbeddedMariaDb.started();
                FuncSimulator func = new FuncSimulator(
                                FuncDatabase.create(mariaDb.server(), "func", FuncSchema.V6),
                                null,
                                FuncSimulator.Settings.test())
                        .start()) {
            await().until(() -> func.rows() > 0);
            mariaDb.kill();
            await().until(() -> func.lastFailure() instanceof SQLException);
            long before = func.rows();
            mariaDb.start();
            await().until(() -> func.rows() > before && func.lastFailure() == null);
        }
    }

    private static int count(FuncDatabase database, String table) throws SQLException {
        return (int) database.number("SELECT COUNT(*) FROM " + table);
    }
}
