package io.funcobserver.func;

import java.io.IOException;
import java.util.Arrays;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import io.funcobserver.lineprotocol.Utf8;

/**
 * What a function call's kwargs say about who called: {@code workspace_uuid}, {@code monitor_opt.id} and {@code
 * checker_opt.id}, each null where it is not there or neither a string nor a number.
 *
 * <p>Of a name that stands there twice the last one holds, as in Python's {@code json}, which writes these texts. A text
 * that is not JSON has none of the three.
 */
record KwargsTags(String workspaceUuid, String monitorId, String checkerId) {
    static final KwargsTags NONE = new KwargsTags(null, null, null);

    /** How the names end. */
    private static final byte[] UUID = Utf8.of("_uuid");

    private static final byte[] OPT = Utf8.of("_opt");

    /** Nothing here recurses; an open bracket still costs memory. */
    private static final int MAX_DEPTH = 100_000;

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .build();

    /** @param json as the driver gives it: bytes of UTF-8 or characters */
    static KwargsTags of(Object json) {
        byte[] utf8 = Utf8.of(json);
        if (!mentionsAny(utf8)) {
            return NONE;
        }
        try (JsonParser parser = JSON.createParser(utf8)) {
            return read(parser);
        } catch (IOException | RuntimeException invalid) {
            // A defect of the parser must not hold up the table either, for one text that anyone may have sent.
            return NONE;
        }
    }

    /** Most calls have none of the three names, which is seen much faster than it is parsed. */
    private static boolean mentionsAny(byte[] json) {
        for (int i = 0; i < json.length; i++) {
            if (json[i] == '_' && (standsAt(json, i, UUID) || standsAt(json, i, OPT))) {
                return true;
            }
        }
        return false;
    }

    private static boolean standsAt(byte[] json, int at, byte[] text) {
        int end = Math.min(at + text.length, json.length);
        return Arrays.equals(json, at, end, text, 0, text.length);
    }

    private static KwargsTags read(JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            return NONE;
        }
        String workspaceUuid = null;
        String monitorId = null;
        String checkerId = null;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "workspace_uuid" -> workspaceUuid = scalar(parser);
                case "monitor_opt" -> monitorId = id(parser);
                case "checker_opt" -> checkerId = id(parser);
                default -> parser.skipChildren();
            }
        }
        boolean whole = parser.nextToken() == null;
        return whole ? new KwargsTags(workspaceUuid, monitorId, checkerId) : NONE;
    }

    private static String id(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return null;
        }
        String id = null;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            boolean isId = parser.currentName().equals("id");
            parser.nextToken();
            if (isId) {
                id = scalar(parser);
            } else {
                parser.skipChildren();
            }
        }
        return id;
    }

    private static String scalar(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.VALUE_STRING || token.isNumeric() && !parser.isNaN()) {
            return parser.getText();
        }
        parser.skipChildren();
        return null;
    }
}
