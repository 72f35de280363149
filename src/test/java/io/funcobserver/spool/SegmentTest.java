package io.funcobserver.spool;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import io.funcobserver.lineprotocol.Category;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import static org.assertj.core.api.Assertions.assertThat;

/** What a crash or a failing disk leaves of a segment. */
class SegmentTest {
    private static LineBlock block(int i) {
        String line = "m,t=" + "x".repeat(Math.floorMod(i, 50) + 1) + " v=" + i + "i 1\n";
        return LineBlock.plain("s", Category.LOGGING, Kind.RECORD, line.getBytes(StandardCharsets.UTF_8), 1);
    }

    private static void with(List<Integer> values, Checked check) throws IOException {
        Path folder = Files.createTempDirectory("segment");
        try {
            Segment segment = Segment.create(folder, Category.LOGGING, Kind.RECORD, 1);
            for (int value : values) {
                segment.append(block(value));
            }
            segment.close();
            try (Stream<Path> files = Files.list(folder)) {
                check.check(files.findFirst().orElseThrow());
            }
        } finally {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        }
    }

    private interface Checked {
        void check(Path file) throws IOException;
    }

    private static String text(List<Integer> values) {
        StringBuilder text = new StringBuilder();
        values.forEach(value -> text.append(new String(block(value).content(), StandardCharsets.UTF_8)));
        return text.toString();
    }

    @Property(tries = 100)
    void keepsEveryWholeBlockOfATornFile(@ForAll @Size(max = 8) List<Integer> values, @ForAll int cut)
            throws IOException {
        with(values, file -> {
            byte[] bytes = Files.readAllBytes(file);
            int length = Math.floorMod(cut, bytes.length + 1);
            Files.write(file, Arrays.copyOf(bytes, length));
            Segment recovered = Segment.recover(file);
            int whole = 0;
            for (int end = 0; whole < values.size(); whole++) {
                end += 12 + block(values.get(whole)).content().length;
                if (end > length) {
                    break;
                }
            }
            assertThat(new String(recovered.read(), StandardCharsets.UTF_8)).isEqualTo(text(values.subList(0, whole)));
            assertThat(recovered.lines()).isEqualTo(whole);
            assertThat(recovered.lost()).isZero();
            assertThat(recovered.category()).isEqualTo(Category.LOGGING);
            assertThat(recovered.kind()).isEqualTo(Kind.RECORD);
        });
    }

    @Property(tries = 100)
    void neverGivesOutChangedLines(@ForAll @Size(min = 1, max = 8) List<Integer> values, @ForAll int at)
            throws IOException {
        with(values, file -> {
            byte[] bytes = Files.readAllBytes(file);
            bytes[Math.floorMod(at, bytes.length)] ^= 16;
            Files.write(file, bytes);
            Segment recovered = Segment.recover(file);
            String text = new String(recovered.read(), StandardCharsets.UTF_8);
            List<String> written = text(values).lines().toList();
            assertThat(text.lines()).allMatch(written::contains);
            assertThat(text.lines().count()).isLessThan(values.size() + 1L);
        });
    }

    @Property(tries = 300)
    void losesOnlyTheBlockThatWasChanged(
            @ForAll @Size(min = 2, max = 8) List<Integer> values, @ForAll int at, @ForAll @IntRange(max = 7) int bit)
            throws IOException {
        with(values, file -> {
            byte[] bytes = Files.readAllBytes(file);
            int last = bytes.length - 12 - block(values.get(values.size() - 1)).content().length;
            // What is changed in the last block cannot be told from one that was never whole.
            bytes[Math.floorMod(at, last)] ^= (byte) (1 << bit);
            Files.write(file, bytes);
            Segment recovered = Segment.recover(file);
            String text = new String(recovered.read(), StandardCharsets.UTF_8);
            assertThat(text.lines().count()).isGreaterThanOrEqualTo(values.size() - 1L);
            assertThat(recovered.lost() > 0).isEqualTo(text.lines().count() < values.size());
        });
    }
}
