package io.funcobserver.lineprotocol;

import java.nio.charset.StandardCharsets;
import java.util.Map;

import io.funcobserver.lineprotocol.StrictLineParser.MalformedLine;
import io.funcobserver.lineprotocol.StrictLineParser.Point;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class StrictLineParserTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void readsEveryType() {
        byte[] lines =
                bytes("m\\ 1,a=b\\,c\\=d,z=C:\\x b=true,f=-1.5E-3,i=-7i,s=\"a \\\"b\\\" \\\\,\n\r\" 12\nn f=1i -1\n");

        assertThat(StrictLineParser.parse(lines))
                .containsExactly(
                        new Point(
                                "m 1",
                                Map.of("a", "b,c=d", "z", "C:\\x"),
                                Map.of("b", true, "f", -0.0015, "i", -7L, "s", "a \"b\" \\,\n\r"),
                                12),
                        new Point("n", Map.of(), Map.of("f", 1L), -1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "#m f=1i 1",
                "m",
                "m 1",
                "m  1",
                "m,a= f=1i 1",
                "m,=a f=1i 1",
                "m,a=b\\ f=1i 1",
                "m,a=b\\\\ f=1i 1",
                "m,a=b\\\\,c=d f=1i 1",
                "m,a=b\\\\,c f=1i 1",
                "m,a=b,a=c f=1i 1",
                "m,b=b,a=c f=1i 1",
                "m,a=b=c f=1i 1",
                "m,a=b a=1i 1",
                "m f=1i,f=2i 1",
                "m g=1i,f=2i 1",
                "m f=1i 1\r",
                "m f=1i\t1",
                "m,a=b\tc f=1i 1",
                "m f=NaN 1",
                "m f=Infinity 1",
                "m f=1e400 1",
                "m f=1u 1",
                "m f=9223372036854775808i 1",
                "m f=1i 9223372036854775808",
                "m f=1i",
                "m f=1i ",
                "m f=1i  1",
                "m f=1i 1 ",
                "m f= 1",
                "m f=\"a 1",
                "m f=\"a\\b\" 1",
                "m f=\"a\"b 1",
                "m,a=\u00ed\u00a0\u0080 f=1i 1",
                "m f=\"\u00c0\u0080\" 1"
            })
    void refuses(String line) {
        assertThatThrownBy(() -> StrictLineParser.parse(bytes("ok f=1i 1\n" + line + "\n")))
                .isInstanceOf(MalformedLine.class)
                .hasMessageStartingWith("line 2, offset ");
    }

    @Test
    void takesUnsortedKeysWhenAskedTo() {
        assertThat(StrictLineParser.parseUnsorted(bytes("m,b=b,a=c g=1i,f=2i 1\n")))
                .hasSize(1);
    }
}
