package io.funcobserver.demo;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.funcobserver.testing.Slow;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

@Slow
class FuncSchemaTest {
    @ParameterizedTest
    @EnumSource
    void takesRowsOfEveryGeneration(FuncSchema schema) throws Exception {
        try (FuncDatabase database = Servers.newDatabase(schema)) {
            long first = database.insert(FuncSchema.TASK_RECORD, Map.of("kwargsJSON", "{\"a\": \"数据\"}"));
            long second = database.insert(
                    FuncSchema.TASK_RECORD, Map.of("exceptionTEXT", "😀".getBytes(StandardCharsets.UTF_8)));
            database.insert(FuncSchema.TASK_RECORD_FUNC, Map.of(schema.cronColumn(), "* * * * *"));

            assertThat(List.of(first, second)).containsExactly(1L, 2L);
            assertThat(database.number("SELECT CHAR_LENGTH(exceptionTEXT) FROM biz_main_task_record WHERE seq = 2"))
                    .isEqualTo(1);
            assertThat(columns(database, FuncSchema.TASK_RECORD_FUNC)).hasSize(schema == FuncSchema.V2023 ? 29 : 30);
        }
    }

    @ParameterizedTest
    @EnumSource
    void differsWhereTheGenerationsDo(FuncSchema schema) throws Exception {
        try (FuncDatabase database = Servers.newDatabase(schema)) {
            List<String> columns = columns(database, FuncSchema.TASK_RECORD_FUNC);
            assertThat(columns.contains("crontab")).isEqualTo(schema == FuncSchema.V2023);
            assertThat(columns.contains("cronExpr")).isEqualTo(schema != FuncSchema.V2023);
            assertThat(columns.contains("nonCriticalErrorsTEXT")).isEqualTo(schema != FuncSchema.V2023);
        }
    }

    private static List<String> columns(FuncDatabase database, String table) throws Exception {
        List<String> columns = new ArrayList<>();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SHOW COLUMNS FROM " + table)) {
            while (rows.next()) {
                columns.add(rows.getString(1));
            }
        }
        return columns;
    }
}
