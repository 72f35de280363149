package io.funcobserver.app;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

import io.funcobserver.demo.Answer;
import io.funcobserver.demo.EmbeddedMariaDb;
import io.funcobserver.demo.EmbeddedRedis;
import io.funcobserver.demo.FuncDatabase;
import io.funcobserver.demo.FuncSchema;
import io.funcobserver.demo.FuncSimulator;
import io.funcobserver.demo.Receiver;
import io.funcobserver.demo.RedisDatabase;
import io.funcobserver.observe.status.Browser;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestInstallation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The status page of the product as it runs, in a real browser. */
@Tag("browser")
@Slow
class StatusPageOfProductTest {
    /** What is promised for a fault. */
    private static final Duration SEEN = Duration.ofSeconds(60);

    private static final Duration BUSY = Duration.ofSeconds(90);

    private static final Map<String, String> MEASUREMENTS = Map.of(
            "func-call", "DFF_func_call",
            "task-record", "DFF_task_record",
            "task-record-func", "DFF_task_record_func");

    @BeforeEach
    void needsABrowser() {
        assumeTrue(Browser.installed().isPresent(), Browser.MISSING);
    }

    @Test
    void itsNumbersAreThoseOfTheReceiverAndOfTheMetrics() throws Exception {
        try (TestInstallation site = TestInstallation.open()) {
            site.only(MEASUREMENTS.keySet().toArray(String[]::new)).start();
            try (Browser browser = Browser.start()) {
                browser.open(site.page());
                browser.awaitData();
                FuncSimulator func = new FuncSimulator(site.database, site.redis, FuncSimulator.Settings.test());
                try (func) {
                    func.start();
                    for (int i = 0; i < 3; i++) {
                        assertThePageKeepsUp(browser, site);
                    }
                }

                assertNumbersSoon(browser, site, site.receiver);
                // Not every call has a cost to report, but each stands in its record.
                await("the calls").untilAsserted(() -> assertThat(browser.text("#tiles div:first-child"))
                        .contains(String.format(Locale.ENGLISH, "%,d in the last hour", calls(func))));
                assertThat(browser.complaints()).isEmpty();
                assertThat(browser.requests()).allSatisfy(url -> assertThat(url).startsWith(site.page()));
            }
        }
    }

    private static long calls(FuncSimulator func) {
        return func.written(FuncSchema.TASK_RECORD_FUNC).size();
    }

    /** While Func writes, the page shows no less than what the metrics said before it looked, and no more than after. */
    private static void assertThePageKeepsUp(Browser browser, TestInstallation site) {
        long spooled = spooled(site, "func-call");
        long received = site.receiver.accepted("DFF_func_call").size();
        long[] shown = {0, 0};
        await("the page to keep up").until(() -> {
            shown[0] = number(browser, "tr[data-measurement=func-call]", "points");
            shown[1] = number(browser, "#targets .node", "delivered");
            return shown[0] > spooled && shown[1] >= received;
        });
        assertThat(shown[0]).isLessThanOrEqualTo(spooled(site, "func-call"));
    }

    private static long spooled(TestInstallation site, String id) {
        return (long) site.metric("points_spooled_total", "measurement=\"" + id + "\"");
    }

    private interface Action {
        void run() throws Exception;
    }

    /** @param seen selector of a part of the page, and the words that stand there while the fault lasts */
    private record Fault(String name, Action begin, Map<String, List<String>> seen, Action end) {}

    @Test
    void everyFaultShowsWithinTenSecondsAndGoes() throws Exception {
        try (EmbeddedMariaDb mysql = EmbeddedMariaDb.started();
                EmbeddedRedis redis = EmbeddedRedis.started();
                TestInstallation site = new TestInstallation(
                        FuncDatabase.create(mysql.server(), "dataflux_func", FuncSchema.V6),
                        new RedisDatabase(redis.server(), 5),
                        Receiver.started());
                FuncSimulator func = site.func()) {
            site.only("func-call", "task-record", "worker-queue")
                    .set("spool.max-size", "128KiB")
                    .set("batch.max-bytes", "16KiB")
                    .set("retry.max-delay", "1s")
                    .start();
            try (Browser browser = Browser.start()) {
                browser.open(site.page());
                browser.awaitData();
                for (Fault fault : faults(mysql, redis, site, func)) {
                    comesAndGoes(fault, browser);
                }
                assertThat(browser.complaints()).isEmpty();
            }
        }
    }

    private static List<Fault> faults(
            EmbeddedMariaDb mysql, EmbeddedRedis redis, TestInstallation site, FuncSimulator func) {
        Receiver receiver = site.receiver;
        String target = "#targets .node";
        String problems = "#problem-list";
        Action rows = () -> func.insert(20);
        return List.of(
                new Fault(
                        "MySQL is stopped",
                        mysql::kill,
                        Map.of(
                                "#sources .node:nth-child(1)",
                                List.of("MySQL tables", "Down since", "start MySQL"),
                                problems,
                                List.of("Measurements func-call, task-record", "nothing listens at")),
                        mysql::start),
                new Fault(
                        "Redis is stopped",
                        redis::stop,
                        Map.of(
                                "#sources .node:nth-child(3)",
                                List.of("Redis", "Down since", "start Redis"),
                                problems,
                                List.of("Measurement worker-queue", "Redis lists of func-call, task-record")),
                        redis::start),
                new Fault(
                        "the target is stopped",
                        () -> {
                            receiver.stop();
                            rows.run();
                        },
                        Map.of(
                                target,
                                List.of("Down since", "nothing listens at", "next try", "attempt"),
                                "#delivery-rows",
                                List.of("no answer ×")),
                        receiver::start),
                answers(receiver, rows, 401, "check the token in target.url"),
                answers(receiver, rows, 503, "answered 503"),
                new Fault(
                        "lines are refused",
                        () -> {
                            receiver.refuse(line -> line.measurement().equals("DFF_func_call"));
                            rows.run();
                        },
                        Map.of(
                                "#dead-rows",
                                // Rejected line by line, or undecided as a whole: that depends on how many there are.
                                List.of("poison: DFF_func_call", "java -jar func-observer.jar replay "),
                                problems,
                                List.of("Dead letters", "refused for good")),
                        () -> {
                            receiver.refuse(line -> false);
                            deleteAll(site.data.resolve("dead-letter/main"));
                        }),
                new Fault(
                        "the spool is full",
                        () -> {
                            receiver.stop();
                            func.insert(3000);
                        },
                        Map.of("#spool .node", List.of("Down since"), problems, List.of("Spool of main")),
                        receiver::start));
    }

    private static Fault answers(Receiver receiver, Action rows, int status, String words) {
        return new Fault(
                "the target answers " + status,
                () -> {
                    receiver.answerWith(Answer.status(status));
                    rows.run();
                },
                Map.of("#targets .node", List.of("Down since", words), "#delivery-rows", List.of(status + " ×")),
                () -> receiver.answerWith(Answer.usual()));
    }

    private static void deleteAll(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }
    }

    private static void comesAndGoes(Fault fault, Browser browser) throws Exception {
        fault.begin().run();
        long begin = System.nanoTime();
        await(fault.name()).atMost(BUSY).untilAsserted(() -> fault.seen()
                .forEach((selector, words) -> assertThat(browser.text(selector)).contains(words)));
        assertInTime(fault.name(), begin);
        fault.end().run();
        long end = System.nanoTime();
        await("the end of: " + fault.name()).atMost(BUSY).untilAsserted(() -> {
            // A warning stays: the simulated Func has no heartbeat.
            assertThat(browser.text("#overall")).doesNotContain("problem");
            assertThat(browser.text("#picture")).doesNotContain("Down");
            assertThat(browser.text("#problem-list")).doesNotContain("Dead letters", "Redis lists");
        });
        assertInTime("the end of: " + fault.name(), end);
    }

    /** On a machine that has more to do than it can, the seconds say nothing of the product. */
    private static void assertInTime(String what, long begin) {
        OperatingSystemMXBean machine = ManagementFactory.getOperatingSystemMXBean();
        if (machine.getSystemLoadAverage() <= 1.5 * machine.getAvailableProcessors()) {
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).as(what).isLessThan(SEEN);
        }
    }

    private static void assertNumbersSoon(Browser browser, TestInstallation site, Receiver receiver) {
        await("the numbers to meet again").untilAsserted(() -> assertNumbers(browser, site, receiver));
    }

    private static void assertNumbers(Browser browser, TestInstallation site, Receiver receiver) throws Exception {
        Map<String, Long> shown = new HashMap<>();
        Map<String, Long> arrived = new HashMap<>();
        for (String id : MEASUREMENTS.keySet()) {
            shown.put(id, number(browser, "tr[data-measurement=" + id + "]", "points"));
            arrived.put(id, (long) receiver.accepted(MEASUREMENTS.get(id)).size());
            assertThat(shown.get(id)).isEqualTo(spooled(site, id));
        }
        assertThat(shown).isEqualTo(arrived).allSatisfy((id, points) -> assertThat(points)
                .isPositive());
        long delivered = arrived.values().stream().mapToLong(Long::longValue).sum();
        assertThat(number(browser, "#targets .node", "delivered")).isEqualTo(delivered);
        assertThat(browser.text("#targets .node")).contains(String.format(Locale.ENGLISH, "%,d points", delivered));
    }

    private static long number(Browser browser, String selector, String name) {
        return browser.eval("Number(document.querySelector('" + selector + "').dataset." + name + ")")
                .asLong();
    }
}
