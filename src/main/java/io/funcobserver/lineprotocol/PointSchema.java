package io.funcobserver.lineprotocol;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a row's columns are in the point that is made of it. A column that is named here and not there in the rows is left
 * out: schemas differ between versions of Func.
 *
 * @param measurement the point's name, at most 256 bytes; does not begin with {@code #}, which would make it a comment
 * @param tagColumns the columns that are tags, in any order: the wire is sorted by key
 * @param fieldColumns the columns that are fields besides {@code splitColumn}, in any order; empty: every column that is
 *     nothing else
 * @param timeColumn the column that holds the point's time in UNIX milliseconds, never a field; null: the point is a
 *     gauge, stamped with the time of sampling
 * @param sequenceColumn the column with the row's number in its table, a field only where {@code fieldColumns} names it;
 *     null: there is none
 * @param identityColumn the column that tells a record from every other one, whatever else it is in the point; null:
 *     there is none. To the time of a record, 64-bit FNV-1a of its identity's UTF-8 (of its decimal {@code
 *     sequenceColumn} where it has none), unsigned, mod 1 000 000 ns are added, so that two records of one millisecond
 *     with the same tags do not overwrite each other, and one record has one time wherever it was read
 * @param splitColumn the column with the text that is a field in every point, if only as {@code ""}, that is never cut,
 *     and becomes several points (pages) when it is long; null: there is none
 * @param splitBytes how long a page of {@code splitColumn} is at most, in bytes of UTF-8 before escaping; at least 4,
 *     which every character fits, and at most 32 MiB, which receivers take
 * @param firstPageColumns the fields that stand on page 1 only
 * @param commonTags tags that are the same on every point; none may have the key of a column, which {@link LineEncoder}
 *     sees when rows come
 */
public record PointSchema(
        String measurement,
        List<String> tagColumns,
        List<String> fieldColumns,
        String timeColumn,
        String sequenceColumn,
        String identityColumn,
        String splitColumn,
        int splitBytes,
        List<String> firstPageColumns,
        Map<String, String> commonTags) {

    /** DataKit cuts string fields silently above this. */
    static final int MAX_TEXT_BYTES = 32 << 20;

    private static final int MIN_SPLIT_BYTES = 4;

    /** @throws IllegalArgumentException naming what contradicts itself or no receiver would take */
    public PointSchema {
        tagColumns = List.copyOf(tagColumns);
        fieldColumns = List.copyOf(fieldColumns);
        firstPageColumns = List.copyOf(firstPageColumns);
        commonTags = Map.copyOf(commonTags);
        checkMeasurement(measurement);

        Map<String, String> roles = new HashMap<>();
        claimAll(roles, tagColumns, "tag");
        claimAll(roles, fieldColumns, "field");
        claim(roles, timeColumn, "time");
        boolean reported = sequenceColumn != null
                && (tagColumns.contains(sequenceColumn) || fieldColumns.contains(sequenceColumn));
        if (!reported) {
            claim(roles, sequenceColumn, "sequence");
        }
        claim(roles, splitColumn, "split text");
        if (splitColumn == null) {
            check(measurement, firstPageColumns.isEmpty(), "has first-page columns, but no split column");
        } else {
            check(
                    measurement,
                    splitBytes >= MIN_SPLIT_BYTES && splitBytes <= MAX_TEXT_BYTES,
                    "splits " + splitColumn + " at " + splitBytes + " bytes: must be 4 bytes to 32 MiB");
            claim(roles, pageNumberKey(splitColumn), "page number");
            claim(roles, pageCountKey(splitColumn), "page count");
        }
        for (String column : firstPageColumns) {
            String role = roles.get(column);
            check(
                    measurement,
                    fieldColumns.isEmpty() ? role == null : "field".equals(role),
                    "has the first-page column " + column + ", which is no field");
        }
    }

    static String pageNumberKey(String splitColumn) {
        return splitColumn + "_page_number";
    }

    static String pageCountKey(String splitColumn) {
        return splitColumn + "_page_count";
    }

    private static void checkMeasurement(String measurement) {
        Objects.requireNonNull(measurement, "measurement");
        check(measurement, !measurement.isEmpty() && !measurement.startsWith("#"), "is no name of a measurement");
        int bytes = measurement.getBytes(StandardCharsets.UTF_8).length;
        check(
                measurement,
                bytes <= TagEscaper.MAX_KEY_BYTES,
                "is " + bytes + " bytes long: a measurement's name takes at most " + TagEscaper.MAX_KEY_BYTES);
    }

    private static void claimAll(Map<String, String> roles, List<String> columns, String role) {
        columns.forEach(column -> claim(roles, column, role));
    }

    private static void claim(Map<String, String> roles, String column, String role) {
        if (column == null) {
            return;
        }
        String other = roles.putIfAbsent(column, role);
        if (other != null) {
            throw new IllegalArgumentException(
                    "column " + column + " cannot be " + other + " and " + role + " at once: name it once");
        }
    }

    private static void check(String measurement, boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException("measurement \"" + measurement + "\" " + otherwise);
        }
    }
}
