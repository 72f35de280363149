package io.funcobserver.spool;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class LinesTest {
    private static List<String> split(String text, int portion) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        List<Integer> ends = new ArrayList<>(List.of(0));
        Lines lines = new Lines(end -> ends.add((int) end));
        for (int i = 0; i < bytes.length; i += portion) {
            lines.feed(bytes, i, Math.min(portion, bytes.length - i));
        }
        lines.finish();
        List<String> found = new ArrayList<>();
        for (int i = 1; i < ends.size(); i++) {
            found.add(new String(bytes, ends.get(i - 1), ends.get(i) - ends.get(i - 1), StandardCharsets.UTF_8));
        }
        return found;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 1000})
    void endsLinesAtLineFeedsOutsideStrings(int portion) {
        List<String> lines = List.of(
                "a,t=x v=1i 1\n",
                "b,q=5\"\\ disk v=2i 2\n",
                "c m=\"two\nlines, \\\"quoted\\\" =\\\\\",n=1i 3\n",
                "d m=\"\" 4\n",
                "e m=\"x\",k=\"a=\n b\" 5\n",
                "\n\nf v=1i 6\n",
                "g v=1i 7");
        assertThat(split(String.join("", lines), portion)).isEqualTo(lines);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1000})
    void countsNoBlankLines(int portion) {
        assertThat(split("\n \n\r\n", portion)).isEmpty();
    }
}
