package io.funcobserver.demo;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * The tables of a Func database that are read, in the three generations that are in use.
 *
 * <p>Names, types and what may be NULL are facts about Func; columns that Func always fills have a default here, so that
 * a test inserts only what it is about.
 */
public enum FuncSchema {
    /** 2023-09 to 2024-05. */
    V2023("crontab", "JSON", false, false),
    /** 5.x, from 2024-05 on. */
    V5("cronExpr", "JSON", true, false),
    /** 6.x, from 2025 on. */
    V6("cronExpr", "LONGTEXT", true, true);

    /** Func's internal tasks. */
    public static final String TASK_RECORD = "biz_main_task_record";
    /** The calls of user functions. */
    public static final String TASK_RECORD_FUNC = "biz_main_task_record_func";

    /** What calls a function, and can be switched off. */
    private static final List<String> ENTRY =
            List.of("funcId VARCHAR(256) NULL", "isDisabled TINYINT(1) NOT NULL DEFAULT 0");

    private final String cronColumn;
    private final String jsonType;
    private final boolean nonCriticalErrors;
    private final boolean unixTimes;

    FuncSchema(String cronColumn, String jsonType, boolean nonCriticalErrors, boolean unixTimes) {
        this.cronColumn = cronColumn;
        this.jsonType = jsonType;
        this.nonCriticalErrors = nonCriticalErrors;
        this.unixTimes = unixTimes;
    }

    /** The column of {@link #TASK_RECORD_FUNC} that holds the cron expression. */
    public String cronColumn() {
        return cronColumn;
    }

    /** The table of the APIs that answer at once. */
    public String syncApiTable() {
        return this == V2023 ? "biz_main_auth_link" : "biz_main_sync_api";
    }

    /** The table of the APIs that answer later. */
    public String asyncApiTable() {
        return this == V2023 ? "biz_main_batch" : "biz_main_async_api";
    }

    /** The table of the cron jobs. */
    public String cronJobTable() {
        return this == V2023 ? "biz_main_crontab_config" : "biz_main_cron_job";
    }

    /** Whether {@code createTime} and {@code updateTime} are UNIX seconds rather than TIMESTAMP. */
    public boolean hasUnixTimes() {
        return unixTimes;
    }

    /** Creates the two tables of task records and some others of Func, with a few rows, in the current database. */
    public void createTables(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(taskRecord());
            statement.execute(taskRecordFunc());
            otherTable(statement, "biz_main_script_set", "脚本集", List.of(), "demo", "df_monitor");
            otherTable(statement, "biz_main_script", "脚本", List.of(), "demo__main", "df_monitor__checks");
            String settings = "extraConfigJSON " + jsonType + " NULL";
            otherTable(
                    statement, "biz_main_func", "函数", List.of(settings), "demo__main.hello", "df_monitor__checks.run");
            otherTable(statement, "biz_main_connector", "连接器", List.of(), "influxdb");
            otherTable(statement, "biz_main_env_variable", "环境变量", List.of(), "region");
            otherTable(statement, syncApiTable(), "同步 API", ENTRY, "api-hello");
            otherTable(statement, asyncApiTable(), "异步 API", ENTRY, "async-hello");
            List<String> cronJob = List.of(ENTRY.get(0), ENTRY.get(1), cronColumn + " VARCHAR(64) NULL");
            otherTable(statement, cronJobTable(), "定时任务", cronJob, "cron-hello");
            statement.execute("UPDATE " + cronJobTable() + " SET funcId = 'demo__main.hello', " + cronColumn
                    + " = '*/5 * * * *'");
            otherTable(statement, "biz_main_file_service", "文件服务", List.of(), "files");
            otherTable(statement, "wat_main_user", "用户", List.of(), "u-admin");
        }
    }

    /** The DDL of {@link #TASK_RECORD}. */
    public String taskRecord() {
        List<String> columns = new ArrayList<>();
        columns.add("seq BIGINT UNSIGNED NOT NULL AUTO_INCREMENT");
        columns.add("id VARCHAR(64) NOT NULL");
        columns.add("name VARCHAR(256) NOT NULL DEFAULT 'Example.Task'");
        columns.add("kwargsJSON " + jsonType + " NULL");
        timesAndLimits(columns);
        columns.add("resultJSON " + jsonType + " NULL");
        outcome(columns);
        return table(TASK_RECORD, columns, "任务记录");
    }

    /** The DDL of {@link #TASK_RECORD_FUNC}. */
    public String taskRecordFunc() {
        List<String> columns = new ArrayList<>();
        columns.add("seq BIGINT UNSIGNED NOT NULL AUTO_INCREMENT");
        columns.add("id VARCHAR(64) NOT NULL");
        columns.add("rootTaskId VARCHAR(64) NOT NULL DEFAULT 'ROOT'");
        columns.add("scriptSetId VARCHAR(256) NULL");
        columns.add("scriptId VARCHAR(256) NULL");
        columns.add("funcId VARCHAR(256) NULL");
        columns.add("funcCallKwargsJSON " + jsonType + " NULL");
        columns.add("origin VARCHAR(64) NULL");
        columns.add("originId VARCHAR(64) NULL");
        columns.add(cronColumn + " VARCHAR(64) NULL");
        columns.add("callChainJSON " + jsonType + " NULL");
        timesAndLimits(columns);
        outcome(columns);
        columns.add("printLogsTEXT LONGTEXT NULL");
        columns.add("returnValueJSON " + jsonType + " NULL");
        columns.add("responseControlJSON " + jsonType + " NULL");
        columns.add("KEY ORIGIN_ID (originId)");
        return table(TASK_RECORD_FUNC, columns, "函数任务记录 (func task records)");
    }

    private static void timesAndLimits(List<String> columns) {
        columns.add("triggerTimeMs BIGINT UNSIGNED NOT NULL DEFAULT 0");
        columns.add("startTimeMs BIGINT UNSIGNED NULL");
        columns.add("endTimeMs BIGINT UNSIGNED NULL");
        columns.add("eta TEXT NULL");
        columns.add("delay BIGINT UNSIGNED NULL");
        columns.add("queue BIGINT UNSIGNED NULL");
        columns.add("timeout BIGINT UNSIGNED NULL");
        columns.add("expires BIGINT UNSIGNED NULL");
        columns.add("ignoreResult TINYINT(1) NULL");
    }

    private void outcome(List<String> columns) {
        columns.add("status VARCHAR(64) NOT NULL DEFAULT 'success'");
        columns.add("exceptionType VARCHAR(64) " + (this == V6 ? "NULL" : "NOT NULL DEFAULT ''"));
        columns.add("exceptionTEXT LONGTEXT NULL");
        columns.add("tracebackTEXT LONGTEXT NULL");
        if (nonCriticalErrors) {
            columns.add("nonCriticalErrorsTEXT LONGTEXT NULL");
        }
    }

    private String table(String name, List<String> columns, String comment) {
        List<String> all = new ArrayList<>(columns);
        if (unixTimes) {
            all.add("createTime BIGINT UNSIGNED NOT NULL DEFAULT 0");
            all.add("updateTime BIGINT UNSIGNED NOT NULL DEFAULT 0");
        } else {
            all.add("createTime TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP");
            all.add("updateTime TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP");
        }
        all.add("PRIMARY KEY (seq)");
        all.add("UNIQUE KEY ID (id)");
        return "CREATE TABLE " + name + " (" + String.join(", ", all)
                + ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='" + comment + "'";
    }

    private void otherTable(
            Statement statement, String name, String comment, List<String> furtherColumns, String... ids)
            throws SQLException {
        List<String> columns = new ArrayList<>(List.of(
                "seq BIGINT UNSIGNED NOT NULL AUTO_INCREMENT", "id VARCHAR(64) NOT NULL", "title VARCHAR(256) NULL"));
        columns.addAll(furtherColumns);
        statement.execute(table(name, columns, comment));
        for (String id : ids) {
            statement.execute("INSERT INTO " + name + " (id, title) VALUES ('" + id + "', '" + id + "')");
        }
    }
}
