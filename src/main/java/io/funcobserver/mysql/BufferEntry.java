package io.funcobserver.mysql;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.funcobserver.lineprotocol.Fnv;
import io.funcobserver.lineprotocol.Row;
import io.funcobserver.lineprotocol.Utf8;
import io.funcobserver.lineprotocol.ValueRow;

/**
 * An entry of a buffer: a JSON object with the columns of the table, whose values are as the driver gives them.
 *
 * @param id the hash of its identity; of the whole text where it has none
 * @param row null where the entry is no JSON object, or has no identity
 */
record BufferEntry(long id, Row row) {
    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNumberLength(100)
                    .maxNameLength(1000)
                    .build())
            .build());

    static BufferEntry of(String text, String identityColumn) {
        try (JsonParser parser = JSON.createParser(text)) {
            Map<String, Object> values = values(parser);
            Object identity = values.get(identityColumn);
            byte[] id = Utf8.of(identity);
            if (id.length > 0) {
                return new BufferEntry(Fnv.hash(id), ValueRow.of(values));
            }
        } catch (IOException | RuntimeException malformed) {
            // Whatever the list holds, what stands behind it is read.
        }
        return new BufferEntry(Fnv.hash(Utf8.of(text)), null);
    }

    /** Token by token: half the time of a tree. Empty where it is no object, or more than one. */
    private static Map<String, Object> values(JsonParser parser) throws IOException {
        Map<String, Object> values = new LinkedHashMap<>();
        if (parser.nextToken() == JsonToken.START_OBJECT) {
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                values.put(name, value(parser));
            }
        }
        return parser.nextToken() == null ? values : Map.of();
    }

    private static Object value(JsonParser parser) throws IOException {
        return switch (parser.nextToken()) {
            case VALUE_NULL -> null;
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NUMBER_INT ->
                parser.getNumberValue() instanceof BigInteger big ? (Number) big : (Number) parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> parser.isNaN() ? null : parser.getDecimalValue();
            case VALUE_STRING -> parser.getText().getBytes(StandardCharsets.UTF_8);
            default -> parser.readValueAsTree().toString().getBytes(StandardCharsets.UTF_8);
        };
    }
}
