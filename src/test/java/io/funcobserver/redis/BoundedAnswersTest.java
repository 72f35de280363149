package io.funcobserver.redis;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class BoundedAnswersTest {
    private static final int MANY = 100_000_000;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$2147483640\r\n",
                "$16777217\r\n",
                "$99999999999999999999\r\n",
                "*2147483640\r\n",
                "*250001\r\n",
                "*2\r\n*200000\r\n*200000\r\n"
            })
    @DisplayName("C3: what is announced is refused before it is seen")
    void refusesWhatIsAnnouncedBeforeItIsSeen(String answer) {
        BoundedAnswers answers = new BoundedAnswers(stream(answer));
        assertThatThrownBy(() -> answers.readNBytes(answer.length()))
                .isInstanceOf(AnswerTooLargeException.class)
                .hasMessageContaining("which are not read");
    }

    /** Jedis reads a value inside a value by a call inside a call. */
    @Test
    @DisplayName("C3: values nested without end")
    void refusesValuesNestedDeeply() {
        String answer = "*1\r\n".repeat(10_000);
        assertThatThrownBy(() -> new BoundedAnswers(stream(answer)).readNBytes(answer.length()))
                .isInstanceOf(AnswerTooLargeException.class)
                .hasMessageContaining("nested");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-ERR ", "+", ":"})
    @DisplayName("C3: a line without end")
    void endsALineThatNeverEnds(String beginning) {
        InputStream endless = new SequenceInputStream(stream(beginning), new Repeated("x", MANY));
        assertThatThrownBy(() -> new BoundedAnswers(endless).transferTo(OutputStream.nullOutputStream()))
                .isInstanceOf(AnswerTooLargeException.class)
                .hasMessageContaining("64 KiB");
    }

    @Test
    void endsAnAnswerOfManyPieces() {
        String piece = "$100000\r\n" + "x".repeat(100_000) + "\r\n";
        InputStream endless = new SequenceInputStream(stream("*200000\r\n"), new Repeated(piece, MANY));
        assertThatThrownBy(() -> new BoundedAnswers(endless).transferTo(OutputStream.nullOutputStream()))
                .isInstanceOf(AnswerTooLargeException.class)
                .hasMessageContaining("16 MiB");
    }

    @Test
    void countsEachAnswerForItself() throws IOException {
        String answer = "*3\r\n$1000000\r\n" + "x".repeat(1_000_000)
                + "\r\n$-1\r\n*1\r\n:5\r\n+OK\r\n-ERR no\r\n*0\r\n*-1\r\n$0\r\n\r\n";
        InputStream many = new Repeated(answer, answer.length() * 40);
        assertThat(new BoundedAnswers(many).transferTo(OutputStream.nullOutputStream()))
                .isEqualTo(answer.length() * 40L);
    }

    @Test
    void handsOverWhatIsWholeBeforeItRefusesWhatCameWithIt() throws IOException {
        String whole = ":7\r\n*1\r\n$1\r\nx\r\n";
        BoundedAnswers answers = new BoundedAnswers(stream(whole + "*2\r\n$1\r\ny\r\n$999999999\r\n"));
        byte[] buffer = new byte[1000];
        assertThat(answers.read(buffer)).isEqualTo(whole.length());
        assertThat(buffer).startsWith(whole.getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> answers.read(buffer))
                .isInstanceOfSatisfying(AnswerTooLargeException.class, tooLarge -> assertThat(tooLarge.index())
                        .isEqualTo(1));
    }

    @Property(tries = 200)
    void handsOverTheVeryBytesInPiecesOfAnySize(@ForAll @IntRange(min = 1, max = 40) int size) throws IOException {
        String answer = "*2\r\n$5\r\n$*\r\n:\r\n*2\r\n:-12\r\n$-1\r\n";
        BoundedAnswers answers = new BoundedAnswers(stream(answer));
        StringBuilder seen = new StringBuilder();
        byte[] buffer = new byte[size];
        for (int count = answers.read(buffer, 0, size); count > 0; count = answers.read(buffer, 0, size)) {
            seen.append(new String(buffer, 0, count, StandardCharsets.ISO_8859_1));
        }
        assertThat(seen).hasToString(answer);
    }

    @Test
    @DisplayName("D1: an answer of Redis that drips")
    void endsAnAnswerThatDrips() throws IOException {
        AtomicLong now = new AtomicLong();
        String text = "+OK\r\n$100\r\n" + "x".repeat(100);
        BoundedAnswers answers = new BoundedAnswers(stream(text), () -> now.addAndGet(1_000_000_000L));
        assertThatThrownBy(() -> {
                    while (answers.read() >= 0) {
                        // Each byte takes a second.
                    }
                })
                .isInstanceOf(SocketTimeoutException.class);
        assertThat(now.get()).isBetween(60_000_000_000L, 70_000_000_000L);
    }

    @Test
    void refusesAnotherProtocol() {
        assertThatThrownBy(() -> new BoundedAnswers(stream("HTTP/1.1 400 Bad Request\r\n")).read())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not speak");
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The same text again and again, so many bytes of it. */
    private static final class Repeated extends InputStream {
        private final byte[] text;
        private long left;
        private int at;

        Repeated(String text, long bytes) {
            this.text = text.getBytes(StandardCharsets.ISO_8859_1);
            this.left = bytes;
        }

        @Override
        public int read() {
            if (left == 0) {
                return -1;
            }
            left--;
            int next = text[at];
            at = (at + 1) % text.length;
            return next & 0xff;
        }
    }
}
