package io.funcobserver.lineprotocol;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The names of a result's columns, shared by all its rows.
 *
 * <p>Results with the same names in the same order share one, so what an encoder works out for it holds for all of them.
 */
public final class Columns {
    /** Names may be anything, so what is remembered has an end; of a result that is forgotten, all is worked out again. */
    private static final int MOST_KNOWN = 64;

    private static final Map<List<String>, Columns> KNOWN = new ConcurrentHashMap<>();

    private final List<String> names;
    private final Map<String, Integer> indexes;

    private Columns(List<String> names) {
        this.names = names;
        this.indexes = new HashMap<>(names.size() * 2);
        for (int i = 0; i < names.size(); i++) {
            indexes.putIfAbsent(names.get(i), i);
        }
    }

    public static Columns of(Collection<String> names) {
        if (KNOWN.size() >= MOST_KNOWN) {
            KNOWN.clear();
        }
        return KNOWN.computeIfAbsent(List.copyOf(names), Columns::new);
    }

    public static Columns of(String... names) {
        return of(List.of(names));
    }

    public int size() {
        return names.size();
    }

    public String name(int index) {
        return names.get(index);
    }

    public List<String> names() {
        return names;
    }

    /** Where the column stands, or -1 where there is none of that name; names are compared exactly. */
    public int indexOf(String name) {
        return indexes.getOrDefault(name, -1);
    }

    @Override
    public String toString() {
        return names.toString();
    }
}
