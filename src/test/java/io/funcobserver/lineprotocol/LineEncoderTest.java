package io.funcobserver.lineprotocol;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import io.funcobserver.demo.Line;
import io.funcobserver.lineprotocol.DropListener.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class LineEncoderTest {
    private static final int MIB = 1 << 20;
    private static final SampleSchema SCHEMA = SampleSchema.of("m");

    @Test
    void cutsTextsAbove32MiBAtACharacterBoundary() {
        byte[] text = filled(33 * MIB, 'x');
        text[32 * MIB - 1] = (byte) 0xC3;
        text[32 * MIB] = (byte) 0xA9;
        Encoded encoded = new Encoded(SCHEMA);

        encoded.encode(ValueRow.of(Columns.of("f"), (Object) text), 1);

        String field = (String) encoded.points().get(0).fields().get("f");
        assertThat(field).hasSize(32 * MIB - 1).endsWith("x");
        assertThat(encoded.losses()).containsExactly(Map.entry(Reason.CUT, 1));
    }

    @Test
    void keepsTextsOf32MiB() {
        String text = "x".repeat(32 * MIB);
        Encoded encoded = new Encoded(SCHEMA);

        encoded.encode(ValueRow.of(Columns.of("f"), text), 1);

        assertThat(encoded.points().get(0).fields()).isEqualTo(Map.of("f", text));
        assertThat(encoded.losses()).isEmpty();
    }

    @Test
    void neverCutsTheSplitText() {
        byte[] text = filled(50 * MIB, '\\');
        int[] pages = {0};
        int[] backslashes = {0};
        LineEncoder encoder =
                new LineEncoder(SCHEMA.withSplit("message", 100_000).schema(), loss -> {});

        int lines = encoder.encode(ValueRow.of(Columns.of("message"), (Object) text), 1, (bytes, offset, length) -> {
            pages[0]++;
            for (int i = 0; i < length; i++) {
                backslashes[0] += bytes[offset + i] == '\\' ? 1 : 0;
            }
        });

        assertThat(lines).isEqualTo(pages[0]).isEqualTo(525);
        assertThat(backslashes[0]).isEqualTo(2 * text.length);
    }

    @Test
    void givesBackTheBufferOfAGiant() {
        byte[][] seen = new byte[2][];
        LineEncoder encoder = new LineEncoder(SCHEMA.schema(), loss -> {});
        Columns columns = Columns.of("f");

        encoder.encode(ValueRow.of(columns, (Object) filled(20 * MIB, 'x')), 1, (bytes, o, n) -> seen[0] = bytes);
        encoder.encode(ValueRow.of(columns, 1L), 1, (bytes, o, n) -> seen[1] = bytes);

        assertThat(seen[0]).hasSizeGreaterThan(20 * MIB);
        assertThat(seen[1]).hasSizeLessThan(4 * MIB);
    }

    @Test
    void leavesOutTextsThatTakeTheLineBeyondWhatAnArrayHolds() {
        SampleSchema schema = SCHEMA.withSplit("message", 100);
        Encoded encoded = new Encoded(schema, 3 * MIB);
        Columns columns = Columns.of("a", "b", "c", "message");

        encoded.encode(ValueRow.of(columns, filled(MIB, 'x'), filled(MIB, 'x'), filled(MIB / 2, 'x'), "kept"), 1);

        assertThat(encoded.points().get(0).fields()).containsOnlyKeys("a", "c", "message");
        assertThat(encoded.losses()).containsExactly(Map.entry(Reason.CUT, 1));
    }

    @Test
    void leavesOutTagsBeyond256() {
        List<String> names =
                IntStream.range(0, 300).mapToObj(i -> String.format("t%03d", i)).toList();
        Encoded encoded = new Encoded(SCHEMA.with("tags", names.subList(0, 299)));
        Object[] values = new Object[300];
        Arrays.fill(values, 1L);
        values[0] = null;

        encoded.encode(ValueRow.of(Columns.of(names), values), 1);

        Line point = encoded.points().get(0);
        assertThat(point.tags().keySet()).containsExactlyElementsOf(names.subList(1, 257));
        assertThat(encoded.losses()).containsExactly(Map.entry(Reason.CUT, 42));
    }

    @Test
    void leavesOutFieldsBeyond1024ButNeverTheSplitText() {
        List<String> names = IntStream.range(0, 1100)
                .mapToObj(i -> i == 0 ? "z" : String.format("f%04d", i))
                .toList();
        Encoded encoded = new Encoded(SCHEMA.withSplit("z", 4));
        Object[] values = Collections.nCopies(1100, 1L).toArray();
        values[0] = "two pages";

        encoded.encode(ValueRow.of(Columns.of(names), values), 1);

        Line point = encoded.points().get(0);
        assertThat(point.fields()).hasSize(1024).containsKeys("z", "z_page_number", "z_page_count", "f1021");
        assertThat(encoded.losses()).containsExactly(Map.entry(Reason.CUT, 78));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "rows", "message", "message_page_number"})
    void refusesACommonTagWithAColumnsKey(String key) {
        Encoded encoded =
                new Encoded(SCHEMA.withTags("a").withSplit("message", 10).with("common", Map.of(key, "x")));

        assertThatThrownBy(() -> encoded.encode(ValueRow.of(Columns.of("a", "rows"), 1L, 2L), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(key, "common tag");
    }

    @Test
    void readsTheSplitTextAgainForEachRow() {
        Encoded encoded = new Encoded(SCHEMA.withSplit("message", 4));
        Columns columns = Columns.of("message");

        encoded.encode(ValueRow.of(columns, "abcdef"), 1);
        encoded.encode(ValueRow.of(columns, "gh"), 9);

        assertThat(encoded.lines())
                .containsExactly(
                        "m message=\"abcd\",message_page_count=2i,message_page_number=1i 1\n",
                        "m message=\"ef\",message_page_count=2i,message_page_number=2i 2\n",
                        "m message=\"gh\" 9\n");
    }

    @Test
    void writesAnyOtherObjectAsItsText() {
        Encoded encoded = new Encoded(SCHEMA.withTags("t"));
        Columns columns = Columns.of("t", "f");

        encoded.encode(ValueRow.of(columns, List.of(1, 2), new StringBuilder("x\"")), 1);

        assertThat(encoded.lines()).containsExactly("m,t=[1\\,\\ 2] f=\"x\\\"\" 1\n");
    }

    private static byte[] filled(int length, char with) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) with);
        return bytes;
    }
}
