package io.funcobserver.faults;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.funcobserver.demo.Answer;
import io.funcobserver.demo.FuncSchema;
import io.funcobserver.demo.FuncSimulator;
import io.funcobserver.demo.Line;
import io.funcobserver.demo.Receiver;
import io.funcobserver.demo.Request;
import io.funcobserver.testing.Ledger;
import io.funcobserver.testing.ProductProcess;
import io.funcobserver.testing.Scrape;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestInstallation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** Promises 1 to 4 while the target misbehaves: nothing is lost, nothing given up that need not be, nothing waits in vain. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Slow
class TargetFaultsTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private TestInstallation site;
    private Receiver receiver;
    private FuncSimulator func;

    @BeforeAll
    void start() throws Exception {
        site = TestInstallation.open().set("target.timeout", "500ms").set("target.connect-timeout", "500ms");
        receiver = site.receiver;
        func = site.func();
        site.start();
    }

    @AfterAll
    void stop() throws Exception {
        site.close();
    }

    @BeforeEach
    void wellAtFirst() {
        receiver.answerWith(Answer.usual()).refuse(line -> false).refuseDecodedAbove(Long.MAX_VALUE);
        receiver.clear();
    }

    @AfterEach
    void losesNothingAndSendsRightBodies() throws Exception {
        receiver.answerWith(Answer.usual()).refuse(line -> false).refuseDecodedAbove(Long.MAX_VALUE);
        awaitDelivered(site);
        assertThat(site.ledger.differing()).as("resent otherwise").isEmpty();
        assertThat(receiver.requests())
                .filteredOn(request -> request.status() == 200)
                .allSatisfy(request -> {
                    assertThat(request.header("Content-Encoding")).isEqualTo("gzip");
                    // The receiver takes a body that it cannot unpack, as DataKit does, and finds no line in it.
                    assertThat(request.lines()).isNotEmpty();
                });
    }

    /** Of each kind one: DeliveryRouteTest goes through the statuses. */
    static Stream<Arguments> passingFaults() {
        Supplier<Answer> soon = () -> Answer.status(429)
                .header(
                        "Retry-After",
                        DateTimeFormatter.RFC_1123_DATE_TIME.format(
                                Instant.now().plusSeconds(1).atOffset(ZoneOffset.UTC)));
        return Stream.of(
                fault("reset in the body", Answer::resetInBody),
                fault("reset before the answer", Answer::resetBeforeAnswer),
                fault("reset after the body was stored", Answer::storeThenReset),
                fault("no answer", Answer::noAnswer),
                fault("500 after the body was stored", () -> Answer.storeThenStatus(500)),
                fault("503 with seconds", () -> Answer.status(503).header("Retry-After", "1")),
                fault("429 with a date", soon),
                fault("401", () -> Answer.status(401)),
                fault("301", () -> Answer.status(301).header("Location", "http://127.0.0.1:1/elsewhere")));
    }

    private static Arguments fault(String name, Supplier<Answer> answer) {
        return arguments(name, answer);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("passingFaults")
    void waitsOutAndResendsTheSameBytes(String name, Supplier<Answer> answer) throws Exception {
        receiver.answerWith(request -> answer.get());
        func.insert(40);
        await().atMost(LONG)
                .until(() -> refused("metric").size() >= 2 && refused("logging").size() >= 2);
        assertThat(site.deadLetters()).isEmpty();
        for (String category : List.of("metric", "logging")) {
            byte[] first = refused(category).get(0);
            assertThat(refused(category))
                    .as("%s bodies while %s lasts", category, name)
                    .allSatisfy(body -> assertThat(body).isEqualTo(first));
        }
    }

    @Test
    void reportsAnswersThatNoContentChangesAsConfigurationErrors() throws Exception {
        receiver.answerWith(Answer.status(401).body("no such token"));
        func.insert(1);
        await().atMost(LONG).untilAsserted(() -> assertThat(site.observed().health())
                .contains("configuration error")
                .contains("401")
                .contains("no such token")
                .contains("target.authorization"));
        receiver.answerWith(Answer.usual());
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(site.observed().health()).doesNotContain("configuration error"));
    }

    @Test
    void readsOnWhileTheTargetRefusesAndFuncTrims() throws Exception {
        receiver.stop();
        FuncSimulator trimming = new FuncSimulator(
                site.database,
                null,
                FuncSimulator.Settings.test().withTrims(true).withSeed(2));
        for (int i = 0; i < 10; i++) {
            trimming.insert(700);
            awaitRead();
        }
        assertThat(site.database.number("SELECT COUNT(*) FROM " + FuncSchema.TASK_RECORD))
                .as("rows that Func kept")
                .isLessThan(trimming.written(FuncSchema.TASK_RECORD).size());
        receiver.start();
        awaitDelivered(site);
        assertThat(trimming.written()).allSatisfy(row -> assertThat(site.ledger.has(measurement(row), row.id()))
                .as(row.toString())
                .isTrue());
        assertThat(site.observed().metrics().value("rows_missed_total", "measurement=\"task-record\""))
                .isZero();
    }

    private static String measurement(FuncSimulator.Written row) {
        return row.table().equals(FuncSchema.TASK_RECORD) ? "DFF_task_record" : "DFF_task_record_func";
    }

    @Test
    void keepsMetricsGoingWhileLogsAreBackloggedAndTheOtherWayRound() throws Exception {
        for (String down : List.of("metric", "logging")) {
            String up = down.equals("metric") ? "logging" : "metric";
            receiver.answerWith(request -> isOf(request, down) ? Answer.noAnswer() : Answer.usual());
            func.insert(10);
            await().atMost(LONG).until(() -> requests(down).size() >= 1);
            long before = requests(up).size();
            func.insert(10);
            await().atMost(LONG).until(() -> requests(up).size() >= before + 1);
            assertThat(site.spooled(down)).isNotEmpty();
            await().atMost(LONG).until(() -> site.ledger.lost(site.database).stream()
                    .allMatch(row -> row.startsWith("call") == down.equals("metric")));
            receiver.answerWith(Answer.usual());
            awaitDelivered(site);
        }
    }

    @Test
    void honoursRetryAfterOfEachCategoryForItself() throws Exception {
        receiver.answerWith(
                request -> isOf(request, "logging") ? Answer.status(429).header("Retry-After", "2") : Answer.usual());
        func.insert(10);
        await().atMost(LONG).until(() -> requests("logging").size() >= 2);
        List<Request> logging = requests("logging");
        assertThat(Duration.between(logging.get(0).time(), logging.get(1).time()))
                .isGreaterThan(Duration.ofMillis(1900));
        assertThat(requests("metric"))
                .filteredOn(request -> request.time().isAfter(logging.get(0).time())
                        && request.time().isBefore(logging.get(1).time()))
                .as("metrics meanwhile")
                .isNotEmpty();
    }

    @Test
    void halvesBodiesThatAreTooLarge() throws Exception {
        receiver.refuseDecodedAbove(200_000);
        func.insert(1000);
        awaitDelivered(site);
        assertThat(receiver.requests()).anyMatch(request -> request.status() == 413);
        assertThat(site.deadLetters()).isEmpty();
    }

    @Test
    void givesUpPoisonLinesOnly() throws Exception {
        giveUpPoison(receiver::refuse, "pars");
    }

    @Test
    void givesUpTheLinesThatAPartialWriteDropped() throws Exception {
        giveUpPoison(receiver::refuseInPart, "partial write");
    }

    private void giveUpPoison(Function<Predicate<Line>, Receiver> refuse, String reason) throws Exception {
        refuse.apply(TargetFaultsTest::isPoison);
        func.insert(400);
        await().atMost(LONG).until(() -> lostBesidesPoison().isEmpty() && site.isSpoolEmpty());
        assertThat(site.deadLines()).isNotEmpty().allMatch(TargetFaultsTest::isPoison);
        String report = site.deadLetters().get(0).replaceAll("lp$", "json");
        assertThat(site.data.resolve(report))
                .content()
                .contains("\"status\" : 400")
                .contains(reason);
        receiver.refuse(line -> false);
        ProductProcess.Ended replay = site.command("replay").awaitEnd(LONG);
        assertThat(replay.exitCode()).isZero();
    }

    private List<String> lostBesidesPoison() throws SQLException {
        Ledger given = new Ledger();
        site.deadLines().forEach(given::arrived);
        List<String> lost = new ArrayList<>(site.ledger.lost(site.database));
        lost.retainAll(given.lost(site.database));
        return lost;
    }

    /** One row in fifty. */
    private static boolean isPoison(Line line) {
        return line.timestamp() % 50 == 7;
    }

    @SuppressWarnings("try")
    @Test
    void drainsBacklogInOrderAndAtFullSpeed() throws Exception {
        try (TestInstallation busy = TestInstallation.open().set("batch.max-lines", "20")) {
            busy.receiver.answerWith(Answer.status(503));
            busy.start();
            FuncSimulator writing = busy.func();
            writing.insert(4000);
            await().atMost(LONG).until(() -> busy.spooled("logging").size() >= 200);
            int files = busy.spooled("logging").size();
            busy.receiver.clear();
            busy.receiver.answerWith(Answer.usual());
            awaitDelivered(busy);
            assertThat(gaps(busy.receiver.requests()))
                    .as("pauses between %d requests", files)
                    .filteredOn(gap -> gap.compareTo(Duration.ofMillis(50)) < 0)
                    .as("and those of them that are much shorter than the 100 ms after which the spool is looked at")
                    .hasSizeGreaterThan(files / 4);
            Map<String, Long> numbers = writing.written().stream()
                    .collect(Collectors.toMap(FuncSimulator.Written::id, FuncSimulator.Written::seq));
            for (String measurement : List.of("DFF_task_record", "DFF_task_record_func")) {
                assertThat(busy.receiver.accepted(measurement).stream()
                                .map(line -> numbers.get(line.tag("id")))
                                .toList())
                        .as("seq of %s as they came", measurement)
                        .isSortedAccordingTo(Comparator.naturalOrder());
            }
            busy.stop();
        }
    }

    /** Between the requests for logs, from one to the next. */
    private static List<Duration> gaps(List<Request> requests) {
        List<Instant> times = requests.stream()
                .filter(request -> isOf(request, "logging"))
                .map(Request::time)
                .sorted()
                .toList();
        return IntStream.range(1, times.size())
                .mapToObj(i -> Duration.between(times.get(i - 1), times.get(i)))
                .toList();
    }

    private List<Request> requests(String category) {
        return receiver.requests().stream()
                .filter(request -> isOf(request, category))
                .toList();
    }

    /** The bodies of a category that were not answered 200: one that was on its way when the fault began may have been. */
    private List<byte[]> refused(String category) {
        return requests(category).stream()
                .filter(request -> request.status() != 200)
                .map(Request::body)
                .toList();
    }

    private static boolean isOf(Request request, String category) {
        return request.path().endsWith(category);
    }

    private void awaitRead() {
        await().atMost(LONG).pollInterval(Duration.ofMillis(20)).until(() -> {
            Scrape metrics = site.observed().metrics();
            long internal = site.database.number("SELECT COALESCE(MAX(seq), 0) FROM " + FuncSchema.TASK_RECORD);
            long calls = site.database.number("SELECT COALESCE(MAX(seq), 0) FROM " + FuncSchema.TASK_RECORD_FUNC);
            return metrics.value("rows_read_total", "measurement=\"task-record\"") >= internal
                    && metrics.value("rows_read_total", "measurement=\"func-call\"") >= calls
                    && metrics.value("rows_read_total", "measurement=\"task-record-func\"") >= calls;
        });
    }

    private static void awaitDelivered(TestInstallation site) {
        await().atMost(LONG).pollInterval(Duration.ofMillis(50)).untilAsserted(() -> {
            assertThat(site.ledger.lost(site.database)).as("rows lost").isEmpty();
            assertThat(site.files())
                    .filteredOn(file -> file.startsWith("spool/") && file.contains("_record_"))
                    .isEmpty();
        });
    }
}
