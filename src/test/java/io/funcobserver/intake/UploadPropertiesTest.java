package io.funcobserver.intake;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

import io.funcobserver.lineprotocol.Category;
import io.funcobserver.lineprotocol.Fnv;
import io.funcobserver.spool.Lines;
import io.funcobserver.testing.Slow;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Whatever the bytes are: nothing is thrown but a refusal, nothing is lost, and nothing takes for ever. */
class UploadPropertiesTest {
    private static final long NOW = 1_700_000_000_123_456_789L;

    @Provide
    Arbitrary<byte[]> bodies() {
        Arbitrary<String> pieces = Arbitraries.of(
                "m",
                ",",
                "a=b",
                " ",
                "f=1",
                "g=2i",
                "=",
                "\"",
                "\\",
                "\n",
                "\r\n",
                "#",
                "7",
                "\t",
                "\0",
                "é",
                "NaN",
                "\"x\"",
                "m f=1 7\n",
                "m,a=b f=\"x\ny\"\n",
                "DFF_func_call f=1 1700000000000000000\n",
                "task_status=success");
        Arbitrary<byte[]> likely =
                pieces.list().ofMaxSize(60).map(list -> String.join("", list).getBytes(StandardCharsets.UTF_8));
        Arbitrary<byte[]> any = Arbitraries.bytes().array(byte[].class).ofMaxSize(200);
        return Arbitraries.oneOf(likely, likely, any);
    }

    @Property
    void everyByteIsInAPointAMalformedLineOrABlank(@ForAll("bodies") byte[] body) throws IOException {
        LineScanner lines = scanner(new ByteArrayInputStream(body));
        int before = 0;
        while (lines.next()) {
            int start = (int) lines.offset();
            int end = start + lines.end() - lines.start();
            assertThat(end).isGreaterThan(start);
            assertBlank(body, before, start);
            before = end;
        }
        assertBlank(body, before, body.length);
    }

    private static void assertBlank(byte[] body, int from, int to) {
        for (String line : new String(body, from, to - from, StandardCharsets.ISO_8859_1).split("\n", -1)) {
            assertThat(line.isBlank() || line.stripLeading().startsWith("#"))
                    .as(line)
                    .isTrue();
        }
    }

    @Property
    void theSizeOfTheChunksMakesNoDifference(@ForAll("bodies") byte[] body) throws IOException {
        assertThat(all(new Dripping(body))).isEqualTo(all(new ByteArrayInputStream(body)));
    }

    private static List<String> all(InputStream in) throws IOException {
        List<String> all = new ArrayList<>();
        LineScanner lines = scanner(in);
        while (lines.next()) {
            all.add(lines.number() + " " + lines.offset() + " " + lines.isPoint() + " "
                    + new String(
                            lines.bytes(), lines.start(), lines.end() - lines.start(), StandardCharsets.ISO_8859_1));
        }
        return all;
    }

    @Property
    void theSpoolSeesEachPointAsOneLine(@ForAll("bodies") byte[] body) {
        List<Portion> portions = new ArrayList<>();
        try {
            upload(body).forEachRemaining(portions::add);
        } catch (UploadRefusedException refused) {
            assertThat(refused.status()).isEqualTo(400);
            return;
        }
        for (Portion portion : portions) {
            if (portion instanceof Portion.Points points) {
                List<Long> ends = new ArrayList<>();
                Lines lines = new Lines(ends::add);
                lines.feed(points.content(), 0, points.content().length);
                assertThat(ends).hasSize((int) points.lines()).last().isEqualTo((long) points.content().length);
            }
        }
    }

    @Property
    void whatWasTakenIsTakenAgainAndStaysAsItIs(@ForAll("bodies") byte[] body) {
        byte[] once = taken(body);
        if (once.length > 0) {
            String text = new String(once, StandardCharsets.ISO_8859_1);
            if (!text.contains("DFF_func_call")) {
                assertThat(taken(once)).isEqualTo(once);
            }
        }
    }

    @Example
    void movesCallsWithinTheirSecond() {
        byte[] body = ("DFF_func_call f=1 1700000000000000000\n" + "\n" + "DFF_func_call f=1 1700000000000000000\n"
                        + "DFF_func_call f=1 1700000000000000001\n" + "other f=1 1700000000000000000\n" + "other f=2\n")
                .getBytes(StandardCharsets.UTF_8);
        long hash = Fnv.hash(body);
        List<Long> moved = LongStream.of(0, 1)
                .mapToObj(i ->
                        1_700_000_000_000_000_000L + (Long.remainderUnsigned(hash, 1_000_000_000) + i) % 1_000_000_000)
                .toList();
        assertThat(new String(taken(body), StandardCharsets.UTF_8))
                .isEqualTo("DFF_func_call,site_name=s f=1 " + moved.get(0) + "\nDFF_func_call,site_name=s f=1 "
                        + moved.get(1)
                        + "\nDFF_func_call,site_name=s f=1 1700000000000000001\nother,site_name=s f=1 1700000000000000000\n"
                        + "other,site_name=s f=2 " + NOW + "\n");
    }

    @Example
    void readsTheVeryBytesThatCameInPieces() throws IOException {
        byte[] body = new byte[600_001];
        new Random(1).nextBytes(body);
        Segments segments = new Segments(new MemoryBudget(64 << 20).share());
        for (int from = 0; from < body.length; from += 7000) {
            segments.append(Arrays.copyOfRange(body, from, Math.min(body.length, from + 7000)));
        }
        assertThat(segments.open().readAllBytes()).isEqualTo(body);
    }

    @Example
    void hashesAsFnv1a() {
        // From the reference of its authors.
        assertThat(Fnv.hash("foobar".getBytes(StandardCharsets.US_ASCII))).isEqualTo(0x85944171f73967e8L);
    }

    @Example
    void derivesTheStatusThatIsMissing() {
        // By the same rule as of a record; see TaskRowsTest.
        Map<String, String> derived = Map.of("failure", "critical", "a-very-long-state-of-another-kind", "info");
        derived.forEach((state, status) -> assertThat(taken("m,task_status=" + state + " f=1 7\n"))
                .isEqualTo("m,task_status=" + state + ",site_name=s,status=" + status + " f=1 7\n"));
        assertThat(taken("m,status=x,task_status=success f=1 7\n"))
                .isEqualTo("m,status=x,task_status=success,site_name=s f=1 7\n");
        assertThat(taken("m,task_status=success status=1 7\n"))
                .isEqualTo("m,task_status=success,site_name=s status=1 7\n");
    }

    @Example
    void aMissingQuoteTakesOnlyItsOwnLine() {
        assertThat(taken("m f=1 1\nm f=\"x 2\nm f=3 3\nm f=\"y\" 4\n"))
                .isEqualTo("m,site_name=s f=1 1\nm,site_name=s f=3 3\nm,site_name=s f=\"y\" 4\n");
    }

    @Slow
    @Example
    void aHostileBodyTakesNoMoreThanItsLength() {
        for (String unit : List.of(
                "m f=\"",
                "m f=\"\n",
                "m f=\"x\"\"\n",
                "m,a=\",b=\" c=\"\n",
                "m f=\"\\\n",
                "#",
                "\n",
                " ",
                "m\n",
                ",\n")) {
            byte[] body = unit.repeat((4 << 20) / unit.length()).getBytes(StandardCharsets.UTF_8);
            long start = System.nanoTime();
            try {
                upload(body).forEachRemaining(portion -> {});
            } catch (UploadRefusedException refused) {
                assertThat(refused.status()).isIn(400, 413);
            }
            assertThat(System.nanoTime() - start).as(unit).isLessThan(20_000_000_000L);
        }
    }

    @Example
    void aLineBeyondTheMemoryIsRefused() {
        byte[] body = ("m f=\"" + "x".repeat(20 << 20) + "\"\n").getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> upload(body).forEachRemaining(portion -> {}))
                .isInstanceOfSatisfying(UploadRefusedException.class, refused -> assertThat(refused.status())
                        .isEqualTo(413));
    }

    private static String taken(String body) {
        return new String(taken(body.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
    }

    private static byte[] taken(byte[] body) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            upload(body).forEachRemaining(portion -> {
                if (portion instanceof Portion.Points points) {
                    all.writeBytes(points.content());
                }
            });
        } catch (UploadRefusedException refused) {
            assertThat(refused.status()).isEqualTo(400);
        }
        return all.toByteArray();
    }

    private static Upload upload(byte[] body) {
        MemoryBudget.Share share = new MemoryBudget(64 << 20).share();
        Segments segments = new Segments(share);
        segments.append(body);
        Received received = new Received(Category.METRIC, segments, false, TimeUnit.NANOSECONDS, NOW, null, share);
        return new Upload(received, IntakeSettings.of(null, 64 << 20, Map.of("site_name", "s"), IntakeRig.LIMITS));
    }

    private static LineScanner scanner(InputStream in) {
        return new LineScanner(in, 1, TimeUnit.NANOSECONDS, new MemoryBudget(64 << 20).share());
    }

    /** Gives one byte at a time. */
    private static final class Dripping extends ByteArrayInputStream {
        Dripping(byte[] bytes) {
            super(bytes);
        }

        @Override
        public synchronized int read(byte[] target, int offset, int count) {
            return super.read(target, offset, Math.min(1, count));
        }
    }
}
