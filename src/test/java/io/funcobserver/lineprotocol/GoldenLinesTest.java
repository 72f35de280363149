package io.funcobserver.lineprotocol;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.funcobserver.demo.LineParser;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.snakeyaml.engine.v2.api.ConstructNode;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;

import static org.assertj.core.api.Assertions.assertThat;

class GoldenLinesTest {
    private static final Pattern REPEATED = Pattern.compile("\\{\\{(\\d+)\\*(.+?)}}");
    private static final long NOW = 1000;

    @TestFactory
    Stream<DynamicTest> linesFromCharacters() throws IOException {
        return cases().stream().map(golden -> test(golden, UnaryOperator.identity()));
    }

    @TestFactory
    Stream<DynamicTest> linesFromBytes() throws IOException {
        return cases().stream()
                .map(golden -> test(
                        golden,
                        value -> value instanceof String text && !hasLoneSurrogate(text)
                                ? text.getBytes(StandardCharsets.UTF_8)
                                : value));
    }

    private static DynamicTest test(Map<String, Object> golden, UnaryOperator<Object> conversion) {
        return DynamicTest.dynamicTest((String) golden.get("rule"), () -> {
            Encoded encoded = new Encoded(new SampleSchema(map(golden.get("shape"))));
            long now = golden.get("now") instanceof Number given ? given.longValue() : NOW;
            List<?> rows = golden.get("rows") instanceof List<?> several ? several : List.of(golden.get("row"));

            for (Object each : rows) {
                Map<String, Object> row = map(each);
                Object[] values = row.values().stream().map(conversion).toArray();
                encoded.encode(ValueRow.of(Columns.of(List.copyOf(row.keySet())), values), now);
            }

            List<?> expected = (List<?>) expandedValue(golden.get("lines"));
            assertThat(encoded.lines())
                    .isEqualTo(expected.stream().map(line -> line + "\n").toList());
            Map<String, Object> losses = new LinkedHashMap<>();
            encoded.losses().forEach((reason, count) -> losses.put(reason.label(), count));
            assertThat(losses).isEqualTo(map(golden.get("losses")));
            assertThat(LineParser.parseSorted(String.join("", encoded.lines()).getBytes(StandardCharsets.UTF_8)))
                    .hasSameSizeAs(expected);
        });
    }

    private static List<Map<String, Object>> cases() throws IOException {
        LoadSettings settings = LoadSettings.builder()
                .setSchema(new CoreSchema())
                .setTagConstructors(Map.of(
                        new Tag("!bytes"), scalar(GoldenLinesTest::hex),
                        new Tag("!chars"), scalar(GoldenLinesTest::utf16),
                        new Tag("!integer"), scalar(BigInteger::new),
                        new Tag("!decimal"), scalar(BigDecimal::new),
                        new Tag("!float"), scalar(Float::valueOf)))
                .build();
        try (InputStream in = GoldenLinesTest.class.getResourceAsStream("/golden/lines.yaml")) {
            List<Map<String, Object>> cases = new ArrayList<>();
            for (Object golden : (List<?>) new Load(settings).loadFromInputStream(in)) {
                cases.add(map(golden));
            }
            return cases;
        }
    }

    private static ConstructNode scalar(Function<String, Object> reading) {
        return node -> reading.apply(((ScalarNode) node).getValue());
    }

    private static byte[] hex(String bytes) {
        return HexFormat.ofDelimiter(" ").parseHex(bytes);
    }

    private static String utf16(String units) {
        StringBuilder text = new StringBuilder();
        for (String unit : units.split(" ")) {
            text.append((char) Integer.parseInt(unit, 16));
        }
        return text.toString();
    }

    private static boolean hasLoneSurrogate(String text) {
        return text.codePoints().anyMatch(point -> point >= 0xD800 && point <= 0xDFFF);
    }

    private static Map<String, Object> map(Object yaml) {
        Map<String, Object> map = new LinkedHashMap<>();
        if (yaml != null) {
            ((Map<?, ?>) yaml).forEach((key, value) -> map.put(expanded(String.valueOf(key)), expandedValue(value)));
        }
        return map;
    }

    /** In lists and maps too. */
    private static Object expandedValue(Object value) {
        if (value instanceof List<?> list) {
            return list.stream().map(GoldenLinesTest::expandedValue).toList();
        }
        return value instanceof Map<?, ?> map ? map(map) : value instanceof String text ? expanded(text) : value;
    }

    private static String expanded(String text) {
        return REPEATED.matcher(text)
                .replaceAll(m -> Matcher.quoteReplacement(m.group(2).repeat(Integer.parseInt(m.group(1)))));
    }
}
