package io.funcobserver.diagnosis;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class PrintableTextTest {
    private static final String HIDDEN = "[\\x00-\\x1f\\x7f-\\x9f\\u200b-\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff]";

    @ParameterizedTest
    @ValueSource(
            ints = {
                0, 0x07, 0x1b, 0x7f, 0x80, 0x85, 0x9b, 0x9f, 0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x2028, 0x2029,
                0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069, 0xfeff, 0xd800, 0xdfff
            })
    void showsWhatWouldActOrHideAsAnEscape(int c) {
        assertThat(PrintableText.of("a" + (char) c + "b", 100)).isEqualTo(String.format("a\\u%04Xb", c));
    }

    @Test
    void keepsWhatCanBeRead() {
        assertThat(PrintableText.of("Grüße, 杭州 😀 <b>\\n", 100)).isEqualTo("Grüße, 杭州 😀 <b>\\n");
    }

    @Test
    void isOneLineWithoutSpacesAtItsEnds() {
        assertThat(PrintableText.of("\r\n one\n\n\ttwo  three\n", 100)).isEqualTo("one two  three");
        assertThat(PrintableText.of("\u2003one\u3000", 100)).isEqualTo("one");
        assertThat(PrintableText.of("\u2003one", 3)).isEqualTo("on…");
        assertThat(PrintableText.of(null, 100)).isEmpty();
    }

    @Test
    void isCutBetweenCharactersAndBetweenEscapes() {
        assertThat(PrintableText.of("abcdef", 6)).isEqualTo("abcdef");
        assertThat(PrintableText.of("abcdefg", 6)).isEqualTo("abcdef…");
        assertThat(PrintableText.of("abcde😀", 6)).isEqualTo("abcde…");
        assertThat(PrintableText.of("abc\u001bx", 6)).isEqualTo("abc…");
    }

    @Property
    void neverHoldsWhatActsAndIsNeverLonger(@ForAll("texts") String text, @ForAll @IntRange(max = 60) int most) {
        String shown = PrintableText.of(text, most);
        assertThat(shown.replaceAll(HIDDEN, "")).isEqualTo(shown);
        assertThat(shown.length()).isLessThanOrEqualTo(most + 1);
        assertThat(PrintableText.of(shown, 1000)).isEqualTo(shown);
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<Character> any = Arbitraries.chars().all();
        Arbitrary<Character> evil =
                Arbitraries.of('\u001b', '\u009b', '\u202e', '\u2066', '\u200b', '\ufeff', '\n', ' ');
        return Arbitraries.oneOf(any, evil).list().ofMaxSize(100).map(characters -> {
            StringBuilder text = new StringBuilder();
            characters.forEach(text::append);
            return text.toString();
        });
    }

    @Test
    void keepsLinesWhereTheyAreShownAsSuch() {
        assertThat(PrintableText.ofLines("m f=\"a\tb\n\u001b[2J\u009b\u202e\ud83d\ude00\r\" 1\nm v=1 2\n"))
                .isEqualTo("m f=\"a\tb\n\\u001B[2J\\u009B\\u202E\ud83d\ude00\\u000D\" 1\nm v=1 2\n");
    }
}
