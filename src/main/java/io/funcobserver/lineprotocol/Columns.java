package io.funcobserver.lineprotocol;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The names of a result's columns, shared by all its rows.
 *
 * <p>Compared by identity: what an encoder works out for one {@code Columns} holds for every row that carries it, and is
 * worked out again for the next result.
 */
public final class Columns {
    private final List<String> names;
    private final Map<String, Integer> indexes;

    private Columns(List<String> names) {
        this.names = List.copyOf(names);
        this.indexes = new HashMap<>(names.size() * 2);
        for (int i = 0; i < names.size(); i++) {
            indexes.putIfAbsent(names.get(i), i);
        }
    }

    public static Columns of(List<String> names) {
        return new Columns(names);
    }

    public static Columns of(String... names) {
        return new Columns(List.of(names));
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
