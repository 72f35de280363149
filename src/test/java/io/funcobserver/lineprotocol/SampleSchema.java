package io.funcobserver.lineprotocol;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A schema that tests make step by step, each step checked like a whole one. */
final class SampleSchema implements Cloneable {
    private final String measurement;
    private List<String> tags = List.of();
    private List<String> fields = List.of();
    private String time;
    private String sequence;
    private String identity;
    private String split;
    private int splitBytes;
    private List<String> firstPage = List.of();
    private Map<String, String> common = Map.of();

    private SampleSchema(String measurement) {
        this.measurement = measurement;
    }

    /** A gauge without tags, of which every column is a field. */
    static SampleSchema of(String measurement) {
        return new SampleSchema(measurement).with(gauge -> {});
    }

    PointSchema schema() {
        return new PointSchema(
                measurement, tags, fields, time, sequence, identity, split, splitBytes, firstPage, common);
    }

    private SampleSchema with(Consumer<SampleSchema> change) {
        try {
            SampleSchema changed = (SampleSchema) clone();
            change.accept(changed);
            changed.schema();
            return changed;
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
    }

    SampleSchema withTags(String... columns) {
        return withTags(List.of(columns));
    }

    SampleSchema withTags(List<String> columns) {
        return with(schema -> schema.tags = columns);
    }

    SampleSchema withFields(String... columns) {
        return with(schema -> schema.fields = List.of(columns));
    }

    /** @param sequenceColumn may be null */
    SampleSchema withTime(String timeColumn, String sequenceColumn) {
        return with(schema -> {
            schema.time = timeColumn;
            schema.sequence = sequenceColumn;
        });
    }

    SampleSchema withIdentity(String column) {
        return with(schema -> schema.identity = column);
    }

    SampleSchema withSplit(String column, int bytes, String... onFirstPage) {
        return with(schema -> {
            schema.split = column;
            schema.splitBytes = bytes;
            schema.firstPage = List.of(onFirstPage);
        });
    }

    SampleSchema withCommonTags(Map<String, String> commonTags) {
        return with(schema -> schema.common = commonTags);
    }
}
