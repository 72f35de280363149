package io.funcobserver.lineprotocol;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

import io.funcobserver.lineprotocol.TagEscaper.Escaped;

/**
 * What can be known of a line before its row is: the order of its parts and their escaped keys, for one {@link
 * PointSchema} and one {@link Columns}.
 */
final class CompiledSchema {
    static final int NO_COLUMN = -1;

    /**
     * @param head {@code ,key=}; the whole tag where there is no column
     * @param column where the value stands, or {@link #NO_COLUMN} for a common tag
     * @param cut whether the key (or the common tag's value) had to be cut
     */
    record Tag(byte[] head, int column, boolean cut) {}

    enum Role {
        FIELD,
        FIRST_PAGE_FIELD,
        SPLIT_TEXT,
        PAGE_NUMBER,
        PAGE_COUNT
    }

    /**
     * @param head {@code key=}
     * @param column where the value stands; {@link #NO_COLUMN} for the pages' fields and a split text without a column
     * @param cut whether the key had to be cut
     */
    record Field(byte[] head, int column, Role role, boolean cut) {}

    private final PointSchema schema;
    private final TreeMap<Escaped, Tag> sortedTags = new TreeMap<>(TagEscaper.BY_KEY);
    private final TreeMap<Escaped, Field> sortedFields = new TreeMap<>(TagEscaper.BY_KEY);
    private final List<Integer> withoutKey = new ArrayList<>();

    final byte[] measurement;
    final Tag[] tags;
    final Field[] fields;
    final int timeColumn;
    final int sequenceColumn;
    final int identityColumn;
    final int splitColumn;
    /** Columns whose key is empty once cleaned, or another column's: receivers refuse a key that stands there twice. */
    final int[] lostColumns;

    /** @throws IllegalArgumentException for a common tag whose key is a column's */
    CompiledSchema(PointSchema schema, Columns columns) {
        this.schema = schema;
        this.timeColumn = indexOf(columns, schema.timeColumn());
        this.sequenceColumn = indexOf(columns, schema.sequenceColumn());
        this.identityColumn = indexOf(columns, schema.identityColumn());
        this.splitColumn = indexOf(columns, schema.splitColumn());
        this.measurement = measurement();
        planTags(columns);
        planFields(columns);
        schema.commonTags().forEach(this::planCommonTag);
        this.tags = sortedTags.values().toArray(Tag[]::new);
        this.fields = sortedFields.values().toArray(Field[]::new);
        this.lostColumns = withoutKey.stream().mapToInt(Integer::intValue).toArray();
    }

    private static int indexOf(Columns columns, String name) {
        return name == null ? NO_COLUMN : columns.indexOf(name);
    }

    private byte[] measurement() {
        Escaped name = TagEscaper.key(schema.measurement());
        if (name.isEmpty()) {
            throw new IllegalArgumentException(
                    "\"" + schema.measurement() + "\" is no name of a measurement: nothing is left of it");
        }
        // An equals sign needs no escape here, and some parsers keep the backslash.
        return utf8(name.toString().replace("\\=", "="));
    }

    private void planTags(Columns columns) {
        Set<String> names = new HashSet<>(schema.tagColumns());
        for (int i = 0; i < columns.size(); i++) {
            if (names.contains(columns.name(i))) {
                Escaped key = TagEscaper.key(columns.name(i));
                if (isFree(key)) {
                    sortedTags.put(key, new Tag(utf8("," + key + '='), i, key.cut()));
                } else {
                    withoutKey.add(i);
                }
            }
        }
    }

    private void planFields(Columns columns) {
        if (schema.splitColumn() != null) {
            planField(schema.splitColumn(), splitColumn, Role.SPLIT_TEXT);
            planField(PointSchema.pageNumberKey(schema.splitColumn()), NO_COLUMN, Role.PAGE_NUMBER);
            planField(PointSchema.pageCountKey(schema.splitColumn()), NO_COLUMN, Role.PAGE_COUNT);
        }
        Set<String> notFields = new HashSet<>(schema.tagColumns());
        notFields.add(schema.timeColumn());
        notFields.add(schema.sequenceColumn());
        notFields.add(schema.splitColumn());
        Set<String> named = new HashSet<>(schema.fieldColumns());
        Set<String> firstPage = new HashSet<>(schema.firstPageColumns());
        for (int i = 0; i < columns.size(); i++) {
            String name = columns.name(i);
            if (named.isEmpty() ? !notFields.contains(name) : named.contains(name)) {
                planField(name, i, firstPage.contains(name) ? Role.FIRST_PAGE_FIELD : Role.FIELD);
            }
        }
    }

    private void planField(String name, int column, Role role) {
        Escaped key = TagEscaper.key(name);
        if (isFree(key)) {
            sortedFields.put(key, new Field(utf8(key + "="), column, role, key.cut()));
        } else if (column != NO_COLUMN) {
            withoutKey.add(column);
        }
    }

    private void planCommonTag(String name, String value) {
        Escaped key = TagEscaper.key(name);
        Escaped tag = TagEscaper.value(value);
        if (!key.isEmpty() && !isFree(key)) {
            throw new IllegalArgumentException(
                    "measurement \"" + schema.measurement() + "\" has a column or another tag " + name
                            + " already: a common tag cannot have that key, take another");
        }
        if (!key.isEmpty() && !tag.isEmpty()) {
            sortedTags.put(key, new Tag(utf8("," + key + '=' + tag), NO_COLUMN, key.cut() || tag.cut()));
        }
    }

    /** Whether something is left of the key, and no other has it. */
    private boolean isFree(Escaped key) {
        return !key.isEmpty() && !sortedTags.containsKey(key) && !sortedFields.containsKey(key);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
