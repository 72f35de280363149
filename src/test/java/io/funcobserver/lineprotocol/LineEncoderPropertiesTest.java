package io.funcobserver.lineprotocol;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import io.funcobserver.demo.Line;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** What the strict parser reads is what the rules, written here once more on strings, say about the row. */
class LineEncoderPropertiesTest {
    private static final SampleSchema SCHEMA = SampleSchema.of("m");

    @Property
    void everyTextComesBackAsAField(@ForAll("texts") String text) {
        Encoded encoded = encode(SCHEMA, Columns.of("v", "f"), 1L, text);

        Map<String, Object> expected = new LinkedHashMap<>();
        if (!text.isEmpty()) {
            expected.put("f", wellFormed(text));
        }
        expected.put("v", 1L);
        assertThat(encoded.points()).singleElement().satisfies(line -> {
            assertThat(line.measurement()).isEqualTo("m");
            assertThat(line.tags()).isEmpty();
            assertThat(line.fields()).isEqualTo(expected);
            assertThat(line.timestamp()).isEqualTo(5);
        });
        assertThat(encoded.losses()).isEmpty();
    }

    @Property
    void anyBytesComeBackAsJavaReadsThem(@ForAll("bytes") byte[] bytes) {
        Encoded encoded = encode(SCHEMA.withTags("t"), Columns.of("t", "v", "f"), bytes, 1L, bytes);

        String text = new String(bytes, UTF_8);
        Line point = encoded.points().get(0);
        assertThat(point.fields()).isEqualTo(text.isEmpty() ? Map.of("v", 1L) : Map.of("v", 1L, "f", text));
        String tag = tagValue(text);
        assertThat(point.tags()).isEqualTo(tag.isEmpty() ? Map.of() : Map.of("t", tag));
    }

    @Property
    void everyTextComesBackAsATag(@ForAll("texts") String text) {
        Encoded encoded = encode(SCHEMA.withTags("t"), Columns.of("t", "v"), text, 1L);

        String tag = tagValue(wellFormed(text));
        assertThat(encoded.points().get(0).tags()).isEqualTo(tag.isEmpty() ? Map.of() : Map.of("t", tag));
    }

    @Property
    void bytesAndCharactersAreTheSame(@ForAll("texts") String text) {
        Columns columns = Columns.of("t", "f", "message");
        SampleSchema schema = SCHEMA.withTags("t").withSplit("message", 7);
        byte[] bytes = wellFormed(text).getBytes(UTF_8);

        assertThat(encode(schema, columns, bytes, bytes, bytes).bytes())
                .isEqualTo(encode(schema, columns, text, text, text).bytes());
    }

    @Property
    void anyNamesMakeALine(
            @ForAll("texts") String measurement,
            @ForAll("names") List<String> tags,
            @ForAll("names") List<String> fields) {
        Set<String> names = new LinkedHashSet<>(tags);
        Set<String> fieldNames = new LinkedHashSet<>(fields);
        fieldNames.removeAll(names);
        names.addAll(fieldNames);
        Object[] values = names.stream().map(name -> (Object) 1L).toArray();
        SampleSchema schema = SampleSchema.of("m" + measurement.substring(0, Math.min(60, measurement.length())))
                .with("tags", List.copyOf(new LinkedHashSet<>(tags)));

        Encoded encoded = encode(schema, Columns.of(List.copyOf(names)), values);

        Map<String, String> expectedTags = new TreeMap<>();
        tags.forEach(name -> expectedTags.put(key(name), "1"));
        Map<String, Object> expectedFields = new TreeMap<>();
        fieldNames.forEach(name -> expectedFields.put(key(name), 1L));
        expectedTags.remove("");
        expectedFields.remove("");
        expectedFields.keySet().removeAll(expectedTags.keySet());
        if (expectedFields.isEmpty()) {
            assertThat(encoded.losses()).containsEntry(DropListener.Reason.NO_FIELD, 1);
        } else {
            Line point = encoded.points().get(0);
            assertThat(point.tags()).isEqualTo(expectedTags);
            assertThat(point.fields()).isEqualTo(expectedFields);
            assertThat(point.measurement()).isEqualTo(key(schema.schema().measurement()));
        }
    }

    @Property
    void integersComeBack(@ForAll long number) {
        assertThat(encode(SCHEMA, Columns.of("f"), number).points().get(0).fields())
                .isEqualTo(Map.of("f", number));
    }

    @Property
    void floatsComeBackOrAreCounted(@ForAll double number) {
        Encoded encoded = encode(SCHEMA, Columns.of("v", "f"), 1L, number);

        assertThat(encoded.points().get(0).fields().get("f")).isEqualTo(Double.isFinite(number) ? number : null);
    }

    @Property
    void pagesJoinedAreTheText(
            @ForAll("texts") String text,
            @ForAll @Size(max = 30) List<@IntRange(max = 90) Integer> lineFeeds,
            @ForAll @IntRange(min = 4, max = 40) int size) {
        StringBuilder lines = new StringBuilder(text);
        lineFeeds.forEach(at -> lines.insert(Math.min(at, lines.length()), '\n'));
        String message = lines.toString();

        List<Line> points = encode(SCHEMA.withSplit("message", size), Columns.of("message"), message)
                .points();

        List<String> pages = new ArrayList<>();
        for (int i = 0; i < points.size(); i++) {
            Map<String, Object> fields = points.get(i).fields();
            String page = (String) fields.get("message");
            pages.add(page);
            assertThat(page.getBytes(UTF_8)).hasSizeLessThanOrEqualTo(size);
            assertThat(points.get(i).timestamp()).isEqualTo(5 + i);
            assertThat(fields.get("message_page_number")).isEqualTo(points.size() == 1 ? null : i + 1L);
            assertThat(fields.get("message_page_count")).isEqualTo(points.size() == 1 ? null : (long) points.size());
            boolean last = i == points.size() - 1;
            assertThat(last || page.endsWith("\n") || !page.contains("\n")).isTrue();
        }
        assertThat(String.join("", pages)).isEqualTo(wellFormed(message));
    }

    @Property
    void pagesOfAnyBytesJoinedAreWhatJavaReads(
            @ForAll("bytes") byte[] bytes, @ForAll @IntRange(min = 4, max = 12) int size) {
        List<String> pages = encode(SCHEMA.withSplit("message", size), Columns.of("message"), bytes).points().stream()
                .map(page -> (String) page.fields().get("message"))
                .toList();

        assertThat(pages).allSatisfy(page -> assertThat(page.getBytes(UTF_8)).hasSizeLessThanOrEqualTo(size));
        assertThat(String.join("", pages)).isEqualTo(new String(bytes, UTF_8));
    }

    private static Encoded encode(SampleSchema schema, Columns columns, Object... values) {
        Encoded encoded = new Encoded(schema);
        encoded.encode(ValueRow.of(columns, values), 5);
        return encoded;
    }

    private static String tagValue(String text) {
        return escaper(text, 1024);
    }

    private static String key(String text) {
        return escaper(wellFormed(text), 256);
    }

    private static String escaper(String text, int limit) {
        String spaced = text.replaceAll("[\\x00-\\x1F\\x7F]", " ");
        int end = 0;
        while (end < spaced.length()) {
            int next = spaced.offsetByCodePoints(end, 1);
            if (spaced.substring(0, next).getBytes(UTF_8).length > limit) {
                break;
            }
            end = next;
        }
        return spaced.substring(0, end).replaceAll("\\\\+(?=[, =]|\\z)", "");
    }

    private static String wellFormed(String text) {
        return text.codePoints()
                .map(point -> point >= 0xD800 && point <= 0xDFFF ? 0xFFFD : point)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<Character> special = Arbitraries.of(
                '\\', '\\', ',', ' ', '=', '"', '\n', '\r', '\t', '\0', '\u007F', '\u0085', '\u2028', '\uD83D',
                '\uDCA5', '#', 'a');
        Arbitrary<Character> any = Arbitraries.chars().all();
        return Arbitraries.oneOf(special, special, any).list().ofMaxSize(90).map(characters -> {
            StringBuilder text = new StringBuilder();
            characters.forEach(text::append);
            return text.toString();
        });
    }

    @Provide
    Arbitrary<List<String>> names() {
        return texts().list().ofMaxSize(8);
    }

    @Provide
    Arbitrary<byte[]> bytes() {
        Arbitrary<Byte> leads = Arbitraries.of(
                        0xC0, 0xC2, 0xDF, 0xE0, 0xE6, 0xED, 0xEF, 0xF0, 0xF2, 0xF4, 0xF5, 0xFF, 0x80, 0x8F, 0x90, 0x9F,
                        0xA0, 0xBF)
                .map(Integer::byteValue);
        return Arbitraries.oneOf(leads, leads, Arbitraries.bytes())
                .array(byte[].class)
                .ofMaxSize(60);
    }
}
