package io.funcobserver.lineprotocol;

import java.util.List;
import java.util.Map;

/** A schema that tests make step by step, each step checked like a whole one. */
record SampleSchema(PointSchema schema) {
    /** A gauge without tags, of which every column is a field. */
    static SampleSchema of(String measurement) {
        return new SampleSchema(
                new PointSchema(measurement, List.of(), List.of(), null, null, null, null, 0, List.of(), Map.of()));
    }

    SampleSchema withTags(String... columns) {
        return withTags(List.of(columns));
    }

    SampleSchema withTags(List<String> columns) {
        return new SampleSchema(new PointSchema(
                schema.measurement(),
                columns,
                schema.fieldColumns(),
                schema.timeColumn(),
                schema.sequenceColumn(),
                schema.identityColumn(),
                schema.splitColumn(),
                schema.splitBytes(),
                schema.firstPageColumns(),
                schema.commonTags()));
    }

    SampleSchema withFields(String... columns) {
        return new SampleSchema(new PointSchema(
                schema.measurement(),
                schema.tagColumns(),
                List.of(columns),
                schema.timeColumn(),
                schema.sequenceColumn(),
                schema.identityColumn(),
                schema.splitColumn(),
                schema.splitBytes(),
                schema.firstPageColumns(),
                schema.commonTags()));
    }

    /** @param sequence may be null */
    SampleSchema withTime(String time, String sequence) {
        return new SampleSchema(new PointSchema(
                schema.measurement(),
                schema.tagColumns(),
                schema.fieldColumns(),
                time,
                sequence,
                schema.identityColumn(),
                schema.splitColumn(),
                schema.splitBytes(),
                schema.firstPageColumns(),
                schema.commonTags()));
    }

    SampleSchema withIdentity(String identity) {
        return new SampleSchema(new PointSchema(
                schema.measurement(),
                schema.tagColumns(),
                schema.fieldColumns(),
                schema.timeColumn(),
                schema.sequenceColumn(),
                identity,
                schema.splitColumn(),
                schema.splitBytes(),
                schema.firstPageColumns(),
                schema.commonTags()));
    }

    SampleSchema withSplit(String column, int bytes, String... onFirstPage) {
        return new SampleSchema(new PointSchema(
                schema.measurement(),
                schema.tagColumns(),
                schema.fieldColumns(),
                schema.timeColumn(),
                schema.sequenceColumn(),
                schema.identityColumn(),
                column,
                bytes,
                List.of(onFirstPage),
                schema.commonTags()));
    }

    SampleSchema withCommonTags(Map<String, String> tags) {
        return new SampleSchema(new PointSchema(
                schema.measurement(),
                schema.tagColumns(),
                schema.fieldColumns(),
                schema.timeColumn(),
                schema.sequenceColumn(),
                schema.identityColumn(),
                schema.splitColumn(),
                schema.splitBytes(),
                schema.firstPageColumns(),
                tags));
    }
}
