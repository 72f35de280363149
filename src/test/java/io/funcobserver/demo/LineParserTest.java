package io.funcobserver.demo;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class LineParserTest {
    @Test
    void readsEveryType() {
        Line line = only("m,t=v i=1i,u=18446744073709551615u,f=1.5e3,b=true,s=\"x\" 1700000000000000001\n");
        assertThat(line.measurement()).isEqualTo("m");
        assertThat(line.tags()).isEqualTo(Map.of("t", "v"));
        assertThat(line.fields())
                .isEqualTo(
                        Map.of("i", 1L, "u", new BigInteger("18446744073709551615"), "f", 1500.0, "b", true, "s", "x"));
        assertThat(line.timestamp()).isEqualTo(1700000000000000001L);
    }

    @Test
    void undoesEscapes() {
        Line line = only("a\\,b\\ c,k\\==v\\ \\,\\=\\x s=\"q\\\"b\\\\n\\n\"\n");
        assertThat(line.measurement()).isEqualTo("a,b c");
        assertThat(line.tags()).isEqualTo(Map.of("k=", "v ,=\\x"));
        assertThat(line.field("s")).isEqualTo("q\"b\\n\\n");
    }

    @Test
    void takesLineFeedInsideAStringAsData() {
        LineParser.Result result = parse("m s=\"one\ntwo\r\" 1\nm s=\"three\" 2\n");
        assertThat(result.errors()).isEmpty();
        assertThat(result.lines()).extracting(line -> line.field("s")).containsExactly("one\ntwo\r", "three");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "m,t= f=1i 1",
                "m,t=v\\ f=1i 1",
                "m,t=v\\,u=w f=1i 1",
                "m,t=v,t=w f=1i 1",
                "m,t f=1i 1",
                "m,=v f=1i 1",
                ",t=v f=1i 1",
                "m,t=v",
                "m,t=v ",
                "m,t=v 1",
                "m f=NaN 1",
                "m f=Inf 1",
                "m f=+Inf 1",
                "m f=1e999 1",
                "m f=9223372036854775808i 1",
                "m f=-9223372036854775809i 1",
                "m f=18446744073709551616u 1",
                "m f=-1u 1",
                "m f= 1",
                "m f=abc 1",
                "m f=\"open 1",
                "m f=1i,f=2i 1",
                "m f=1i 1\r",
                "m f=1i\r",
                "m f=1i x",
                "m f=1i 9223372036854775808",
                "m f=1i  1",
                "m  f=1i 1",
                "m f=1i 1 ",
                "m\r f=1i 1"
            })
    void refuses(String line) {
        LineParser.Result result = parse("good f=1i 1\n" + line + "\ngood f=1i 2\n");
        assertThat(result.errors()).isNotEmpty();
        assertRefusedStrictly(line);
    }

    @Test
    void refusesTooLongKeys() {
        assertThat(parse("m,t=" + "v".repeat(65_532) + " f=1i 1").errors()).isNotEmpty();
        assertThat(parse("m,t=" + "v".repeat(65_531) + " f=1i 1").errors()).isEmpty();
    }

    @Test
    void refusesMalformedUtf8() {
        assertThat(LineParser.parse(new byte[] {'m', ' ', 'f', '=', '"', (byte) 0xff, '"'})
                        .errors())
                .isNotEmpty();
    }

    @Test
    void readsStrictlyWhatEveryReceiverReadsInTheSameWay() {
        byte[] lines =
                bytes("m\\ 1,a=b\\,c\\=d,z=C:\\x b=true,f=-1.5E-3,i=-7i,s=\"a \\\"b\\\" \\\\,\n\r\" 12\nn f=1i -1\n");
        List<Line> read = LineParser.parseSorted(lines);
        assertThat(read).extracting(Line::measurement).containsExactly("m 1", "n");
        assertThat(read).extracting(Line::timestamp).containsExactly(12L, -1L);
        assertThat(read.get(0).tags()).isEqualTo(Map.of("a", "b,c=d", "z", "C:\\x"));
        assertThat(read.get(0).fields()).isEqualTo(Map.of("b", true, "f", -0.0015, "i", -7L, "s", "a \"b\" \\,\n\r"));
        assertThat(read.get(1)).isEqualTo(new Line("n", Map.of(), Map.of("f", 1L), -1L, "n f=1i -1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "#m f=1i 1",
                "m",
                "m 1",
                "m,a=b\\\\ f=1i 1",
                "m,a=b\\\\,c=d f=1i 1",
                "m,a=b\\\\,c f=1i 1",
                "m,a=b=c f=1i 1",
                "m,a=b a=1i 1",
                "m,b=b,a=c f=1i 1",
                "m g=1i,f=2i 1",
                "m f=1i\t1",
                "m,a=b\tc f=1i 1",
                "m f=1u 1",
                "m f=1i",
                "m f=1i ",
                "m f=\"a\\b\" 1",
                "m f=\"a\"b 1",
                "m,a=\u00ed\u00a0\u0080 f=1i 1",
                "m f=\"\u00c0\u0080\" 1"
            })
    void refusesStrictly(String line) {
        assertRefusedStrictly(line);
    }

    private static void assertRefusedStrictly(String line) {
        assertThatThrownBy(() -> LineParser.parseSorted(bytes("ok f=1i 1\n" + line + "\n")))
                .isInstanceOf(LineParser.MalformedLine.class)
                .hasMessageStartingWith("line 2, offset ");
    }

    @Test
    void mindsTheOrderOfKeysOnlyWhenAskedTo() {
        assertThat(LineParser.parseStrictly(bytes("m,b=b,a=c g=1i,f=2i 1\n"))).hasSize(1);
    }

    /** Each character a byte. */
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static Line only(String body) {
        LineParser.Result result = parse(body);
        assertThat(result.errors()).isEmpty();
        assertThat(result.lines()).hasSize(1);
        return result.lines().get(0);
    }

    private static LineParser.Result parse(String body) {
        return LineParser.parse(body.getBytes(StandardCharsets.UTF_8));
    }
}
