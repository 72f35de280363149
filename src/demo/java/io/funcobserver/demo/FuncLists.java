package io.funcobserver.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
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
 * The two Redis lists in which a Func keeps finished tasks until a flush, the one with which it counts calls, and the
 * flush.
 *
 * <p>A flush pops up to 1000 entries from the tail, INSERTs them one by one and trims to the limit, list after list, and
 * goes on with those that gave a whole batch. Flushes may overlap. May be used by several threads.
 */
public final class FuncLists {
    private static final String APP = "DataFluxFunc";
    private static final String COUNTS = APP + "-worker#dataBuffer@funcCallCount";
    private static final int BATCH = 1000;
    /** The most batches of one flush. */
    private static final int ROUNDS = 100;

    static final int INTERNAL_LIMIT = 1000;
    private static final int DEFAULT_LIMIT = 1000;
    private static final String LIMIT = "_taskRecordLimit";
    /** What only the tables know. */
    private static final Map<String, List<String>> NOT_PUSHED = Map.of(
            FuncSchema.TASK_RECORD, List.of("seq", "createTime", "updateTime", "nonCriticalErrorsTEXT"),
            FuncSchema.TASK_RECORD_FUNC, List.of("seq", "createTime", "updateTime", "eta"));

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
        names.removeAll(NOT_PUSHED.get(table));
        return names;
    }

    /** The key of the list for the table. */
    public static String key(String table) {
        return APP + "-worker#dataBuffer@" + (table.equals(FuncSchema.TASK_RECORD) ? "taskRecord" : "taskRecordFunc");
    }

    /**
     * Pushes finished tasks, the newest last.
     *
     * @param limit how many records of its origin Func keeps; null: as many as its kind of origin has by default
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

    /** A worker's task has ended: its record, and of a call the count, on the worker's own connection. */
    void finish(Jedis worker, String table, Map<String, Object> row, Integer limit) {
        worker.lpush(key(table), entry(table, row, limit));
        if (table.equals(FuncSchema.TASK_RECORD_FUNC)) {
            long second = ((Number) row.get("triggerTimeMs")).longValue() / 1000;
            worker.lpush(COUNTS, "{\"funcId\":\"" + row.get("funcId") + "\",\"timestamp\":" + second + "}");
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
     * Empties the lists: records into their tables, counts into the sorted sets.
     *
     * @param trims whether rows beyond the limits are deleted, and those without a limit never inserted
     * @param inserted takes table and row of each INSERT that was acknowledged, the row with its {@code seq}
     */
    public void flush(boolean trims, BiConsumer<String, Map<String, Object>> inserted) throws SQLException {
        try (Jedis jedis = redis.connect();
                Connection connection = database.connect()) {
            Set<String> unfinished = new LinkedHashSet<>(columns.keySet());
            unfinished.add(COUNTS);
            for (int round = 0; round < ROUNDS && !unfinished.isEmpty(); round++) {
                for (String each : List.copyOf(unfinished)) {
                    List<String> entries = pop(jedis, each.equals(COUNTS) ? COUNTS : key(each));
                    if (entries.size() < BATCH) {
                        unfinished.remove(each);
                    }
                    if (each.equals(COUNTS)) {
                        addUp(jedis, entries);
                    } else {
                        insert(connection, jedis, each, entries, trims, inserted);
                    }
                }
            }
        }
    }

    /** One by one, as Func does: what is pushed meanwhile is popped too, as long as the batch is not full. */
    private static List<String> pop(Jedis jedis, String key) {
        List<String> entries = new ArrayList<>();
        while (entries.size() < BATCH) {
            String entry = jedis.rpop(key);
            if (entry == null) {
                break;
            }
            entries.add(entry);
        }
        return entries;
    }

    /** One flush at a time: two that overlap would each add to what stood there before both. */
    private static synchronized void addUp(Jedis jedis, List<String> entries) {
        Map<String, Map<Long, Long>> counts = new LinkedHashMap<>();
        for (String entry : entries) {
            Map<String, Object> call = object(entry);
            long minute = ((Number) call.get("timestamp")).longValue() / 60 * 60;
            counts.computeIfAbsent(call.get("funcId").toString(), id -> new LinkedHashMap<>())
                    .merge(minute, 1L, Long::sum);
        }
        counts.forEach((funcId, minutes) -> minutes.forEach((minute, count) -> {
            String key = APP + "-monitor#monitor@systemMetrics:metric:funcCallCount:funcId:" + funcId + ":";
            long sum = count;
            for (String member : jedis.zrangeByScore(key, minute, minute)) {
                sum += Long.parseLong(member.substring(member.indexOf(',') + 1));
                jedis.zrem(key, member);
            }
            jedis.zadd(key, minute, minute + "," + sum);
        }));
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
            int limit = limit(table, row);
            limits.put(table.equals(FuncSchema.TASK_RECORD) ? "" : Objects.toString(row.get("originId"), ""), limit);
            if (trims && limit == 0) {
                continue;
            }
            if (database.schema().hasUnixTimes()) {
                row.put("createTime", System.currentTimeMillis() / 1000);
                row.put("updateTime", System.currentTimeMillis() / 1000);
            }
            try {
                row.put("seq", database.insert(connection, table, row));
                inserted.accept(table, row);
            } catch (SQLIntegrityConstraintViolationException e) {
                // Func says INSERT IGNORE: the number is gone, and the first record of this id stays.
            } catch (SQLException e) {
                // Kinder than Func of 2025, which has popped them for good: outages are not what this simulates.
                List<String> left = new ArrayList<>(entries.subList(i, entries.size()));
                Collections.reverse(left);
                jedis.rpush(key(table), left.toArray(String[]::new));
                throw e;
            }
        }
        if (trims) {
            for (Map.Entry<String, Integer> limit : limits.entrySet()) {
                trim(connection, table, limit.getKey(), limit.getValue());
            }
        }
    }

    /** An entity's own limit; where it has none, that of the origin, and of most origins nothing is kept. */
    private static int limit(String table, Map<String, Object> row) {
        if (table.equals(FuncSchema.TASK_RECORD)) {
            return INTERNAL_LIMIT;
        }
        Integer own = (Integer) row.remove(LIMIT);
        boolean kept = List.of("direct", "integration", "connector").contains(row.get("origin"));
        return own != null ? own : kept ? DEFAULT_LIMIT : 0;
    }

    /** The columns that an entry names; the others get the table's defaults. */
    private static Map<String, Object> row(String entry) {
        Map<String, Object> row = object(entry);
        row.entrySet()
                .removeIf(
                        column -> column.getValue() == null && !column.getKey().equals(LIMIT));
        return row;
    }

    private static Map<String, Object> object(String entry) {
        try {
            return JSON.readValue(entry, ENTRY);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes all but the newest rows of an origin; of internal tasks, of all. */
    static void trim(Connection connection, String table, String originId, int keep) throws SQLException {
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
