package io.funcobserver.testing;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

import io.funcobserver.demo.FuncDatabase;
import io.funcobserver.demo.FuncSchema;
import io.funcobserver.demo.Line;
import io.funcobserver.lineprotocol.Fnv;

/** What arrived, to be compared with what Func's tables hold. */
public final class Ledger {
    private static final String CALL = "call at ";

    private final Map<String, UUID> lines = new HashMap<>();
    private final Set<String> records = new HashSet<>();
    private final Map<String, Set<Long>> pages = new HashMap<>();
    private final Map<String, Long> pageCounts = new HashMap<>();
    private final List<String> differing = new ArrayList<>();
    private long resent;

    /** A line was accepted. */
    public synchronized void arrived(Line line) {
        String point = line.measurement() + line.tags() + line.timestamp();
        UUID content = UUID.nameUUIDFromBytes(line.text().getBytes(StandardCharsets.UTF_8));
        UUID before = lines.put(point, content);
        if (before != null) {
            resent++;
            if (!before.equals(content)) {
                differing.add(line.text());
            }
        }
        if (line.measurement().equals("DFF_func_call")) {
            records.add(CALL + line.timestamp());
        } else if (line.tag("id") != null) {
            String record = record(line.measurement(), line.tag("id"));
            if (line.field("message_page_count") instanceof Long count) {
                pageCounts.put(record, count);
                Set<Long> there = pages.computeIfAbsent(record, r -> new HashSet<>());
                there.add((Long) line.field("message_page_number"));
                if (there.size() < count) {
                    return;
                }
            }
            records.add(record);
        }
    }

    /** Points that came twice and were not the same to the byte. */
    public synchronized List<String> differing() {
        return List.copyOf(differing);
    }

    /** How many lines came more than once. */
    public synchronized long resent() {
        return resent;
    }

    /** How many different points came. */
    public synchronized long points() {
        return lines.size();
    }

    /** Whether every page of the record came. */
    public synchronized boolean has(String measurement, String id) {
        return records.contains(record(measurement, id));
    }

    /** What should have come of the rows that are in the tables now, and did not, or not whole. */
    public List<String> lost(FuncDatabase database) throws SQLException {
        List<String> expected = new ArrayList<>();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            try (ResultSet rows = statement.executeQuery("SELECT id FROM " + FuncSchema.TASK_RECORD)) {
                while (rows.next()) {
                    expected.add(record("DFF_task_record", rows.getString(1)));
                }
            }
            try (ResultSet rows = statement.executeQuery(
                    "SELECT id, seq, triggerTimeMs, startTimeMs, endTimeMs FROM " + FuncSchema.TASK_RECORD_FUNC)) {
                while (rows.next()) {
                    expected.add(record("DFF_task_record_func", rows.getString(1)));
                    // A call that neither began nor ended has no costs, and so no point.
                    if (rows.getLong(4) != 0 || rows.getLong(5) != 0) {
                        long nanos = rows.getLong(3) * 1_000_000
                                + Long.remainderUnsigned(Fnv.hash(rows.getBytes(1)), 1_000_000);
                        expected.add(CALL + nanos);
                    }
                }
            }
        }
        synchronized (this) {
            expected.removeAll(records);
        }
        return expected;
    }

    /** How many rows of the tables came whole as task records. */
    public long delivered(FuncDatabase database) throws SQLException {
        long rows = database.number("SELECT COUNT(*) FROM " + FuncSchema.TASK_RECORD)
                + database.number("SELECT COUNT(*) FROM " + FuncSchema.TASK_RECORD_FUNC);
        return rows
                - lost(database).stream().filter(what -> !what.startsWith(CALL)).count();
    }

    private static String record(String measurement, String id) {
        return measurement + ' ' + id;
    }
}
