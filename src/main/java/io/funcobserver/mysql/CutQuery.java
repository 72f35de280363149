package io.funcobserver.mysql;

import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import org.springframework.jdbc.core.JdbcTemplate;

import static java.util.stream.Collectors.joining;

/**
 * The query for one row that is too large for memory, so changed that the server cuts its longest texts.
 *
 * @param sql with the parameters of the query that it was made of
 * @param texts how many texts are cut
 */
record CutQuery(String sql, int texts) {
    /** Camel turns the {@code #} of a query that it reads from a file into {@code ?}. */
    private static final Pattern PARAMETER = Pattern.compile(":[#?](after|upTo|limit)\\b");

    private static final int BYTES_OF_CHARACTER = 4;

    /** @param bytes how long its value is, written out */
    private record Column(String name, long bytes, boolean ascii) {
        String cutTo(long longest) {
            long characters = ascii ? longest : longest / BYTES_OF_CHARACTER;
            return bytes <= longest ? name : "LEFT(" + name + ", " + characters + ") AS " + name;
        }
    }

    /**
     * Asks the server how long the texts are.
     *
     * @param query with the parameters {@code after} and {@code upTo}, for the first row after {@code after}
     */
    static CutQuery of(JdbcTemplate jdbc, String query, String after, String upTo) {
        Map<String, String> values = Map.of("after", after, "upTo", upTo, "limit", "1");
        String row = PARAMETER.matcher(query).replaceAll(match -> values.get(match.group(1)));
        List<Column> columns = columns(jdbc, " FROM (" + row + ") AS page");
        if (columns.isEmpty()) {
            // It has been trimmed meanwhile.
            return new CutQuery(query, 0);
        }
        long longest = longest(columns, jdbc.execute(FuncMySql::largestRow) / 2);
        String selected = columns.stream().map(column -> column.cutTo(longest)).collect(joining(", "));
        long cut = columns.stream().filter(column -> column.bytes() > longest).count();
        return new CutQuery("SELECT " + selected + " FROM (" + query + ") AS page", (int) cut);
    }

    private static List<Column> columns(JdbcTemplate jdbc, String fromRow) {
        List<String> names = new ArrayList<>();
        jdbc.query("SELECT *" + fromRow + " LIMIT 0", rows -> {
            ResultSetMetaData meta = rows.getMetaData();
            for (int i = 1; i <= meta.getColumnCount(); i++) {
                names.add(FuncMySql.quoted(meta.getColumnLabel(i)));
            }
            return null;
        });
        String lengths = names.stream()
                .map(name -> "LENGTH(" + name + "), CHAR_LENGTH(" + name + ")")
                .collect(joining(", "));
        List<Column> columns = new ArrayList<>();
        jdbc.query("SELECT " + lengths + fromRow, (ResultSet row) -> {
            for (int i = 0; i < names.size(); i++) {
                long bytes = row.getLong(2 * i + 1);
                columns.add(new Column(names.get(i), bytes, bytes == row.getLong(2 * i + 2)));
            }
        });
        return columns;
    }

    /** The length to which texts are cut, so that all together fit, and only the longest ones are cut. */
    private static long longest(List<Column> columns, long budget) {
        long[] sorted = columns.stream().mapToLong(Column::bytes).sorted().toArray();
        long left = budget;
        for (int i = 0; i < sorted.length; i++) {
            long share = left / (sorted.length - i);
            if (sorted[i] > share) {
                return share;
            }
            left -= sorted[i];
        }
        return budget;
    }
}
