package io.funcobserver.spool;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;

import io.funcobserver.lineprotocol.Category;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import static org.assertj.core.api.Assertions.assertThat;

/** What is replayed or sent to Kafka is cut into requests, and no line is left out, however large it is. */
class RequestSplitterTest {
    @Property(tries = 200)
    void keepsEveryLineWithinTheLimits(
            @ForAll @Size(min = 1, max = 30) List<@IntRange(min = 1, max = 400) Integer> lengths,
            @ForAll @IntRange(min = 1, max = 1000) int maxBytes,
            @ForAll @IntRange(min = 1, max = 10) int maxLines,
            @ForAll @IntRange(min = 1, max = 300) int largest)
            throws IOException {
        StringBuilder lines = new StringBuilder();
        Random random = new Random(lengths.hashCode());
        for (int length : lengths) {
            lines.append("m,t=a v=\"");
            random.ints(length, 'a', 'z').forEach(c -> lines.append((char) c));
            lines.append("\" 1\n");
        }
        byte[] content = lines.toString().getBytes(StandardCharsets.UTF_8);
        LineBlock block = LineBlock.plain("a", Category.METRIC, Kind.RECORD, content, lengths.size());
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        RequestSplitter splitter = new RequestSplitter(new BatchLimits(maxBytes, maxLines, Duration.ZERO));
        for (LineBlock request : splitter.split(block, largest)) {
            byte[] plain = Gzip.unpack(request.content());
            sent.writeBytes(plain);
            assertThat(request.gzipped()).isTrue();
            assertThat(request.bytes()).isEqualTo(plain.length);
            assertThat(request.lines()).isEqualTo(Lines.ends(plain).size()).isBetween(1L, (long) maxLines);
            boolean fits = plain.length <= maxBytes && request.content().length <= largest;
            assertThat(fits || request.lines() == 1).isTrue();
        }
        assertThat(sent.toByteArray()).isEqualTo(content);
    }
}
