package io.funcobserver.func;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class KwargsTagsTest {
    private static KwargsTags of(String json) {
        KwargsTags fromBytes = KwargsTags.of(json.getBytes(StandardCharsets.UTF_8));
        assertThat(KwargsTags.of(json)).isEqualTo(fromBytes);
        return fromBytes;
    }

    @Test
    void readsTheThreeNames() {
        assertThat(of("""
                        {"x": [1, {"workspace_uuid": "inner"}], "workspace_uuid": "wksp_1",
                         "monitor_opt": {"name": {"id": 1}, "id": "monitor_2"}, "checker_opt": {"id": "rul_3"}}""")).isEqualTo(new KwargsTags("wksp_1", "monitor_2", "rul_3"));
    }

    @Test
    void takesNumbersAsTheirDigits() {
        assertThat(of("{\"workspace_uuid\": 12345678901234567890123, \"monitor_opt\": {\"id\": -1.50}}"))
                .isEqualTo(new KwargsTags("12345678901234567890123", "-1.50", null));
    }

    @Test
    void takesStringsWithEscapes() {
        assertThat(of("{\"workspace_uuid\": \"a\\u00e9\\n\\ud83d\"}").workspaceUuid())
                .isEqualTo("aé\n\ud83d");
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "true", "[\"x\"]", "{\"id\": \"x\"}", "NaN", "-Infinity"})
    void takesNothingButStringsAndNumbers(String value) {
        assertThat(of("{\"workspace_uuid\": " + value + ", \"monitor_opt\": {\"id\": " + value + "}}"))
                .isEqualTo(KwargsTags.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "\"id\"", "[{\"id\": 1}]", "{}"})
    void takesNoIdButAnObjects(String value) {
        assertThat(of("{\"monitor_opt\": " + value + ", \"checker_opt\": {\"id\": 1}}"))
                .isEqualTo(new KwargsTags(null, null, "1"));
    }

    @Test
    void letsTheLastDuplicateHold() {
        assertThat(of(
                        "{\"workspace_uuid\": \"a\", \"monitor_opt\": {\"id\": 1, \"id\": 2}, \"checker_opt\": {\"id\": 1},"
                                + " \"checker_opt\": {}, \"workspace_uuid\": \"b\"}"))
                .isEqualTo(new KwargsTags("b", "2", null));
        assertThat(of("{\"workspace_uuid\": \"a\", \"workspace_uuid\": null}")).isEqualTo(KwargsTags.NONE);
    }

    @Test
    void takesNaNAndInfinityElsewhere() {
        assertThat(of("{\"a\": [NaN, Infinity, -Infinity], \"workspace_uuid\": \"a\"}")
                        .workspaceUuid())
                .isEqualTo("a");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "workspace_uuid",
                "\"workspace_uuid\"",
                "[\"workspace_uuid\"]",
                "{\"workspace_uuid\": \"a\"",
                "{\"workspace_uuid\": \"a\"} x",
                "{\"workspace_uuid\": \"a\"}{}",
                "{\"workspace_uuid\": \"a\", }",
                "{\"workspace_uuid\": \"a\", 'b': 1}",
                "{\"workspace_uuid\": \"a\", \"b\": \"c",
                "{\"workspace_uuid\"",
                "{\"monitor_opt\": {\"id\": \"a\"",
                "_uuid_opt_"
            })
    void takesNothingFromWhatIsNoJsonObject(String json) {
        assertThat(of(json)).isEqualTo(KwargsTags.NONE);
    }

    @Test
    void takesNothingFromNull() {
        assertThat(KwargsTags.of(null)).isSameAs(KwargsTags.NONE);
    }

    @Test
    void survivesDeepNesting() {
        String deep = "[".repeat(50_000) + "]".repeat(50_000);
        assertThat(of("{\"a\": " + deep + ", \"workspace_uuid\": \"a\"}").workspaceUuid())
                .isEqualTo("a");
        assertThat(of("{\"workspace_uuid\": \"a\", \"b\": " + "[".repeat(3_000_000)))
                .isEqualTo(KwargsTags.NONE);
    }

    @Test
    void survivesHugeTokens() {
        String huge = "x".repeat(30_000_000);
        assertThat(of("{\"a\": \"" + huge + "\", \"workspace_uuid\": \"a\"}").workspaceUuid())
                .isEqualTo("a");
        assertThat(of("{\"" + huge + "\": 1, \"workspace_uuid\": \"a\"}").workspaceUuid())
                .isEqualTo("a");
        assertThat(of("{\"n\": " + "7".repeat(1_000_000) + ", \"workspace_uuid\": \"" + huge + "\"}")
                        .workspaceUuid())
                .isEqualTo(huge);
    }

    @Test
    void takesMalformedBytesForWhatTheyAre() {
        byte[] json = "{\"a\": \"???\", \"workspace_uuid\": \"a\"}".getBytes(StandardCharsets.US_ASCII);
        byte[] surrogate = {(byte) 0xED, (byte) 0xA0, (byte) 0x80};
        System.arraycopy(surrogate, 0, json, 7, 3);
        assertThat(KwargsTags.of(json).workspaceUuid()).isEqualTo("a");

        Arrays.fill(json, 7, 10, (byte) 0xFF);
        assertThat(KwargsTags.of(json)).isEqualTo(KwargsTags.NONE);
    }
}
