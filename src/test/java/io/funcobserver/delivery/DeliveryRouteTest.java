package io.funcobserver.delivery;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.funcobserver.delivery.DeliveryRig.Settings;
import io.funcobserver.delivery.FakeTarget.Reply;
import io.funcobserver.delivery.FakeTarget.Request;
import io.funcobserver.spool.BatchLimits;
import io.funcobserver.spool.Category;
import io.funcobserver.spool.Gzip;
import io.funcobserver.spool.Spool;
import io.funcobserver.spool.SpoolFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The shipped routes against a real HTTP server: promises 1, 2, 3 and 7. */
class DeliveryRouteTest {
    @TempDir
    Path data;

    private FakeTarget target;
    private Settings settings;
    private DeliveryRig rig;

    @BeforeEach
    void startTarget() throws IOException {
        target = new FakeTarget(0);
        settings = new Settings(target.url());
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

    /** Rejects every body with a poison line in it as a whole, as DataKit does. */
    private static Function<Request, Reply> poison(int status, Integer... values) {
        return request -> {
            for (Integer value : values) {
                if (request.lines().contains(line(value))) {
                    return new Reply(status, "{\"message\":\"bad line, token s3cret\"}");
                }
            }
            return new Reply(200);
        };
    }

    private void awaitEmptySpool() {
        await().untilAsserted(() -> assertThat(rig.files()).noneMatch(file -> file.startsWith("spool")));
    }

    @Test
    void deliversAndDeletesWhatWasSpooled() throws Exception {
        settings.authorization = "Token s3cret";
        start();
        rig.spool(Category.METRIC, "func-call", lines(0, 3));
        rig.spool(Category.LOGGING, "task-record", lines(3, 5));
        awaitEmptySpool();
        Request metric = target.accepted.stream()
                .filter(r -> r.path().equals("/v1/write/metric"))
                .findFirst()
                .orElseThrow();
        assertThat(metric.lines()).isEqualTo(lines(0, 3));
        assertThat(metric.header("Content-type")).isEqualTo("text/plain; charset=utf-8");
        assertThat(metric.header("Authorization")).isEqualTo("Token s3cret");
        assertThat(metric.headers().keySet())
                .containsExactlyInAnyOrder(
                        "Accept-encoding",
                        "Authorization",
                        "Connection",
                        "Content-encoding",
                        "Content-length",
                        "Content-type",
                        "Host",
                        "User-agent");
        assertThat(rig.count("points_delivered", "category", "metric")).isEqualTo(3);
        assertThat(rig.count("posts", "category", "logging", "answer", "200")).isEqualTo(1);
        assertThat(rig.files()).isEmpty();
    }

    @Test
    void writesFilesForTheirOwnerOnly() throws Exception {
        target.answering = request -> new Reply(503);
        start();
        Path file = rig.spool(Category.METRIC, "func-call", lines(0, 1)).path();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
                .isEqualTo("rwx------");
    }

    @Test
    void sendsPlainLinesWithoutGzip() throws Exception {
        settings.gzip = false;
        start();
        rig.spool(Category.METRIC, "a", lines(0, 2));
        awaitEmptySpool();
        assertThat(target.accepted.get(0).header("Content-encoding")).isEmpty();
        assertThat(target.acceptedLines()).hasSize(2);
    }

    @Test
    void sendsTokenExactlyAsConfigured() throws Exception {
        settings.url = target.url() + "/base/?token=a+b%2Fc%25{{x}}~!$'()*,;:@|é";
        settings.metricPath = "/write?db=func&precision=n%20s";
        start();
        rig.spool(Category.METRIC, "a", lines(0, 1));
        awaitEmptySpool();
        assertThat(target.accepted.get(0).path())
                .isEqualTo("/base/write?token=a+b%2Fc%25%7B%7Bx%7D%7D%7E!$'()*,;:@%7C%C3%A9&db=func&precision=n%20s");
    }

    @Test
    void sendsNothingOfCategoryWithoutPath() throws Exception {
        settings.metricPath = "";
        start();
        rig.spool(Category.METRIC, "a", lines(0, 1));
        rig.spool(Category.LOGGING, "a", lines(1, 2));
        await().until(() -> target.accepted.size() == 1);
        assertThat(target.requests.get(0).path()).isEqualTo("/v1/write/logging");
    }

    @Test
    void drainsBacklogInOrderAndInFewRequests() throws Exception {
        settings.limits = new BatchLimits(1 << 20, 100, Duration.ZERO);
        target.answering = request -> new Reply(503);
        start();
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            rig.spool(Category.METRIC, "a", lines(10 * i, 10 * i + 10));
            all.append(lines(10 * i, 10 * i + 10));
        }
        target.answering = request -> new Reply(204);
        Instant begin = Instant.now();
        awaitEmptySpool();
        assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(5));
        assertThat(String.join("\n", target.acceptedLines()) + "\n").isEqualTo(all.toString());
        assertThat(target.accepted.size()).isBetween(20, 22);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 408, 425, 429, 500, 503, 401, 403, 404, 405, 301, 307})
    void triesAgainWithoutEndAndSendsTheSameBytes(int status) throws Exception {
        target.answering = request -> new Reply(status, "").with("Location", "/elsewhere");
        start();
        rig.spool(Category.METRIC, "a", lines(0, 3));
        await().until(() -> target.requests.size() >= 3);
        assertThat(rig.conditions.all()).containsKey("target.metric").doesNotContainKey("target.logging");
        boolean misconfigured = List.of(401, 403, 404, 405, 301, 307).contains(status);
        String reason = rig.conditions.all().get("target.metric").reason();
        if (misconfigured) {
            assertThat(reason).startsWith("configuration error: ");
        } else {
            assertThat(reason).doesNotContain("configuration error");
        }
        rig.spool(Category.METRIC, "a", lines(3, 6));
        target.answering = request -> new Reply(200);
        awaitEmptySpool();
        assertThat(target.acceptedLines()).hasSize(6);
        assertThat(target.requests.subList(0, 4)).allSatisfy(request -> assertThat(request.body())
                .isEqualTo(target.requests.get(0).body()));
        assertThat(rig.conditions.all()).isEmpty();
        assertThat(rig.files()).isEmpty();
        assertThat(rig.count("posts", "category", "metric", "answer", status == 0 ? "io" : "" + status))
                .isGreaterThanOrEqualTo(3);
    }

    @Test
    void goesOnWhenRefusedTargetComesUp() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        settings.url = "http://127.0.0.1:" + port + "?token=s3cret";
        start();
        rig.spool(Category.METRIC, "a", lines(0, 3));
        await().until(() -> rig.count("posts", "category", "metric", "answer", "io") >= 2);
        assertThat(rig.conditions.all().get("target.metric").reason())
                .contains("cannot be reached")
                .doesNotContain("s3cret");
        target.close();
        target = new FakeTarget(port);
        awaitEmptySpool();
        assertThat(target.acceptedLines()).hasSize(3);
    }

    @Test
    void triesAgainAfterTimeOut() throws Exception {
        settings.timeout = Duration.ofMillis(200);
        AtomicInteger count = new AtomicInteger();
        target.answering = request -> {
            if (count.getAndIncrement() == 0) {
                await().until(() -> count.get() > 1);
            }
            return new Reply(200);
        };
        start();
        rig.spool(Category.METRIC, "a", lines(0, 3));
        awaitEmptySpool();
        assertThat(rig.count("posts", "category", "metric", "answer", "io")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void waitsAsLongAsTheTargetAsks(boolean date) throws Exception {
        List<Instant> times = new ArrayList<>();
        target.answering = request -> {
            times.add(Instant.now());
            String after = date
                    ? DateTimeFormatter.RFC_1123_DATE_TIME.format(
                            Instant.now().plusSeconds(3).atOffset(ZoneOffset.UTC))
                    : "2";
            return times.size() == 1 ? new Reply(503).with("Retry-After", after) : new Reply(200);
        };
        start();
        rig.spool(Category.METRIC, "a", lines(0, 3));
        awaitEmptySpool();
        assertThat(Duration.between(times.get(0), times.get(1)))
                .isBetween(Duration.ofMillis(1900), Duration.ofMillis(4500));
    }

    @Test
    void keepsMetricsGoingWhileLogsWait() throws Exception {
        target.answering = request -> new Reply(request.path().endsWith("logging") ? 503 : 200);
        start();
        rig.spool(Category.LOGGING, "a", lines(0, 1));
        await().until(() -> !target.requests.isEmpty());
        rig.spool(Category.METRIC, "a", lines(1, 2));
        await().until(() -> target.accepted.size() == 1);
        assertThat(rig.conditions.all()).containsOnlyKeys("target.logging");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 413, 422})
    void givesUpOnlyTheRejectedLines(int status) throws Exception {
        settings.url = target.url() + "?token=s3cret";
        target.answering = poison(status, 17, 42);
        start();
        rig.spool(Category.LOGGING, "task-record", lines(0, 100));
        awaitEmptySpool();
        assertThat(target.acceptedLines()).hasSize(98);
        List<DeadLetters.Entry> letters = rig.deadLetters.of(Category.LOGGING).list();
        assertThat(letters).hasSize(1);
        assertThat(letters.get(0).lines()).isEqualTo(2);
        assertThat(letters.get(0).status()).isEqualTo(status);
        assertThat(letters.get(0).reason()).isEqualTo("rejected by the target");
        Path folder = data.resolve("dead-letter/logging");
        assertThat(folder.resolve(letters.get(0).file() + ".lp")).hasContent(line(17) + line(42));
        DeadLetterReport report = Reports.read(folder.resolve(letters.get(0).file() + ".json"));
        assertThat(report.target()).isEqualTo(target.url() + "/v1/write/logging?token=…");
        assertThat(report.answer()).isEqualTo("{\"message\":\"bad line, token ***\"}");
        assertThat(report.category()).isEqualTo("logging");
        assertThat(report.attempts()).isEqualTo(target.requests.size());
        assertThat(Instant.parse(report.when())).isBeforeOrEqualTo(Instant.now());
        assertThat(rig.files()).hasSize(2);
        assertThat(rig.count("dead_letter_lines", "category", "logging")).isEqualTo(2);
        assertThat(rig.count("points_delivered", "category", "logging")).isEqualTo(98);
    }

    @Test
    void givesUpWhollyRejectedBatchAfterFewRequests() throws Exception {
        target.answering = request -> new Reply(400, "unknown database");
        start();
        rig.spool(Category.METRIC, "a", lines(0, 1000));
        awaitEmptySpool();
        assertThat(target.requests).hasSize(17);
        List<DeadLetters.Entry> letters = rig.deadLetters.of(Category.METRIC).list();
        assertThat(letters).hasSize(1);
        assertThat(letters.get(0).lines()).isEqualTo(1000);
        assertThat(letters.get(0).reason()).contains("16 pieces");
        assertThat(data.resolve("dead-letter/metric/" + letters.get(0).file() + ".lp"))
                .hasContent(lines(0, 1000));
    }

    @Test
    void waitsInTheMiddleOfBisect() throws Exception {
        AtomicInteger count = new AtomicInteger();
        Function<Request, Reply> poison = poison(400, 3);
        target.answering = request -> count.incrementAndGet() % 2 == 0 ? new Reply(503) : poison.apply(request);
        start();
        rig.spool(Category.METRIC, "a", lines(0, 8));
        awaitEmptySpool();
        assertThat(target.acceptedLines()).hasSize(7).doesNotHaveDuplicates();
        assertThat(rig.deadLetters.of(Category.METRIC).list()).hasSize(1);
    }

    @Test
    void endsSoonDuringLongBackoffAndKeepsTheFiles() throws Exception {
        settings.retryDelay = Duration.ofSeconds(60);
        settings.retryMaxDelay = Duration.ofSeconds(60);
        target.answering = request -> new Reply(503);
        start();
        rig.spool(Category.METRIC, "a", lines(0, 3));
        await().until(() -> rig.conditions.all().containsKey("target.metric"));
        Instant begin = Instant.now();
        rig.close();
        assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(4));
        assertThat(rig.files()).anyMatch(file -> file.endsWith(".lp.gz"));
        byte[] first = target.requests.get(0).body();

        target.answering = request -> new Reply(200);
        rig = new DeliveryRig(data, settings);
        rig.start();
        rig.spool(Category.METRIC, "a", lines(3, 4));
        awaitEmptySpool();
        assertThat(target.accepted.get(0).body()).isEqualTo(first);
        assertThat(target.acceptedLines()).hasSize(4);
    }

    @Test
    void endsSoonWhileTheTargetHangs() throws Exception {
        settings.timeout = Duration.ofSeconds(30);
        AtomicInteger hanging = new AtomicInteger();
        target.answering = request -> {
            hanging.incrementAndGet();
            await().atMost(Duration.ofSeconds(40)).until(() -> hanging.get() > 1);
            return new Reply(200);
        };
        start();
        rig.camel.getShutdownStrategy().setTimeout(2);
        rig.spool(Category.METRIC, "a", lines(0, 3));
        await().until(() -> hanging.get() == 1);
        Instant begin = Instant.now();
        rig.close();
        hanging.incrementAndGet();
        assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(10));
        assertThat(rig.files()).anyMatch(file -> file.endsWith(".lp.gz"));
    }

    @Test
    void replaysDeadLettersAndKeepsTheirHistory() throws Exception {
        target.answering = poison(400, 1);
        start();
        rig.spool(Category.METRIC, "func-call", lines(0, 3));
        awaitEmptySpool();
        await().until(() -> rig.deadLetters.of(Category.METRIC).list().size() == 1);

        Replay.Result result = rig.replay.replay(List.of(), (done, files, count) -> {});
        assertThat(result.lines()).isEqualTo(1);
        await().until(() -> target.requests.size() > 5 || rig.count("dead_letter_lines", "category", "metric") == 2);
        awaitEmptySpool();
        List<DeadLetters.Entry> letters = rig.deadLetters.of(Category.METRIC).list();
        assertThat(letters).hasSize(1);
        DeadLetterReport report =
                Reports.read(data.resolve("dead-letter/metric/" + letters.get(0).file() + ".json"));
        assertThat(report.history()).hasSize(1);
        assertThat(report.history().get(0).status()).isEqualTo(400);

        target.answering = request -> new Reply(200);
        assertThat(rig.replay
                        .replay(List.of("gone", letters.get(0).file() + ".lp"), (done, files, count) -> {})
                        .errors())
                .containsExactly("there is no dead letter \"gone\" (any more); see func-observer dead-letters");
        await().until(() -> target.acceptedLines().contains(line(1).strip()));
        awaitEmptySpool();
        assertThat(rig.files()).isEmpty();
    }

    /** A kill -9 leaves the files, and the note of what was sent; nothing of the process is left. */
    @Test
    void resendsTheSameBytesAfterKill() throws Exception {
        AtomicInteger killed = new AtomicInteger();
        target.answering = request -> {
            killed.incrementAndGet();
            return new Reply(0);
        };
        settings.limits = new BatchLimits(1 << 20, 10_000, Duration.ofMillis(200));
        start();
        for (int i = 0; i < 5; i++) {
            rig.spool(Category.METRIC, "a", lines(10 * i, 10 * i + 10));
        }
        await().until(() -> killed.get() > 0);
        Path copy = Files.createDirectories(data.resolveSibling(data.getFileName() + "-after-kill"));
        for (String file : rig.files()) {
            Files.createDirectories(copy.resolve(file).getParent());
            Files.copy(data.resolve(file), copy.resolve(file));
        }
        rig.close();
        byte[] sent = target.requests.get(0).body();
        target.answering = request -> new Reply(200);

        DeliveryRig after = new DeliveryRig(copy, settings);
        after.spoolBeforeStart(Category.METRIC, lines(50, 60));
        after.start();
        try {
            await().until(() -> target.acceptedLines().size() == 60);
            assertThat(target.accepted.get(0).body()).isEqualTo(sent);
            await().untilAsserted(() -> assertThat(after.files()).isEmpty());
        } finally {
            after.close();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void writesDeadLettersOfResentBatchAnew(boolean rejectedAgain) throws Exception {
        target.answering = poison(400, 1);
        start();
        rig.spool(Category.METRIC, "a", lines(0, 4));
        await().until(() -> rig.deadLetters.of(Category.METRIC).list().size() == 1);
        awaitEmptySpool();
        Path spooled = rig.spoolBeforeStart(Category.METRIC, lines(0, 4));
        await().until(() -> rig.deadLetters.of(Category.METRIC).list().size() == 2);
        awaitEmptySpool();
        rig.close();
        // As if the process had been killed between the dead letter and the end of the batch.
        byte[] bytes = lines(0, 4).getBytes(StandardCharsets.UTF_8);
        Files.write(spooled, Gzip.pack(bytes, 0, bytes.length));
        Files.writeString(spooled.resolveSibling("in-flight"), spooled.getFileName() + "\n");
        if (!rejectedAgain) {
            target.answering = request -> new Reply(200);
        }
        start();
        awaitEmptySpool();
        assertThat(rig.deadLetters.of(Category.METRIC).list()).hasSize(rejectedAgain ? 2 : 1);
        assertThat(rig.files()).hasSize(rejectedAgain ? 4 : 2);
    }

    @Test
    void dropsOldestDeadLettersAboveTheirLimit() throws Exception {
        settings.deadLetterMaxSize = 1500;
        target.answering = request -> new Reply(400);
        start();
        for (int i = 0; i < 6; i++) {
            rig.spool(Category.METRIC, "a", lines(i, i + 1));
            awaitEmptySpool();
        }
        assertThat(rig.deadLetters.of(Category.METRIC).list()).hasSizeBetween(2, 5);
        assertThat(rig.count("points_dropped", "category", "metric", "reason", "dead_letter_full")
                        + rig.deadLetters.of(Category.METRIC).list().size())
                .isEqualTo(6);
    }

    @Test
    void keepsBatchUntilItsDeadLettersCanBeWritten() throws Exception {
        target.answering = poison(400, 1);
        start();
        Path folder = data.resolve("dead-letter/metric");
        Files.delete(folder);
        Files.createFile(folder);
        rig.spool(Category.METRIC, "a", lines(0, 3));
        await().until(() -> rig.conditions.all().containsKey("delivery.metric"));
        assertThat(rig.files()).anyMatch(file -> file.endsWith(".lp.gz"));
        Files.delete(folder);
        Files.createDirectory(folder);
        awaitEmptySpool();
        assertThat(target.acceptedLines()).hasSize(2);
        assertThat(rig.deadLetters.of(Category.METRIC).list()).hasSize(1);
        assertThat(rig.conditions.all()).isEmpty();
    }

    @Test
    void halvesBetweenLinesNotInsideStrings() throws Exception {
        String first = "m,t=\"a v=\"one\ntwo\nthree\" 1\n";
        String bad = "m v=\"bad\n\n\nm v=1 1\n\" 2\n";
        target.answering = request -> new Reply(request.lines().contains("bad") ? 422 : 204);
        start();
        byte[] text = (first + bad + first).getBytes(StandardCharsets.UTF_8);
        Spool spool = rig.spools.of(Category.LOGGING);
        String name = spool.newName("a", SpoolFile.Kind.RECORD, 3, text.length);
        Files.write(spool.folder().resolve(name + SpoolFile.PART), Gzip.pack(text, 0, text.length));
        spool.seal(name);
        awaitEmptySpool();
        assertThat(target.accepted).extracting(Request::lines).containsExactly(first, first);
        DeadLetters.Entry letter = rig.deadLetters.of(Category.LOGGING).list().get(0);
        assertThat(letter.lines()).isEqualTo(1);
        assertThat(Files.readString(data.resolve("dead-letter/logging/" + letter.file() + ".lp")))
                .isEqualTo(bad);
    }

    @Test
    void refusesSecondReplayAtOnce() throws Exception {
        target.answering = request -> new Reply(400);
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
        assertThat(refusal).singleElement().asString().startsWith("another replay is at work");
    }

    @Test
    void sendsWhatCanBeReadOfDamagedFile() throws Exception {
        target.answering = request -> new Reply(503);
        start();
        Path whole = rig.spool(Category.METRIC, "a", lines(0, 20000)).path();
        rig.close();
        byte[] bytes = Files.readAllBytes(whole);
        Files.write(whole, Arrays.copyOf(bytes, bytes.length / 2));
        target.requests.clear();
        target.answering = request -> new Reply(200);
        start();
        awaitEmptySpool();
        List<String> arrived = target.acceptedLines();
        assertThat(arrived.size()).isBetween(1000, 19999);
        assertThat(lines(0, arrived.size())).isEqualTo(String.join("\n", arrived) + "\n");
        DeadLetters.Entry letter = rig.deadLetters.of(Category.METRIC).list().get(0);
        assertThat(letter.reason()).startsWith("spool file damaged");
        assertThat(letter.lines()).isEqualTo(20000 - arrived.size());
    }

    @Test
    void deliversFilesPutThereByHand() throws Exception {
        start();
        byte[] text = lines(0, 5).getBytes(StandardCharsets.UTF_8);
        Files.write(data.resolve("spool/metric/by-hand.lp.gz"), Gzip.pack(text, 0, text.length));
        await().until(() -> target.acceptedLines().size() == 5);
        assertThat(rig.count("points_delivered", "category", "metric")).isEqualTo(5);
    }
}
