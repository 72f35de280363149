package io.funcobserver.mysql;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.funcobserver.mysql.Gaps.Range;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

import static java.util.stream.Collectors.joining;

/**
 * The small questions that a tail asks its table beside the query for a page: all are answered from the primary key and
 * from information_schema.
 */
final class TailedTable {
    /** Ranges asked for in one statement; MySQL's optimizer handles some hundreds well. */
    private static final int RANGES_PER_QUERY = 200;
    /** Above this many gaps their whole span is cheaper to look through than each by itself. */
    private static final int MOST_RANGES = 1000;

    private static final int ROWS_AT_A_TIME = 1000;

    private static final int UNKNOWN_COLUMN = 1054;

    private final JdbcTemplate jdbc;
    private final TailSource source;
    private final String table;
    private final String tracking;
    private final String identity;
    private boolean hasIdentity = true;

    /**
     * What the table looks like right now; numbers are unsigned.
     *
     * @param created when it was created, as MySQL says it, or null
     * @param nextNumber its AUTO_INCREMENT, or null where it has none
     * @param oldest null where the table is empty
     * @param newest null where the table is empty
     */
    record Facts(String created, Long nextNumber, Long oldest, Long newest) {}

    TailedTable(TailSource source) {
        this.jdbc = new JdbcTemplate(source.settings().mysql());
        // A look at gaps may go through millions of numbers, which the driver would gather first.
        this.jdbc.setFetchSize(ROWS_AT_A_TIME);
        this.source = source;
        this.table = FuncMySql.quoted(source.table());
        this.tracking = FuncMySql.quoted(source.trackingColumn());
        this.identity = FuncMySql.quoted(source.identityColumn());
    }

    /** @return null where the table does not exist (yet), or may not be read */
    Facts facts() {
        List<String[]> status = jdbc.query(
                "SELECT CAST(CREATE_TIME AS CHAR), AUTO_INCREMENT FROM information_schema.TABLES"
                        + " WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?",
                (rs, n) -> new String[] {rs.getString(1), rs.getString(2)},
                source.table());
        if (status.isEmpty()) {
            return null;
        }
        String created = status.get(0)[0];
        Long next = unsigned(status.get(0)[1]);
        return jdbc.queryForObject(
                "SELECT MIN(" + tracking + "), MAX(" + tracking + ") FROM " + table,
                (rs, n) -> new Facts(created, next, unsigned(rs.getString(1)), unsigned(rs.getString(2))));
    }

    /** @return the newest number, or 0 */
    long newest() {
        String number = jdbc.queryForObject("SELECT MAX(" + tracking + ") FROM " + table, String.class);
        return number == null ? 0 : unsigned(number);
    }

    /**
     * The identities of those of these rows that are there, by number.
     *
     * @param numbers unsigned decimals
     */
    Map<String, String> identities(Collection<String> numbers) {
        return numbers.isEmpty() ? Map.of() : identities(" IN (" + String.join(", ", numbers) + ")");
    }

    /** The identities of the oldest rows up to this number, oldest first. */
    Map<String, String> oldestIdentities(long upTo, int rows) {
        return identitiesUpTo(upTo, "ASC", rows);
    }

    /** The identities of the newest rows up to this number, newest first. */
    Map<String, String> newestIdentities(long upTo, int rows) {
        return identitiesUpTo(upTo, "DESC", rows);
    }

    private Map<String, String> identitiesUpTo(long number, String order, int rows) {
        String upTo = Long.toUnsignedString(number);
        return identities(" BETWEEN 1 AND " + upTo + " ORDER BY " + tracking + " " + order + " LIMIT " + rows);
    }

    private Map<String, String> identities(String which) {
        Map<String, String> identities = new LinkedHashMap<>();
        if (!hasIdentity) {
            return identities;
        }
        try {
            jdbc.query(
                    "SELECT " + tracking + ", CAST(" + identity + " AS CHAR) FROM " + table + " WHERE " + tracking
                            + which,
                    (ResultSet rs) -> {
                        if (rs.getString(2) != null) {
                            identities.put(rs.getString(1), rs.getString(2));
                        }
                    });
        } catch (DataAccessException e) {
            if (e.getRootCause() instanceof SQLException sql && sql.getErrorCode() == UNKNOWN_COLUMN) {
                hasIdentity = false;
            } else {
                throw e;
            }
        }
        return identities;
    }

    /** Looks for the identity column again, after the table has changed. */
    void changed() {
        hasIdentity = true;
    }

    /** @return the number before the oldest of so many newest rows; 0 where there are fewer, or none */
    long beforeNewest(int rows) {
        List<Long> numbers = jdbc.query(
                "SELECT " + tracking + " FROM " + table + " ORDER BY " + tracking + " DESC LIMIT " + rows,
                (rs, n) -> unsigned(rs.getString(1)));
        return numbers.isEmpty() ? 0 : numbers.get(numbers.size() - 1) - 1;
    }

    /** Finds rows that have become visible in the gaps, as ranges without a hole, in order. */
    List<Range> late(Gaps gaps) {
        return late(gaps, gaps.ranges());
    }

    /** The same for some of the gaps, or for a span that holds them. */
    List<Range> late(Gaps gaps, List<Range> ranges) {
        List<Range> asked = ranges;
        if (asked.size() > MOST_RANGES) {
            asked = List.of(
                    new Range(asked.get(0).from(), asked.get(asked.size() - 1).to()));
        }
        List<Range> found = new ArrayList<>();
        for (int i = 0; i < asked.size(); i += RANGES_PER_QUERY) {
            String within = asked.subList(i, Math.min(asked.size(), i + RANGES_PER_QUERY)).stream()
                    .map(range -> tracking + " BETWEEN " + Long.toUnsignedString(range.from()) + " AND "
                            + Long.toUnsignedString(range.to()))
                    .collect(joining(" OR "));
            jdbc.query(
                    "SELECT " + tracking + " FROM " + table + " WHERE " + within + " ORDER BY " + tracking,
                    (ResultSet rs) -> {
                        long number = unsigned(rs.getString(1));
                        if (gaps.contains(number)) {
                            append(found, number);
                        }
                    });
        }
        return found;
    }

    private static void append(List<Range> ranges, long number) {
        int last = ranges.size() - 1;
        if (last >= 0 && ranges.get(last).to() + 1 == number) {
            ranges.set(last, new Range(ranges.get(last).from(), number));
        } else {
            ranges.add(new Range(number, number));
        }
    }

    /** A signed column may hold numbers below 0, which are not read: rows are numbered from 1 on. */
    private Long unsigned(String number) {
        return number == null ? null : number.startsWith("-") ? Long.valueOf(0) : Long.valueOf(number(number));
    }

    private long number(String text) {
        try {
            return Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            throw noNumber(source, text);
        }
    }

    /** What is wrong with a tracking column that holds such a value. */
    static IllegalStateException noNumber(TailSource source, Object value) {
        return new IllegalStateException(
                "the tracking column " + source.trackingColumn() + " of " + source.table() + " holds "
                        + (value == null ? "NULL" : "\"" + value + '"')
                        + ": rows are followed by whole numbers from 1 to 2^64-1 that only grow; name another tracking column");
    }
}
