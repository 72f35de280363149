package io.funcobserver.mysql;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import io.funcobserver.lineprotocol.Fnv;
import io.funcobserver.lineprotocol.MapRows;
import io.funcobserver.lineprotocol.Row;

/**
 * An entry of a buffer: a JSON object with the columns of the table, whose values are as the driver gives them.
 *
 * @param id the hash of its identity; of the whole text where it has none
 * @param row null where the entry is no JSON object, or has no identity
 */
record BufferEntry(long id, Row row) {
    private static final ObjectReader JSON = new ObjectMapper(JsonFactory.builder()
                    .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(Integer.MAX_VALUE)
                            .maxNumberLength(100)
                            .maxNameLength(1000)
                            .build())
                    .build())
            .readerForMapOf(JsonNode.class)
            .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .without(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES);

    static BufferEntry of(String text, String identityColumn, MapRows rows) {
        try {
            Map<String, JsonNode> json = JSON.readValue(text);
            JsonNode identity = json == null ? null : json.get(identityColumn);
            String id = identity == null || identity.isNull() ? "" : identity.asText();
            if (!id.isEmpty()) {
                Map<String, Object> values = new LinkedHashMap<>();
                json.forEach((column, value) -> values.put(column, value(value)));
                return new BufferEntry(Fnv.hash(utf8(id)), rows.row(values));
            }
        } catch (IOException malformed) {
            // Whatever the list holds, what stands behind it is read.
        }
        return new BufferEntry(Fnv.hash(utf8(text)), null);
    }

    private static Object value(JsonNode json) {
        return switch (json.getNodeType()) {
            case NULL -> null;
            case BOOLEAN -> json.booleanValue();
            case NUMBER -> number(json);
            case STRING -> utf8(json.textValue());
            default -> utf8(json.toString());
        };
    }

    /** Null for what is not finite. */
    private static Number number(JsonNode json) {
        if (json.isIntegralNumber()) {
            return json.canConvertToLong() ? (Number) json.longValue() : json.bigIntegerValue();
        }
        return json.isBigDecimal() ? json.decimalValue() : null;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
