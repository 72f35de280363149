package io.funcobserver.mysql;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;

import io.funcobserver.lineprotocol.Columns;
import io.funcobserver.lineprotocol.Row;
import io.funcobserver.lineprotocol.WholeNumber;
import org.apache.camel.component.sql.RowMapperFactory;
import org.springframework.jdbc.core.RowMapper;

/**
 * Reads a result's rows as {@link Row}s: texts stay the UTF-8 bytes that the server sent, and no map is made for each
 * row, which is what costs most in a plain {@code sql:} endpoint.
 */
public final class SqlRows implements RowMapperFactory {
    @Override
    public RowMapper<?> newColumnRowMapper() {
        return new Mapper();
    }

    @Override
    public RowMapper<?> newBeanRowMapper(Class<?> mappedClass) {
        throw new UnsupportedOperationException("outputClass is not supported: rows are read column by column");
    }

    /** @param size what the values take in memory, in bytes, about */
    record SqlRow(Columns columns, Object[] values, long size, ResultSet source) implements Row {
        @Override
        public Object value(int column) {
            return values[column];
        }
    }

    private enum Kind {
        SIGNED,
        UNSIGNED,
        FLOATING,
        DECIMAL,
        BOOLEAN,
        TEXT,
        /** What the driver gives no bytes of: times, and the JSON type of MySQL, which MariaDB does not have. */
        OTHER
    }

    /** As many always fit into a long. */
    private static final int MOST_SAFE_DIGITS = 18;

    private static final class Mapper implements RowMapper<Row> {
        private Columns columns;
        private Kind[] kinds;
        /** The driver's own: the pool's, around it, is one more call for each value. */
        private ResultSet result;

        @Override
        public Row mapRow(ResultSet rs, int rowNum) throws SQLException {
            if (columns == null) {
                describe(rs.getMetaData());
                result = rs.unwrap(ResultSet.class);
            }
            Object[] values = new Object[kinds.length];
            long size = 0;
            for (int i = 0; i < kinds.length; i++) {
                Object value = value(result, i + 1, kinds[i]);
                values[i] = value;
                size += value instanceof byte[] text ? text.length : Long.BYTES;
            }
            return new SqlRow(columns, values, size, rs);
        }

        private void describe(ResultSetMetaData meta) throws SQLException {
            List<String> names = new ArrayList<>();
            kinds = new Kind[meta.getColumnCount()];
            for (int i = 0; i < kinds.length; i++) {
                names.add(meta.getColumnLabel(i + 1));
                kinds[i] = kind(meta, i + 1);
            }
            columns = Columns.of(names);
        }

        private static Kind kind(ResultSetMetaData meta, int column) throws SQLException {
            return switch (meta.getColumnType(column)) {
                case Types.BIGINT -> meta.isSigned(column) ? Kind.SIGNED : Kind.UNSIGNED;
                case Types.TINYINT, Types.SMALLINT, Types.INTEGER -> Kind.SIGNED;
                case Types.FLOAT, Types.REAL, Types.DOUBLE -> Kind.FLOATING;
                case Types.DECIMAL, Types.NUMERIC -> Kind.DECIMAL;
                case Types.BIT, Types.BOOLEAN -> Kind.BOOLEAN;
                case Types.CHAR, Types.VARCHAR, Types.LONGVARCHAR, Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY ->
                    meta.getColumnTypeName(column).equals("JSON") ? Kind.OTHER : Kind.TEXT;
                default -> Kind.OTHER;
            };
        }

        private static Object value(ResultSet rs, int column, Kind kind) throws SQLException {
            Object value =
                    switch (kind) {
                        case SIGNED -> rs.getLong(column);
                        case UNSIGNED -> unsigned(rs.getString(column));
                        case FLOATING -> rs.getDouble(column);
                        case DECIMAL -> rs.getBigDecimal(column);
                        case BOOLEAN -> rs.getBoolean(column);
                        case TEXT -> rs.getBytes(column);
                        case OTHER -> utf8(rs.getString(column));
                    };
            // Most are texts, which are null by themselves where there is none.
            return value instanceof byte[] || !rs.wasNull() ? value : null;
        }

        private static byte[] utf8(String text) {
            return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
        }

        /**
         * Read as text: the driver makes a BigInteger of each number otherwise, which took a quarter of all the time that a
         * row takes.
         *
         * @return a Long where it fits, else a BigInteger: BIGINT UNSIGNED reaches to 2^64-1
         */
        private static Number unsigned(String digits) {
            if (digits == null) {
                return null;
            }
            return digits.length() <= MOST_SAFE_DIGITS ? (Number) Long.parseLong(digits) : WholeNumber.of(digits);
        }
    }
}
