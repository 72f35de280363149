package io.funcobserver.mysql;

import java.sql.ResultSetMetaData;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

import org.springframework.jdbc.core.JdbcTemplate;

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

    private record Column(String name, long bytes, boolean ascii) {}

    /**
     * Asks the server how long the texts are.
     *
     * @param query with the parameters {@code after} and {@code upTo}, for the first row after {@code after}
     * @param budget how many bytes all texts together may have
     */
    static CutQuery of(JdbcTemplate jdbc, String query, String after, String upTo, long budget) {
        String one = PARAMETER
                .matcher(query)
                .replaceAll(match ->
                        match.group(1).equals("after") ? after : match.group(1).equals("upTo") ? upTo : "1");
        List<String> names = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        jdbc.query("SELECT * FROM (" + one + ") AS page LIMIT 0", rows -> {
            ResultSetMetaData meta = rows.getMetaData();
            for (int i = 1; i <= meta.getColumnCount(); i++) {
                names.add(meta.getColumnLabel(i));
                if (isText(meta.getColumnType(i))) {
                    texts.add(meta.getColumnLabel(i));
                }
            }
            return null;
        });
        List<Column> lengths = lengths(jdbc, one, texts);
        long longest = longest(lengths, budget);
        StringBuilder sql = new StringBuilder("SELECT ");
        int cut = 0;
        for (int i = 0; i < names.size(); i++) {
            String name = quoted(names.get(i));
            Column text = find(lengths, names.get(i));
            sql.append(i == 0 ? "" : ", ");
            if (text != null && text.bytes() > longest) {
                long characters = text.ascii() ? longest : longest / BYTES_OF_CHARACTER;
                sql.append("LEFT(").append(name).append(", ").append(characters).append(") AS ");
                cut++;
            }
            sql.append(name);
        }
        return new CutQuery(sql + " FROM (" + query + ") AS page", cut);
    }

    private static boolean isText(int type) {
        return switch (type) {
            case Types.CHAR,
                    Types.VARCHAR,
                    Types.LONGVARCHAR,
                    Types.CLOB,
                    Types.BINARY,
                    Types.VARBINARY,
                    Types.LONGVARBINARY,
                    Types.BLOB -> true;
            default -> false;
        };
    }

    private static List<Column> lengths(JdbcTemplate jdbc, String one, List<String> texts) {
        if (texts.isEmpty()) {
            return List.of();
        }
        StringBuilder sql = new StringBuilder("SELECT ");
        for (int i = 0; i < texts.size(); i++) {
            String name = quoted(texts.get(i));
            sql.append(i == 0 ? "" : ", ")
                    .append("LENGTH(")
                    .append(name)
                    .append("), CHAR_LENGTH(")
                    .append(name);
            sql.append(')');
        }
        List<Column> lengths = new ArrayList<>();
        jdbc.query(sql + " FROM (" + one + ") AS page", row -> {
            for (int i = 0; i < texts.size(); i++) {
                long bytes = row.getLong(2 * i + 1);
                lengths.add(new Column(texts.get(i), bytes, bytes == row.getLong(2 * i + 2)));
            }
        });
        return lengths;
    }

    /** The length to which texts are cut, so that only the longest ones are. */
    static long longest(List<Column> texts, long budget) {
        long[] sorted = texts.stream().mapToLong(Column::bytes).sorted().toArray();
        long left = budget;
        for (int i = 0; i < sorted.length; i++) {
            long share = left / (sorted.length - i);
            if (sorted[i] > share) {
                return share;
            }
            left -= sorted[i];
        }
        return Arrays.stream(sorted).max().orElse(0);
    }

    private static Column find(List<Column> columns, String name) {
        return columns.stream()
                .filter(column -> column.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    private static String quoted(String name) {
        return '`' + name.replace("`", "``") + '`';
    }
}
