package io.funcobserver.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import redis.clients.jedis.Jedis;

/**
 * The two Redis lists in which a Func keeps finished tasks until a flush, and the flush.
 *
 * <p>A flush pops up to 1000 entries from the tail, INSERTs them one by one and trims to the limit, and goes on until the
 * list is short. Flushes may overlap. May be used by several threads.
 */
public final class FuncLists {
    private static final String APP = "DataFluxFunc";
    private static final int BATCH = 1000;
    private static final int INTERNAL_LIMIT = 1000;
    private static final String LIMIT = "_taskRecordLimit";
    /** What only the table knows. */
    private static final List<String> NOT_PUSHED = List.of("seq", "createTime", "updateTime");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<LinkedHashMap<String, Object>> ENTRY = new TypeReference<>() {};

    private final FuncDatabase database;
    private final RedisDatabase redis;
    private final Map<String, List<String>> columns = new LinkedHashMap<>();

    public FuncLists(FuncDatabase database, RedisDatabase redis) throws SQLException {
        this.database = database;
        this.redis = redis;
        for (String table : List.of(FuncSchema.TASK_RECORD, FuncSchema.TASK_RECORD_FUNC)) {
            columns.put(table, columnsOf(table));
        }
    }

    private List<String> columnsOf(String table) throws SQLException {
        List<String> names = new ArrayList<>();
        try (Connection connection = database.connect();
                ResultSet rows = connection.createStatement().executeQuery("SELECT * FROM " + table + " LIMIT 0")) {
            for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                names.add(rows.getMetaData().getColumnName(i));
            }
        }
        names.removeAll(NOT_PUSHED);
        return names;
    }

    /** The key of the list for the table. */
    public static String key(String table) {
        return APP + "-worker#dataBuffer@" + (table.equals(FuncSchema.TASK_RECORD) ? "taskRecord" : "taskRecordFunc");
    }

    /**
     * Pushes finished tasks, the newest last.
     *
     * @param limit how many records of its origin Func keeps; 0 or null: none
     */
    public void push(String table, List<Map<String, Object>> rows, Integer limit) {
        if (rows.isEmpty()) {
            return;
        }
        String[] texts = rows.stream().map(row -> entry(table, row, limit)).toArray(String[]::new);
        try (Jedis jedis = redis.connect()) {
            jedis.lpush(key(table), texts);
        }
    }

    /** A row as it stands in the list: every column, NULLs as null. */
    public String entry(String table, Map<String, Object> row, Integer limit) {
        Map<String, Object> entry = new LinkedHashMap<>();
        columns.get(table).forEach(column -> entry.put(column, row.get(column)));
        if (table.equals(FuncSchema.TASK_RECORD_FUNC)) {
            entry.putIfAbsent("rootTaskId", "ROOT");
            entry.put(LIMIT, limit);
        }
        try {
            return JSON.writeValueAsString(entry);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Empties both lists into their tables.
     *
     * @param trims whether rows beyond the limits are deleted, and those without a limit never inserted
     * @param inserted takes table and row of each INSERT that was acknowledged, the row with its {@code seq}
     */
    public void flush(boolean trims, BiConsumer<String, Map<String, Object>> inserted) throws SQLException {
        try (Jedis jedis = redis.connect();
                Connection connection = database.connect()) {
            for (String table : columns.keySet()) {
                boolean goesOn = true;
                while (goesOn) {
                    List<String> entries = jedis.rpop(key(table), BATCH);
                    goesOn = entries != null && entries.size() == BATCH;
                    if (entries != null) {
                        insert(connection, jedis, table, entries, trims, inserted);
                    }
                }
            }
        }
    }

    private void insert(
            Connection connection,
            Jedis jedis,
            String table,
            List<String> entries,
            boolean trims,
            BiConsumer<String, Map<String, Object>> inserted)
            throws SQLException {
        Map<String, Integer> limits = new LinkedHashMap<>();
        for (int i = 0; i < entries.size(); i++) {
            Map<String, Object> row = row(entries.get(i));
            Integer limit = table.equals(FuncSchema.TASK_RECORD)
                    ? Integer.valueOf(INTERNAL_LIMIT)
                    : (Integer) row.remove(LIMIT);
            if (trims && (limit == null || limit == 0)) {
                continue;
            }
            if (database.schema().hasUnixTimes()) {
                row.put("createTime", System.currentTimeMillis() / 1000);
                row.put("updateTime", System.currentTimeMillis() / 1000);
            }
            try {
                row.put("seq", database.insert(connection, table, row));
            } catch (SQLException e) {
                // Kinder than Func of 2025, which has popped them for good: outages are not what this simulates.
                List<String> left = new ArrayList<>(entries.subList(i, entries.size()));
                Collections.reverse(left);
                jedis.rpush(key(table), left.toArray(String[]::new));
                throw e;
            }
            inserted.accept(table, row);
            limits.put(table.equals(FuncSchema.TASK_RECORD) ? "" : Objects.toString(row.get("originId"), ""), limit);
        }
        if (trims) {
            for (Map.Entry<String, Integer> limit : limits.entrySet()) {
                trim(connection, table, limit.getKey(), limit.getValue());
            }
        }
    }

    private static Map<String, Object> row(String entry) {
        try {
            Map<String, Object> row = JSON.readValue(entry, ENTRY);
            Set<String> absent = new LinkedHashSet<>(row.keySet());
            absent.removeIf(column -> row.get(column) != null || column.equals(LIMIT));
            absent.forEach(row::remove);
            return row;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void trim(Connection connection, String table, String originId, int keep) throws SQLException {
        boolean all = table.equals(FuncSchema.TASK_RECORD);
        String condition = all ? "TRUE" : "originId = ?";
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT seq FROM " + table + " WHERE " + condition + " ORDER BY seq DESC LIMIT 1 OFFSET " + keep)) {
            if (!all) {
                select.setString(1, originId);
            }
            try (ResultSet rows = select.executeQuery()) {
                if (!rows.next()) {
                    return;
                }
                try (PreparedStatement delete = connection.prepareStatement(
                        "DELETE FROM " + table + " WHERE " + condition + " AND seq <= " + rows.getString(1))) {
                    if (!all) {
                        delete.setString(1, originId);
                    }
                    delete.executeUpdate();
                }
            }
        }
    }
}
