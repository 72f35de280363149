package io.funcobserver.lineprotocol;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.funcobserver.lineprotocol.PointReader.Found;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

class PointReaderTest {
    private final PointReader reader = new PointReader();

    @TestFactory
    @SuppressWarnings("unchecked")
    Stream<DynamicTest> findsWhatTheGoldenTableSays() throws IOException {
        List<Map<String, String>> cases;
        try (InputStream in = getClass().getResourceAsStream("/golden/uploaded-lines.yaml")) {
            cases = (List<Map<String, String>>) new Load(LoadSettings.builder().build()).loadFromInputStream(in);
        }
        return cases.stream().flatMap(golden -> Stream.of("", "\n")
                .map(end -> DynamicTest.dynamicTest(
                        "\"" + golden.get("line") + end + "\"",
                        () -> assertThat(found(golden.get("line") + end)).isEqualTo(golden.get("found")))));
    }

    /** That of a line of its own, and the same when the next one follows. */
    private String found(String line) {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        Found found = reader.read(bytes, 0, bytes.length, true);
        return found == Found.MALFORMED ? reader.reason() : found.name();
    }

    @Test
    void tellsThePartsOfAPoint() {
        byte[] bytes = "x m,a=b,task_status=ok f=1,g=\"2\",h=-12i  -70 \nrest".getBytes(StandardCharsets.UTF_8);
        assertThat(reader.read(bytes, 1, bytes.length, false)).isEqualTo(Found.POINT);
        assertThat(reader.hasMeasurement(utf8("m"))).isTrue();
        assertThat(reader.hasMeasurement(utf8("m,a"))).isFalse();
        assertThat(text(bytes, reader.end(), bytes.length)).isEqualTo("rest");
        assertThat(reader.hasTimestamp()).isTrue();
        assertThat(reader.timestamp()).isEqualTo(-70);
        assertThat(reader.tag(utf8("task_status"))).isEqualTo("ok");
        assertThat(reader.tag(utf8("b"))).isNull();
        assertThat(reader.has(utf8("g"))).isTrue();
        assertThat(reader.has(utf8("a"))).isTrue();
        assertThat(reader.has(utf8("b"))).isFalse();
        assertThat(reader.integer(utf8("h"))).isEqualTo(-12);
        assertThat(reader.integer(utf8("f"))).isEqualTo(Long.MIN_VALUE);
        assertThat(reader.integer(utf8("a"))).isEqualTo(Long.MIN_VALUE);
        ByteBuilder parts = new ByteBuilder();
        reader.appendSeries(parts);
        reader.appendFields(parts);
        assertThat(text(parts.bytes(), 0, parts.length())).isEqualTo("m,a=b,task_status=okf=1,g=\"2\",h=-12i");
    }

    @Test
    void waitsForTheEndOfAnyLineThatIsCutShort() {
        byte[] bytes = "m,a=b f=\"x\ny\",g=1.5 1700000000000000000\n".getBytes(StandardCharsets.UTF_8);
        for (int cut = 0; cut < bytes.length; cut++) {
            assertThat(reader.read(bytes, 0, cut, false))
                    .as("the first %d", cut)
                    .isEqualTo(Found.UNFINISHED);
        }
        assertThat(reader.read(bytes, 0, bytes.length, false)).isEqualTo(Found.POINT);
    }

    @Test
    void holdsTheReceiversLimits() {
        assertThat(found("m" + numbered(",t%d=v", 256) + " f=1")).isEqualTo("POINT");
        assertThat(found("m" + numbered(",t%d=v", 257) + " f=1")).isEqualTo("more than 256 tags");
        assertThat(found("m " + numbered("f%d=1,", 1023) + "f=1")).isEqualTo("POINT");
        assertThat(found("m " + numbered("f%d=1,", 1024) + "f=1")).isEqualTo("more than 1024 fields");
        assertThat(found("m,a=" + "x".repeat(65_531) + " f=1")).isEqualTo("POINT");
        assertThat(found("m,a=" + "x".repeat(65_532) + " f=1"))
                .isEqualTo("measurement and tags of more than 65535 bytes");
    }

    private static String numbered(String pattern, int count) {
        return IntStream.range(0, count).mapToObj(pattern::formatted).collect(joining());
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }
}
