package io.funcobserver.delivery;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.funcobserver.demo.Answer;
import io.funcobserver.demo.Line;
import io.funcobserver.demo.Receiver;
import io.funcobserver.demo.Request;
import io.funcobserver.lineprotocol.Category;
import io.funcobserver.observe.Completeness;
import io.funcobserver.observe.Destination;
import io.funcobserver.spool.Gzip;
import io.funcobserver.spool.Kind;
import io.funcobserver.testing.RawServer;
import io.funcobserver.testing.SettableClock;
import io.funcobserver.testing.Slow;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static java.time.ZoneOffset.UTC;
import static java.time.format.DateTimeFormatter.RFC_1123_DATE_TIME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** The shipped routes against a real HTTP server: promises 1, 2, 3 and 7. */
@Slow
class DeliveryRouteTest {
    @TempDir
    Path data;

    private Receiver target;
    private Map<String, String> settings;
    private DeliveryRig rig;

    @BeforeEach
    void startTarget() throws IOException {
        target = Receiver.started();
        settings = DeliveryRig.settings(target.url());
    }

    @AfterEach
    void stop() {
        if (rig != null) {
            rig.close();
        }
        target.close();
    }

    private void start() throws Exception {
        rig = new DeliveryRig(data, settings).start();
    }

    private static String line(int i) {
        return "m,t=a v=" + i + "i " + (1_700_000_000_000_000_000L + i) + "\n";
    }

    private static String lines(int from, int to) {
        return IntStream.range(from, to).mapToObj(DeliveryRouteTest::line).collect(Collectors.joining());
    }

    private static boolean isAnyOf(Line line, int... values) {
        return Arrays.stream(values)
                .anyMatch(value -> line.text().equals(line(value).strip()));
    }

    /** The lines of all requests that were accepted, as they came. */
    private static String arrived(Receiver receiver) {
        return text(receiver.accepted());
    }

    private static String text(List<Line> lines) {
        return lines.stream().map(line -> line.text() + "\n").collect(Collectors.joining());
    }

    private void awaitEmptySpool() {
        await().untilAsserted(() ->
                assertThat(rig.files()).noneMatch(file -> file.startsWith("spool") || file.startsWith("segments")));
    }

    private static DeadLetterReport report(Path file) throws IOException {
        return new ObjectMapper().readValue(Files.readAllBytes(file), DeadLetterReport.class);
    }

    @Test
    void deliversAndDeletesWhatWasSpooled() throws Exception {
        settings.put("target.authorization", "Token s3cret");
        start();
        rig.spool(Category.METRIC, "func-call", lines(0, 3));
        rig.spool(Category.LOGGING, "task-record", lines(3, 5));
        awaitEmptySpool();
        Request metric = target.requests().stream()
                .filter(r -> r.path().equals("/v1/write/metric"))
                .findFirst()
                .orElseThrow();
        assertThat(text(metric.lines())).isEqualTo(lines(0, 3));
        assertThat(metric.headers())
                .containsEntry("content-type", "text/plain; charset=utf-8")
                .containsEntry("authorization", "Token s3cret")
                .containsOnlyKeys(
                        "authorization",
                        "connection",
                        "content-encoding",
                        "content-length",
                        "content-type",
                        "host",
                        "user-agent");
        assertThat(rig.count("points_delivered", "category", "metric")).isEqualTo(3);
        assertThat(rig.count("posts", "category", "logging", "answer", "200")).isEqualTo(1);
        assertThat(rig.files()).isEmpty();
    }

    @Test
    void sendsPlainLinesWithoutGzip() throws Exception {
        settings.put("target.gzip", "false");
        start();
        rig.spool(Category.METRIC, "a", lines(0, 2));
        awaitEmptySpool();
        assertThat(target.requests().get(0).header("Content-Encoding")).isNull();
        assertThat(target.accepted()).hasSize(2);
    }

    @Test
    void sendsTokenExactlyAsConfigured() throws Exception {
        target.answerWith(Answer.status(204));
        settings.put("target.url", target.url() + "/base/?token=a+b%2Fc%25%7B%7Bx%7D%7D~!$'()*,;:@é");
        settings.put("target.metric-path", "/write?db=func&precision=n%20s");
        start();
        rig.spool(Category.METRIC, "a", lines(0, 1));
        awaitEmptySpool();
        Request request = target.requests().get(0);
        assertThat(request.path() + "?" + request.query())
                .isEqualTo("/base/write?token=a+b%2Fc%25%7B%7Bx%7D%7D%7E!$'()*,;:@%C3%A9&db=func&precision=n%20s");
    }

    @Test
    void sendsNothingOfCategoryWithoutPath() throws Exception {
        settings.put("target.metric-path", "");
        start();
        rig.spool(Category.METRIC, "a", lines(0, 1));
        rig.spool(Category.LOGGING, "a", lines(1, 2));
        await().until(() -> target.accepted().size() == 1);
        assertThat(target.requests().get(0).path()).isEqualTo("/v1/write/logging");
    }

    @Test
    void drainsBacklogInOrderAtFullSpeedAndInFewRequests() throws Exception {
        settings.put("batch.max-lines", "100");
        settings.put("batch.max-delay", "500ms");
        target.answerWith(Answer.status(503));
        start();
        for (int i = 0; i < 2000; i += 10) {
            rig.gather(Category.METRIC, Kind.RECORD, "a", lines(i, i + 10));
        }
        await().untilAsserted(() -> assertThat(rig.files()).noneMatch(file -> file.startsWith("segments")));
        target.clear();
        target.answerWith(Answer.usual());
        awaitEmptySpool();
        assertThat(text(target.accepted())).isEqualTo(lines(0, 2000));
        List<Instant> times = target.requests().stream().map(Request::time).toList();
        // Where the machine is slow, batch.max-delay completes some before they are full.
        assertThat(times).hasSizeBetween(20, 60);
        assertThat(IntStream.range(1, times.size()).mapToObj(i -> Duration.between(times.get(i - 1), times.get(i))))
                .filteredOn(gap -> gap.toMillis() < 50)
                .as("pauses that are much shorter than the 100 ms after which the spool is looked at")
                .hasSizeGreaterThan(times.size() / 4);
    }

    static Stream<Arguments> passingFaults() {
        // Of each sort some; AnswerTest goes through all.
        Stream<Integer> statuses = Stream.of(408, 429, 503, 401, 404, 301, 307);
        return Stream.concat(
                statuses.map(status ->
                        arguments(status.toString(), Answer.status(status).header("Location", "/elsewhere"))),
                Stream.of(
                        arguments("reset in the body", Answer.resetInBody()),
                        arguments("reset before the answer", Answer.resetBeforeAnswer()),
                        arguments("reset after the body was stored", Answer.storeThenReset()),
                        arguments("no answer", Answer.noAnswer()),
                        arguments("500 after the body was stored", Answer.storeThenStatus(500)),
                        arguments("503 with seconds", Answer.status(503).header("Retry-After", "1")),
                        arguments(
                                "429 with a date",
                                Answer.status(429)
                                        .header("Retry-After", RFC_1123_DATE_TIME.format(ZonedDateTime.now(UTC))))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("passingFaults")
    @DisplayName("E3: what says nothing about lines is tried again without end")
    void triesAgainWithoutEndAndSendsTheSameBytes(String name, Answer fault) throws Exception {
        settings.put("target.timeout", "500ms");
        target.answerWith(fault);
        start();
        rig.spool(Category.METRIC, "a", lines(0, 3));
        await().until(() -> target.requests().size() >= 3);
        assertThat(rig.down()).containsOnlyKeys("target.metric");
        boolean misconfigured = fault.status() >= 300
                && fault.status() < 500
                && !List.of(408, 425, 429).contains(fault.status());
        assertThat(rig.down().get("target.metric").startsWith("configuration error: "))
                .isEqualTo(misconfigured);
        List<Request> refused = target.requests();
        rig.spool(Category.METRIC, "a", lines(3, 6));
        target.answerWith(Answer.usual());
        awaitEmptySpool();
        assertThat(text(target.accepted())).endsWith(lines(0, 6));
        if (fault.kind() != Answer.Kind.RESET_IN_BODY) {
            assertThat(refused)
                    .extracting(Request::body)
                    .containsOnly(refused.get(0).body());
        }
        await().until(() -> rig.down().isEmpty());
        assertThat(rig.files()).isEmpty();
        assertThat(rig.count("posts", "category", "metric", "answer", fault.status() == 0 ? "io" : "" + fault.status()))
                .isGreaterThanOrEqualTo(3);
    }

    @Test
    void honoursRetryAfterOfEachCategoryForItself() throws Exception {
        target.answerWith(request ->
                request.path().endsWith("logging") ? Answer.status(429).header("Retry-After", "2") : Answer.usual());
        start();
        rig.spool(Category.LOGGING, "a", lines(0, 1));
        await().until(() -> target.requests().size() == 1);
        rig.spool(Category.METRIC, "a", lines(1, 2));
        await().until(() -> target.requests().size() == 3);
        assertThat(target.requests())
                .extracting(Request::path)
                .containsExactly("/v1/write/logging", "/v1/write/metric", "/v1/write/logging");
        assertThat(Duration.between(
                        target.requests().get(0).time(),
                        target.requests().get(2).time()))
                .isGreaterThan(Duration.ofMillis(1900));
    }

    @Test
    void goesOnWhenRefusedTargetComesUp() throws Exception {
        target.stop();
        settings.put("target.url", target.url() + "?token=s3cret");
        start();
        rig.spool(Category.METRIC, "a", lines(0, 3));
        await().until(() -> rig.count("posts", "category", "metric", "answer", "io") >= 2);
        assertThat(rig.down().get("target.metric"))
                .contains("cannot be reached")
                .doesNotContain("s3cret");
        target.start();
        awaitEmptySpool();
        assertThat(target.accepted()).hasSize(3);
    }

    @Test
    void halvesBodiesThatAreTooLarge() throws Exception {
        target.refuseAbove(1000);
        start();
        rig.spool(Category.METRIC, "a", lines(0, 100));
        awaitEmptySpool();
        assertThat(text(target.accepted())).isEqualTo(lines(0, 100));
        assertThat(target.requests()).anyMatch(request -> request.status() == 413);
        assertThat(rig.files()).isEmpty();
    }

    /** InfluxDB 1 stores the others at once, and says so. */
    @Test
    void givesUpTheLinesThatAPartialWriteDropped() throws Exception {
        target.refuseInPart(line -> isAnyOf(line, 17));
        start();
        rig.spool(Category.METRIC, "a", lines(0, 20));
        awaitEmptySpool();
        assertThat(target.accepted())
                .extracting(Line::text)
                .containsAll(lines(0, 17).lines().toList());
        DeadLetters.Entry letter = rig.letters(Category.METRIC).get(0);
        assertThat(letter.report().lines()).isOne();
        assertThat(report(data.resolve("dead-letter/main/metric/" + letter.id().name() + ".json"))
                        .answer())
                .contains("partial write");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 413, 422})
    void givesUpOnlyTheRejectedLines(int status) throws Exception {
        settings.put("target.url", target.url() + "?token=s3cret");
        // DataKit's answer repeats the line.
        target.refuse(line -> isAnyOf(line, 17, 42) || line.text().contains("s3cret"), status);
        start();
        rig.spool(Category.LOGGING, "task-record", "m,t=s3cret v=0i 1\n" + lines(1, 100));
        awaitEmptySpool();
        assertThat(target.accepted()).hasSize(97);
        List<DeadLetters.Entry> letters = rig.letters(Category.LOGGING);
        assertThat(letters).hasSize(1);
        assertThat(letters.get(0).report().lines()).isEqualTo(3);
        assertThat(letters.get(0).report().status()).isEqualTo(status);
        assertThat(letters.get(0).report().reason()).isEqualTo("rejected by the target");
        Path folder = data.resolve("dead-letter/main/logging");
        assertThat(folder.resolve(letters.get(0).id().name() + ".lp"))
                .hasContent("m,t=s3cret v=0i 1\n" + line(17) + line(42));
        DeadLetterReport report = report(folder.resolve(letters.get(0).id().name() + ".json"));
        assertThat(report.target()).isEqualTo(target.url() + "/v1/write/logging?token=…");
        assertThat(report.answer()).contains("poison: m,t=*** v=0i 1");
        assertThat(report.category()).isEqualTo("logging");
        assertThat(report.attempts()).isEqualTo(target.requests().size());
        assertThat(Instant.parse(report.when())).isBeforeOrEqualTo(Instant.now());
        assertThat(rig.files()).hasSize(2);
        assertThat(rig.count("dead_letter_lines", "category", "logging")).isEqualTo(3);
        assertThat(rig.count("points_delivered", "category", "logging")).isEqualTo(97);
    }

    @Test
    void givesUpWhollyRejectedBatchAfterFewRequests() throws Exception {
        target.answerWith(Answer.status(400).body("unknown database"));
        start();
        rig.spool(Category.METRIC, "a", lines(0, 1000));
        awaitEmptySpool();
        assertThat(target.requests()).hasSize(17);
        List<DeadLetters.Entry> letters = rig.letters(Category.METRIC);
        assertThat(letters).hasSize(1);
        assertThat(letters.get(0).report().lines()).isEqualTo(1000);
        assertThat(letters.get(0).report().reason()).contains("16 pieces");
        assertThat(data.resolve("dead-letter/main/metric/" + letters.get(0).id().name() + ".lp"))
                .hasContent(lines(0, 1000));
    }

    @Test
    void waitsInTheMiddleOfBisect() throws Exception {
        AtomicInteger count = new AtomicInteger();
        target.refuse(line -> isAnyOf(line, 3))
                .answerWith(request -> count.incrementAndGet() % 2 == 0 ? Answer.status(503) : Answer.usual());
        start();
        rig.spool(Category.METRIC, "a", lines(0, 8));
        awaitEmptySpool();
        assertThat(target.accepted()).hasSize(7).doesNotHaveDuplicates();
        assertThat(rig.letters(Category.METRIC)).hasSize(1);
    }

    /** A crash between a dead letter and the end of its request: the same letter takes the place of the first. */
    @Test
    void writesDeadLettersOfResentRequestOnce() throws Exception {
        target.refuse(line -> isAnyOf(line, 1));
        start();
        byte[] bytes = lines(0, 4).getBytes(StandardCharsets.UTF_8);
        Path file = rig.folder("spool", Category.METRIC).resolve("by-hand.lp.gz");
        for (int i = 0; i < 2; i++) {
            // Not to be seen half written.
            Path part = Files.write(data.resolve("part"), Gzip.pack(bytes, 0, bytes.length));
            Files.setLastModifiedTime(part, FileTime.fromMillis(i));
            Files.move(part, file);
            int requests = target.requests().size();
            await().until(() -> target.requests().size() > requests);
            awaitEmptySpool();
        }
        assertThat(rig.letters(Category.METRIC)).hasSize(1);
    }

    @Test
    void keepsBatchUntilItsDeadLettersCanBeWritten() throws Exception {
        target.refuse(line -> isAnyOf(line, 1));
        start();
        Path folder = data.resolve("dead-letter/main/metric");
        Files.delete(folder);
        Files.createFile(folder);
        rig.spool(Category.METRIC, "a", lines(0, 3));
        await().until(() -> rig.down().containsKey("delivery.metric"));
        assertThat(rig.files()).anyMatch(file -> file.endsWith(".lp.gz"));
        Files.delete(folder);
        Files.createDirectory(folder);
        awaitEmptySpool();
        assertThat(target.accepted()).hasSize(2);
        assertThat(rig.letters(Category.METRIC)).hasSize(1);
        assertThat(rig.down()).isEmpty();
    }

    /** Thousands of dead letters go out in as few requests as the limits allow, each synced once. */
    @Test
    @DisplayName("replay of 20 000 dead letters in a few requests, with progress")
    void replaysManyDeadLettersInFewRequests() throws Exception {
        rig = new DeliveryRig(data, settings);
        Path folder = rig.folder("dead-letter", Category.METRIC);
        for (int i = 0; i < 20_000; i++) {
            Files.writeString(folder.resolve(String.format("%05d_400.lp", i)), line(i));
        }
        List<Integer> progress = new ArrayList<>();
        Replay.Result result = rig.replay.replay(List.of(), (done, files, count) -> progress.add(done));
        assertThat(result.files()).isEqualTo(20_000);
        assertThat(result.errors()).isEmpty();
        assertThat(progress).contains(10_000, 20_000);
        assertThat(rig.files()).hasSize(2).allMatch(file -> file.contains("_replay_record_10000_"));
        rig.start();
        awaitEmptySpool();
        assertThat(text(target.accepted())).isEqualTo(lines(0, 20_000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", ".", "", "/", "..\\..\\x", "../../../etc/passwd", "a/b/c/d.lp", "\u0000"})
    @DisplayName("replay of names that lead elsewhere")
    void replaysNothingOutsideItsFolders(String name) throws Exception {
        start();
        Replay.Result result = rig.replay.replay(List.of(name), (done, files, count) -> {});
        assertThat(result.files()).isZero();
        assertThat(result.errors()).singleElement().asString().startsWith("there is no dead letter");
    }

    @Test
    void halvesBetweenLinesNotInsideStrings() throws Exception {
        String first = "m,t=\"a v=\"one\ntwo\nthree\" 1\n";
        String bad = "m v=\"bad\n\n\nm v=1 1\n\" 2\n";
        target.refuse(line -> line.text().contains("bad"), 422);
        start();
        rig.spool(Category.LOGGING, "a", first + bad + first);
        awaitEmptySpool();
        assertThat(text(target.accepted())).isEqualTo(first + first);
        DeadLetters.Entry letter = rig.letters(Category.LOGGING).get(0);
        assertThat(letter.report().lines()).isEqualTo(1);
        assertThat(Files.readString(
                        data.resolve("dead-letter/main/logging/" + letter.id().name() + ".lp")))
                .isEqualTo(bad);
    }

    @Test
    @DisplayName(
            "a call counts as delivered after a 2xx: not while it waits, nor in the dead letters, but after a replay")
    void countsTheCallsThatTheTargetHasAccepted() throws Exception {
        Instant called = Instant.now();
        SettableClock clock = new SettableClock(called.minus(Duration.ofHours(1)));
        Completeness completeness = new Completeness(clock, Duration.ofSeconds(1));
        clock.set(called);
        List<String> calls = IntStream.range(0, 10)
                .mapToObj(i -> "DFF_func_call,func_id=a__b.c total_cost=" + i + "i "
                        + (called.toEpochMilli() * 1_000_000 + i) + "\n")
                .toList();
        target.answerWith(Answer.status(503));
        rig = new DeliveryRig(data, settings, new DeliveredCalls(completeness, Category.METRIC, "DFF_func_call"))
                .start();
        rig.spool(Category.METRIC, "func-call", String.join("", calls));
        completeness.spooled("a__b.c", called.toEpochMilli(), calls.size());
        clock.set(called.plus(Duration.ofMinutes(10)));
        Callable<Long> delivered = () -> {
            // Calls spooled up to one comparison are delivered by the next at the earliest.
            clock.advance(Duration.ofSeconds(60));
            completeness.refresh(
                    (functions, first, last) -> Map.of("a__b.c", Map.of(called.getEpochSecond() / 60 * 60, 10L)),
                    () -> rig.deliveries.waitingSince(Category.METRIC));
            return completeness.total().delivered();
        };
        delivered.call();
        assertThat(delivered.call()).as("while it waits").isZero();
        target.answerWith(Answer.usual()).refuse(line -> calls.get(3).startsWith(line.text()));
        awaitEmptySpool();
        assertThat(delivered.call()).as("one is in the dead letters").isEqualTo(9);
        target.refuse(line -> false);
        rig.replay.replay(List.of(), (done, files, lines) -> {});
        awaitEmptySpool();
        delivered.call();
        assertThat(delivered.call()).as("replayed").isEqualTo(10);
    }

    @Test
    @DisplayName("a call that a full target went without does not count as delivered")
    void countsNoCallThatAFullTargetWentWithout() throws Exception {
        Instant called = Instant.now();
        SettableClock clock = new SettableClock(called.minus(Duration.ofHours(1)));
        Completeness completeness = new Completeness(clock, Duration.ofSeconds(1));
        clock.set(called);
        // One fills the smallest spool.
        String call = "DFF_func_call,func_id=a__b.c total_cost=1i,text=\"" + DeliveryRig.noise(3000) + "\" "
                + called.toEpochMilli() * 1_000_000 + "\n";
        try (Receiver other = Receiver.started()) {
            two(other);
            settings.put("spool.max-size", "1KiB");
            other.answerWith(Answer.status(503));
            DeliveredCalls calls = new DeliveredCalls(completeness, Category.METRIC, "DFF_func_call");
            rig = new DeliveryRig(data, settings, calls).start();
            rig.spool.onDropped(calls::dropped);
            for (int i = 1; i <= 3; i++) {
                int arrived = i;
                rig.spool(Category.METRIC, "func-call", call);
                completeness.spooled("a__b.c", called.toEpochMilli(), 1);
                await().until(() -> target.accepted().size() == arrived);
            }
            other.answerWith(Answer.usual());
            awaitEmptySpool();
        }
        clock.set(called.plus(Duration.ofMinutes(10)));
        for (int i = 0; i < 2; i++) {
            clock.advance(Duration.ofMinutes(1));
            completeness.refresh(
                    (functions, first, last) -> Map.of("a__b.c", Map.of(called.getEpochSecond() / 60 * 60, 3L)),
                    () -> null);
        }
        assertThat(completeness.total().delivered()).isEqualTo(1);
    }

    @Test
    void refusesSecondReplayAtOnce() throws Exception {
        target.answerWith(Answer.status(400));
        start();
        rig.spool(Category.METRIC, "a", lines(0, 1));
        awaitEmptySpool();
        List<String> refusal = new ArrayList<>();
        rig.replay.replay(List.of(), (done, files, count) -> {
            try {
                rig.replay.replay(List.of(), (d, f, c) -> {});
            } catch (IOException e) {
                refusal.add(e.getMessage());
            }
        });
        assertThat(refusal).isNotEmpty().allMatch(said -> said.startsWith("another replay is at work"));
    }

    /** Faults A3 and E1: what was changed on disk is never sent as good, and no trace of it gets lost. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("A3, E1: what was changed on disk is never sent as good, and leaves a trace")
    void givesUpDamagedFileWhole(boolean truncated) throws Exception {
        target.answerWith(Answer.status(503));
        start();
        Path damaged = rig.spool(Category.METRIC, "a", lines(0, 20000));
        rig.close();
        byte[] bytes = Files.readAllBytes(damaged);
        bytes[bytes.length / 2] ^= 4;
        Files.write(damaged, truncated ? Arrays.copyOf(bytes, bytes.length / 2) : bytes);
        target.clear();
        target.answerWith(Answer.usual());
        start();
        awaitEmptySpool();
        assertThat(target.requests()).isEmpty();
        DeadLetters.Entry letter = rig.letters(Category.METRIC).get(0);
        assertThat(letter.report().reason()).startsWith("spool file damaged");
        assertThat(letter.report().lines()).isEqualTo(20000);
        assertThat(rig.count("points_dropped", "category", "metric", "reason", "damaged"))
                .isEqualTo(20000);
        assertThat(Files.size(
                        data.resolve("dead-letter/main/metric/" + letter.id().name() + ".lp")))
                .isGreaterThan(1000);

        // It outlives starts, and is replayed by its name alone.
        rig.close();
        start();
        assertThat(rig.letters(Category.METRIC)).hasSize(1);
        Replay.Result all = rig.replay.replay(List.of(), (done, files, count) -> {});
        assertThat(all.files()).isZero();
        assertThat(all.errors()).singleElement().asString().contains("left alone");
        assertThat(rig.replay
                        .replay(List.of(letter.id().name()), (done, files, count) -> {})
                        .errors())
                .isEmpty();
        awaitEmptySpool();
        assertThat(target.accepted()).hasSizeGreaterThan(100);
    }

    /** It stays where it is; who deletes it hears no more of it. */
    @Test
    @DisplayName("A6: a file that cannot be read holds up no other")
    void putsOffAFileThatCannotBeRead() throws Exception {
        settings.put("spool.max-size", "1048576GiB");
        target.answerWith(Answer.status(503));
        start();
        rig.spool(Category.METRIC, "a", lines(0, 1));
        await().until(() -> !target.requests().isEmpty());
        // Sorts before every other. Permissions do not bind root, but nobody has so much memory.
        Path unreadable =
                rig.folder("spool", Category.METRIC).resolve("20000101T000000.000000Z_a_record_7_1_00000000.lp.gz");
        try (RandomAccessFile file = new RandomAccessFile(unreadable.toFile(), "rw")) {
            file.setLength(Runtime.getRuntime().maxMemory());
        }
        target.answerWith(Answer.usual());
        rig.spool(Category.METRIC, "a", lines(1, 2));
        await().until(() -> target.accepted().size() == 2);
        await().until(() -> rig.down().containsKey("delivery.metric.unreadable"));
        assertThat(rig.down().get("delivery.metric.unreadable"))
                .contains(unreadable + " cannot be read")
                .contains("its 7 lines are sent when it can be");
        rig.spool(Category.METRIC, "a", lines(2, 3));
        await().until(() -> target.accepted().size() == 3);
        assertThat(unreadable).exists();
        assertThat(rig.count("points_dropped", "category", "metric", "reason", "damaged"))
                .isEqualTo(7);

        Files.delete(unreadable);
        rig.spool(Category.METRIC, "a", lines(3, 4));
        awaitEmptySpool();
        await().until(() -> rig.down().isEmpty());
    }

    /** Fault A4: an answer without an end costs no more than 64 KiB, and no longer than the time-out. */
    @Test
    @DisplayName("A4: an answer without end")
    void readsNoMoreOfAnAnswerThanItNeeds() throws Exception {
        byte[] chunk = ("2000\r\n" + "x".repeat(0x2000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        AtomicLong sent = new AtomicLong();
        try (RawServer raw = new RawServer(RawServer.afterRequest(socket -> {
            RawServer.write(socket, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            while (true) {
                socket.getOutputStream().write(chunk);
                sent.addAndGet(chunk.length);
            }
        }))) {
            settings.put("target.url", raw.url("http"));
            start();
            rig.spool(Category.METRIC, "a", lines(0, 3));
            awaitEmptySpool();
            assertThat(rig.count("points_delivered", "category", "metric")).isEqualTo(3);
            assertThat(sent.get()).isLessThan(64L << 20);
        }
    }

    /** Fault A4: neither does a header without an end, nor one that unpacks to gigabytes. */
    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK\r\nX: ", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 "})
    @DisplayName("A4: a header without end")
    void refusesAnswerWhoseHeaderDoesNotEnd(String begin) throws Exception {
        String more = (begin.endsWith("OK\r\n") ? "X: y\r\n" : "x").repeat(1000);
        try (RawServer raw =
                new RawServer(RawServer.afterRequest(socket -> RawServer.repeat(socket, begin, more, 0)))) {
            settings.put("target.url", raw.url("http"));
            // Further away than the test waits: it is not the deadline that ends it.
            settings.put("target.timeout", "10m");
            start();
            rig.spool(Category.METRIC, "a", lines(0, 3));
            await().until(() -> rig.count("posts", "category", "metric", "answer", "io") >= 2);
            assertThat(rig.files()).anyMatch(file -> file.endsWith(".lp.gz"));
        }
    }

    /** Fault E4: a page of a login or a captive portal is no receipt. */
    @ParameterizedTest
    @ValueSource(strings = {"text/html; charset=utf-8", "text/plain"})
    @DisplayName("E4: a web page is no receipt")
    void takesNoWebPageForAReceipt(String type) throws Exception {
        target.answerWith(Answer.status(200)
                .header("Content-Type", type)
                .body("<!DOCTYPE html><html><body>Log in</body></html>"));
        start();
        rig.spool(Category.METRIC, "a", lines(0, 3));
        await().until(() -> rig.down().containsKey("target.metric"));
        assertThat(rig.down().get("target.metric"))
                .startsWith("configuration error")
                .contains("web page");
        assertThat(rig.count("points_delivered", "category", "metric")).isZero();
        target.answerWith(Answer.usual());
        awaitEmptySpool();
    }

    @Test
    void pausesGrowUpToTheLongest() throws Exception {
        settings.put("retry.delay", "50ms");
        settings.put("retry.max-delay", "800ms");
        List<Instant> times = timesWith(Collections.nCopies(7, Answer.status(503)));

        // Each may be a fifth shorter or longer than 50 ms, 100 ms and so on.
        for (int i = 1; i < 8; i++) {
            assertThat(Duration.between(times.get(i - 1), times.get(i)))
                    .isGreaterThanOrEqualTo(Duration.ofMillis((long) (Math.min(800, 50 << (i - 1)) * 0.79)));
        }
        assertThat(rig.deliveries.waiting(new Destination("main", Category.METRIC)))
                .isEmpty();
    }

    /** After a Retry-After, the pauses begin small again. */
    @Test
    @DisplayName("after a Retry-After, backoff does not start from that value")
    void leavesNoTraceOfRetryAfterInLaterPauses() throws Exception {
        List<Instant> times = timesWith(
                List.of(Answer.status(503).header("Retry-After", "2"), Answer.status(503), Answer.status(503)));
        assertThat(Duration.between(times.get(1), times.get(3))).isLessThan(Duration.ofMillis(3500));
    }

    /** When the requests come, of which the first are answered so. */
    private List<Instant> timesWith(List<Answer> failures) throws Exception {
        target.answerNext(failures.toArray(Answer[]::new));
        start();
        rig.spool(Category.METRIC, "a", lines(0, 3));
        awaitEmptySpool();
        return target.requests().stream().map(Request::time).toList();
    }

    private void two(Receiver other) {
        DeliveryRig.targets(settings, Map.of("main", target.url(), "other", other.url()));
    }

    @Test
    void givesEveryTargetEverything() throws Exception {
        try (Receiver other = Receiver.started()) {
            two(other);
            other.answerWith(Answer.status(401));
            start();
            Path first = rig.folder("spool", Category.METRIC);
            rig.spool(Category.METRIC, "a", lines(0, 3));
            await().until(() -> target.accepted().size() == 3);
            await().until(() -> rig.down().containsKey("target.metric.other"));
            assertThat(rig.down()).containsOnlyKeys("target.metric.other");
            assertThat(rig.down().get("target.metric.other"))
                    .endsWith("check the token in target.other.url, or target.other.authorization");
            assertThat(first).isEmptyDirectory();
            other.answerWith(Answer.storeThenStatus(204));
            awaitEmptySpool();
            assertThat(text(other.accepted())).isEqualTo(text(target.accepted()));
            assertThat(rig.count("points_delivered", "target", "other")).isEqualTo(3);
        }
    }

    @Test
    void fullTargetKeepsTheOthersFromNothing() throws Exception {
        try (Receiver other = Receiver.started()) {
            two(other);
            settings.put("spool.max-size", "1KiB");
            other.answerWith(Answer.status(503));
            start();
            List<String> told = new ArrayList<>();
            rig.spool.onDropped((to, block) -> {
                assertThat(to.target()).isEqualTo("other");
                new String(block.unpacked(), StandardCharsets.UTF_8).lines().forEach(told::add);
            });
            for (int i = 0; i < 20; i++) {
                rig.spool(Category.METRIC, "a", lines(i * 10, i * 10 + 10));
                int arrived = i * 10 + 10;
                await().until(() -> target.accepted().size() == arrived);
            }
            assertThat(rig.count("points_dropped", "target", "other", "reason", "spool_full"))
                    .isGreaterThan(0);
            assertThat(rig.count("points_dropped", "target", "main", "reason", "spool_full"))
                    .isZero();
            assertThat(rig.down()).containsKey("spool.metric.other");
            other.answerWith(Answer.usual());
            awaitEmptySpool();
            assertThat(rig.count("points_dropped", "target", "other", "reason", "spool_full"))
                    .as("each line that it went without, once")
                    .isEqualTo(200.0 - other.accepted().size())
                    .isEqualTo(told.size());
            assertThat(other.accepted()).extracting(Line::text).doesNotContainAnyElementsOf(told);
        }
    }

    @Test
    void deliversFilesPutThereByHand() throws Exception {
        start();
        byte[] text = lines(0, 5).getBytes(StandardCharsets.UTF_8);
        // Not to be seen half written.
        Path part = Files.write(data.resolve("part"), Gzip.pack(text, 0, text.length));
        Files.move(part, data.resolve("spool/main/metric/by-hand.lp.gz"));
        await().until(() -> target.accepted().size() == 5);
        // Counted when the answer has been read, a moment later.
        await().untilAsserted(() ->
                assertThat(rig.count("points_delivered", "category", "metric")).isEqualTo(5));
    }

    /** Of the kind of fault C4: what the product cannot make sense of keeps it from nothing. */
    @Test
    @DisplayName("C4: starts though there are segments that are none")
    void startsThoughThereAreSegmentsThatAreNone() throws Exception {
        Path segments = Files.createDirectories(data.resolve("segments"));
        Files.writeString(segments.resolve("notes.segment"), "not ours");
        Files.write(segments.resolve("metric-gauge-0001.segment"), new byte[] {-1, -2, -3});
        // To read a folder as a file fails for root too.
        Files.createDirectory(segments.resolve("logging-record-0002.segment"));
        start();
        rig.spool(Category.METRIC, "a", lines(0, 3));
        await().until(() -> target.accepted().size() == 3);
        assertThat(rig.warnings().get("spool.segments"))
                .contains("logging-record-0002.segment")
                .contains("cannot be read");
        assertThat(segments.resolve("notes.segment")).hasContent("not ours");
    }

    /** Of the kind of fault C4: reports that are none. */
    @ParameterizedTest
    @ValueSource(
            strings = {"", "{}", "[]", "null", "7", "{\"lines\": \"many\"}", "{\"history\": [null]}", "\u00ff\u00fe"})
    @DisplayName("C4: lists and replays dead letters whose report is none")
    void listsAndReplaysDeadLettersWhoseReportIsNone(String report) throws Exception {
        target.answerWith(Answer.status(503));
        start();
        Path folder = rig.folder("dead-letter", Category.METRIC);
        Files.writeString(folder.resolve("a_400.lp"), line(1));
        Files.write(folder.resolve("a_400.json"), report.getBytes(StandardCharsets.ISO_8859_1));
        Files.writeString(folder.resolve("b_400.lp"), line(2));
        assertThat(rig.letters(Category.METRIC)).hasSize(2);
        assertThat(rig.deadLetters.newest(10)).hasSize(2);
        Replay.Result result = rig.replay.replay(List.of(), (done, files, count) -> {});
        assertThat(result.errors()).isEmpty();
        assertThat(result.files()).isEqualTo(2);
    }
}
