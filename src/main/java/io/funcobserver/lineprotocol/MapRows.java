package io.funcobserver.lineprotocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes rows of maps, as camel-sql's {@code SelectList} and beans give them: a key is a column.
 *
 * <p>Maps with the same keys in the same order share their {@link Columns}. May be used by several threads.
 */
public final class MapRows {
    private static final int MAX_KNOWN = 64;

    private final Map<List<String>, Columns> known = new ConcurrentHashMap<>();
    private volatile Columns last = Columns.of();

    public Row row(Map<String, ?> map) {
        Columns columns = columns(map);
        Object[] values = new Object[columns.size()];
        int i = 0;
        for (Object value : map.values()) {
            values[i++] = value;
        }
        return new ValueRow(columns, values);
    }

    private Columns columns(Map<String, ?> map) {
        Columns columns = last;
        if (!named(columns, map)) {
            if (known.size() >= MAX_KNOWN) {
                known.clear();
            }
            columns = known.computeIfAbsent(new ArrayList<>(map.keySet()), Columns::of);
            last = columns;
        }
        return columns;
    }

    private static boolean named(Columns columns, Map<String, ?> map) {
        if (columns.size() != map.size()) {
            return false;
        }
        int i = 0;
        for (String key : map.keySet()) {
            if (!columns.name(i++).equals(key)) {
                return false;
            }
        }
        return true;
    }
}
