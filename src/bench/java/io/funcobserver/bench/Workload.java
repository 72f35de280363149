package io.funcobserver.bench;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;

import io.funcobserver.demo.FuncDatabase;
import io.funcobserver.demo.FuncSchema;
import org.springframework.util.DigestUtils;

/**
 * What is read in one part of the benchmark: calls of user functions, each with a print log of some lines.
 *
 * @param route id of the measurement that reads it
 * @param rows how many
 * @param messageBytes how long each print log is, about
 */
record Workload(String name, String route, int rows, int messageBytes) {
    private static final int LOG_LINE = 100;
    private static final long FIRST_TRIGGER_MS = 1_760_000_000_000L;
    private static final String TABLE = FuncSchema.TASK_RECORD_FUNC;

    /** How many line feeds all its lines have, those inside of messages included. */
    long lineFeeds() {
        boolean hasMessage = route.equals("task-record-func");
        return (long) rows * (1 + (hasMessage ? logLines() : 0));
    }

    private int logLines() {
        return Math.max(1, messageBytes / LOG_LINE);
    }

    /** Fills a table of its own, beside the one that is read. */
    void fill(FuncDatabase database) throws SQLException {
        database.execute("DROP TABLE IF EXISTS filled", "CREATE TABLE filled LIKE " + TABLE, insert("filled", 0, rows));
    }

    /** Puts the filled table in the place of the empty one, at once. */
    static void show(FuncDatabase database) throws SQLException {
        database.execute("RENAME TABLE " + TABLE + " TO aside, filled TO " + TABLE);
    }

    /** Puts an empty table in its place again. */
    static void hide(FuncDatabase database) throws SQLException {
        database.execute("RENAME TABLE " + TABLE + " TO filled, aside TO " + TABLE);
    }

    /** The id of a row by its number, as {@link #insert} makes it. */
    static String id(long number) {
        return "task-" + DigestUtils.md5DigestAsHex(Long.toString(number).getBytes(StandardCharsets.US_ASCII));
    }

    /** When a row's task was triggered, in UNIX milliseconds. */
    static long triggerMs(long number) {
        return FIRST_TRIGGER_MS + number / 100;
    }

    /** Rows after that number, as MariaDB's sequence engine makes them. */
    String insert(String table, long after, int count) {
        String n = "(seq + " + after + ")";
        StringBuilder log = new StringBuilder("CONCAT(");
        for (int i = 0; i < logLines(); i++) {
            log.append(i == 0 ? "" : ", ")
                    .append("'[2025-10-09 16:53:")
                    .append(10 + i % 50)
                    .append(".', LPAD(")
                    .append(n)
                    .append(" % 1000, 3, '0'), '] checked ', MD5(")
                    .append(n)
                    .append(" + ")
                    .append(i)
                    .append("), ' on host-', ")
                    .append(n)
                    .append(" % 97, ': ok, ")
                    .append(i)
                    .append(" left', CHAR(10))");
            log.setLength(log.length() - 1);
        }
        log.append(')');
        List<String> columns = List.of(
                "id",
                "rootTaskId",
                "scriptSetId",
                "scriptId",
                "funcId",
                "funcCallKwargsJSON",
                "origin",
                "originId",
                "cronExpr",
                "callChainJSON",
                "triggerTimeMs",
                "startTimeMs",
                "endTimeMs",
                "delay",
                "queue",
                "timeout",
                "expires",
                "ignoreResult",
                "status",
                "printLogsTEXT",
                "returnValueJSON",
                "createTime",
                "updateTime");
        List<String> values = List.of(
                "CONCAT('task-', MD5(" + n + "))",
                "'ROOT'",
                "CONCAT('set_', " + n + " % 7)",
                "CONCAT('set_', " + n + " % 7, '__script_', " + n + " % 31)",
                "CONCAT('set_', " + n + " % 7, '__script_', " + n + " % 31, '.func_', " + n + " % 101)",
                "CONCAT('{\"workspace_uuid\": \"wksp_', " + n + " % 11, '\", \"n\": ', " + n + ", '}')",
                "ELT(1 + " + n + " % 3, 'cronJob', 'syncAPI', 'direct')",
                "CONCAT('origin-', " + n + " % 211)",
                "'*/5 * * * *'",
                "'[\"a\", \"b\"]'",
                FIRST_TRIGGER_MS + " + " + n + " DIV 100",
                FIRST_TRIGGER_MS + " + " + n + " DIV 100 + 7 + " + n + " % 13",
                FIRST_TRIGGER_MS + " + " + n + " DIV 100 + 120 + " + n + " % 971",
                "0",
                n + " % 16",
                "30",
                "60",
                "0",
                "IF(" + n + " % 50, 'success', 'failure')",
                log.toString(),
                "'{\"result\": true}'",
                "1760000000",
                "1760000000");
        return "INSERT INTO " + table + " (" + String.join(", ", columns) + ") SELECT " + String.join(", ", values)
                + " FROM seq_1_to_" + count + " ORDER BY seq";
    }
}
