package io.funcobserver.lineprotocol;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * What can be known of a line before its row is: the order of its parts and their escaped keys, for one {@link
 * PointShape} and one {@link Columns}.
 */
final class LinePlan {
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

    private final PointShape shape;
    private final TreeMap<byte[], Tag> sortedTags = new TreeMap<>(Arrays::compareUnsigned);
    private final TreeMap<byte[], Field> sortedFields = new TreeMap<>(Arrays::compareUnsigned);
    private final List<Integer> withoutKey = new ArrayList<>();
    private final Label label = new Label();

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
    LinePlan(PointShape shape, Columns columns) {
        this.shape = shape;
        this.timeColumn = indexOf(columns, shape.timeColumn());
        this.sequenceColumn = indexOf(columns, shape.sequenceColumn());
        this.identityColumn = indexOf(columns, shape.identityColumn());
        this.splitColumn = indexOf(columns, shape.splitColumn());
        this.measurement = measurement();
        planTags(columns);
        planFields(columns);
        shape.commonTags().forEach(this::planCommonTag);
        this.tags = sortedTags.values().toArray(Tag[]::new);
        this.fields = sortedFields.values().toArray(Field[]::new);
        this.lostColumns = withoutKey.stream().mapToInt(Integer::intValue).toArray();
    }

    private static int indexOf(Columns columns, String name) {
        return name == null ? NO_COLUMN : columns.indexOf(name);
    }

    private byte[] measurement() {
        readLabel(shape.measurement(), Label.MAX_KEY_BYTES);
        if (label.isEmpty()) {
            throw new IllegalArgumentException(
                    "\"" + shape.measurement() + "\" is no name of a measurement: nothing is left of it");
        }
        byte[] name = label.toBytes();
        ByteBuilder escaped = new ByteBuilder();
        for (byte b : name) {
            // An equals sign needs no escape here, and some parsers keep the backslash.
            if (b == ',' || b == ' ') {
                escaped.append((byte) '\\');
            }
            escaped.append(b);
        }
        return Arrays.copyOf(escaped.bytes(), escaped.length());
    }

    private void planTags(Columns columns) {
        Set<String> names = new HashSet<>(shape.tagColumns());
        for (int i = 0; i < columns.size(); i++) {
            if (names.contains(columns.name(i))) {
                planTag(columns.name(i), i);
            }
        }
    }

    private void planTag(String name, int column) {
        readLabel(name, Label.MAX_KEY_BYTES);
        byte[] key = label.toBytes();
        if (label.isEmpty() || sortedTags.containsKey(key)) {
            withoutKey.add(column);
        } else {
            sortedTags.put(key, new Tag(head(",", "="), column, label.wasCut()));
        }
    }

    private void planFields(Columns columns) {
        if (shape.splitColumn() != null) {
            planField(shape.splitColumn(), splitColumn, Role.SPLIT_TEXT);
            planField(PointShape.pageNumberKey(shape.splitColumn()), NO_COLUMN, Role.PAGE_NUMBER);
            planField(PointShape.pageCountKey(shape.splitColumn()), NO_COLUMN, Role.PAGE_COUNT);
        }
        Set<String> notFields = new HashSet<>(shape.tagColumns());
        notFields.add(shape.timeColumn());
        notFields.add(shape.sequenceColumn());
        notFields.add(shape.splitColumn());
        Set<String> named = new HashSet<>(shape.fieldColumns());
        Set<String> firstPage = new HashSet<>(shape.firstPageColumns());
        for (int i = 0; i < columns.size(); i++) {
            String name = columns.name(i);
            if (named.isEmpty() ? !notFields.contains(name) : named.contains(name)) {
                planField(name, i, firstPage.contains(name) ? Role.FIRST_PAGE_FIELD : Role.FIELD);
            }
        }
    }

    private void planField(String name, int column, Role role) {
        readLabel(name, Label.MAX_KEY_BYTES);
        byte[] key = label.toBytes();
        if (label.isEmpty() || sortedTags.containsKey(key) || sortedFields.containsKey(key)) {
            if (column != NO_COLUMN) {
                withoutKey.add(column);
            }
        } else {
            sortedFields.put(key, new Field(head("", "="), column, role, label.wasCut()));
        }
    }

    private void planCommonTag(String name, String value) {
        readLabel(name, Label.MAX_KEY_BYTES);
        byte[] key = label.toBytes();
        if (label.isEmpty()) {
            return;
        }
        if (sortedTags.containsKey(key) || sortedFields.containsKey(key)) {
            throw new IllegalArgumentException(
                    "measurement \"" + shape.measurement() + "\" has a column or another tag " + name
                            + " already: a common tag cannot have that key, take another");
        }
        boolean cut = label.wasCut();
        byte[] head = head(",", "=");
        readLabel(value, Label.MAX_TAG_VALUE_BYTES);
        if (!label.isEmpty()) {
            byte[] whole = head(new String(head, StandardCharsets.UTF_8), "");
            sortedTags.put(key, new Tag(whole, NO_COLUMN, cut || label.wasCut()));
        }
    }

    private void readLabel(String text, int limit) {
        ByteBuilder utf8 = new ByteBuilder();
        utf8.appendUtf8(text, limit);
        label.read(utf8.bytes(), utf8.length(), limit);
    }

    private byte[] head(String before, String after) {
        ByteBuilder head = new ByteBuilder();
        head.append(before.getBytes(StandardCharsets.UTF_8));
        label.appendTo(head);
        head.append(after.getBytes(StandardCharsets.UTF_8));
        return Arrays.copyOf(head.bytes(), head.length());
    }
}
