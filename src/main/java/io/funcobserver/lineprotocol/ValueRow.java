package io.funcobserver.lineprotocol;

import java.util.Map;

/**
 * A row that holds its values.
 *
 * @param values one for each of the columns, in their order; the row keeps the array itself
 */
public record ValueRow(Columns columns, Object[] values) implements Row {
    /** @throws IllegalArgumentException where there are more or fewer values than columns */
    public ValueRow {
        if (values.length != columns.size()) {
            throw new IllegalArgumentException(
                    values.length + " values do not make a row of " + columns.size() + " columns " + columns);
        }
    }

    /** Of a map, as camel-sql's {@code SelectList} and beans give them: a key is a column. */
    public static ValueRow of(Map<String, ?> map) {
        return new ValueRow(Columns.of(map.keySet()), map.values().toArray());
    }

    public static ValueRow of(Columns columns, Object... values) {
        return new ValueRow(columns, values);
    }

    @Override
    public Object value(int column) {
        return values[column];
    }
}
