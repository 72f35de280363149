package io.funcobserver.faults;

import java.nio.file.Files;
import java.time.Duration;

import io.funcobserver.demo.Answer;
import io.funcobserver.demo.EmbeddedMariaDb;
import io.funcobserver.demo.EmbeddedRedis;
import io.funcobserver.demo.FuncDatabase;
import io.funcobserver.demo.FuncSchema;
import io.funcobserver.demo.FuncSimulator;
import io.funcobserver.demo.Receiver;
import io.funcobserver.demo.RedisDatabase;
import io.funcobserver.testing.ProductProcess;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestInstallation;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** SIGTERM at any time ends the product within 30 s with exit code 0, and what was read is on disk or delivered. */
@Slow
class StopTest {
    @AutoClose
    private final TestInstallation site =
            TestInstallation.open().set("logging.level.org.apache.camel.main.DefaultMainShutdownStrategy", "INFO");

    private final FuncSimulator func = site.func();

    @Test
    void stopsWhenIdle() throws Exception {
        func.insert(50);
        ProductProcess product = site.launch().awaitReady();
        site.awaitDelivered();
        // The samples share a request, which is sealed a moment later.
        await().until(site::isSpoolEmpty);
        stopWell(product);
        assertThat(site.isSpoolEmpty()).isTrue();
        deliversTheRestOnce(site);
    }

    @Test
    void stopsWhileRowsArrive() throws Exception {
        try (FuncSimulator busy = func.start()) {
            ProductProcess product = site.launch().awaitReady();
            await().until(() -> site.ledger.points() > 200);
            stopWell(product);
            assertThat(busy.lastFailure()).isNull();
        }
        deliversTheRestOnce(site);
    }

    @Test
    void stopsDuringALongWaitForTheTarget() throws Exception {
        site.set("retry.delay", "1h").set("retry.max-delay", "1h");
        site.receiver.answerWith(Answer.status(503).header("Retry-After", "3600"));
        func.insert(50);
        ProductProcess product = site.launch().awaitReady();
        await().until(() -> site.receiver.requests().size() >= 2);
        stopWell(product);
        deliversTheRestOnce(site);
    }

    @Test
    void stopsDuringARequestWithoutAnswer() throws Exception {
        site.set("target.timeout", "10m").set("target.connect-timeout", "10m");
        site.receiver.answerWith(Answer.noAnswer());
        func.insert(50);
        ProductProcess product = site.launch().awaitReady();
        await().until(() -> site.receiver.requests().size() >= 2);
        stopWell(product);
        deliversTheRestOnce(site);
    }

    @Test
    void stopsDuringQuickRetries() throws Exception {
        site.set("retry.delay", "1ms").set("retry.max-delay", "1ms");
        site.receiver.stop();
        func.insert(50);
        ProductProcess product = site.launch().awaitReady();
        await().until(() -> product.observed().metrics().value("posts_total", "answer=\"io\"") > 20);
        stopWell(product);
        site.receiver.start();
        deliversTheRestOnce(site);
    }

    @Test
    void stopsInTheMiddleOfABisect() throws Exception {
        site.receiver
                .answerWith(Answer.usual().after(Duration.ofMillis(200)))
                .refuse(line -> line.timestamp() % 10 == 3);
        func.insert(300);
        ProductProcess product = site.launch().awaitReady();
        await().until(() -> site.receiver.requests().stream()
                        .filter(request -> request.status() == 400)
                        .count()
                >= 4);
        stopWell(product);
        assertThat(site.isSpoolEmpty()).isFalse();
        deliversTheRest(site);
    }

    @Test
    void stopsWhileABacklogDrains() throws Exception {
        site.set("batch.max-lines", "20");
        site.receiver.answerWith(Answer.status(503));
        func.insert(1500);
        ProductProcess product = site.launch().awaitReady();
        await().until(() -> site.spooled("logging").size() >= 75);
        // So slow that the backlog lasts until the stop, also on a busy machine.
        site.receiver.answerWith(Answer.usual().after(Duration.ofMillis(400)));
        await().until(() -> site.ledger.points() > 60);
        stopWell(product);
        assertThat(site.isSpoolEmpty()).isFalse();
        deliversTheRestOnce(site);
    }

    @Test
    void stopsDuringItsStart() throws Exception {
        func.insert(50);
        ProductProcess product = site.launch();
        await().until(() -> Files.exists(site.data.resolve("run.lock")));
        assertThat(product.stop().exitCode()).isZero();
        deliversTheRestOnce(site);
    }

    @Test
    void stopsWhileTheSourcesHang() throws Exception {
        try (EmbeddedMariaDb mariaDb = EmbeddedMariaDb.started();
                EmbeddedRedis redis = EmbeddedRedis.started();
                TestInstallation hanging = new TestInstallation(
                        FuncDatabase.create(mariaDb.server(), "dataflux_func", FuncSchema.V6),
                        new RedisDatabase(redis.server(), 5),
                        Receiver.started())) {
            hanging.set("records.page-size", "50");
            hanging.func().insert(3000);
            ProductProcess product = hanging.launch().awaitReady();
            await().until(() -> hanging.ledger.points() > 0);
            mariaDb.freeze();
            redis.freeze();
            try {
                stopWell(product);
            } finally {
                mariaDb.thaw();
                redis.thaw();
            }
            deliversTheRestOnce(hanging);
        }
    }

    private static void stopWell(ProductProcess product) {
        ProductProcess.Ended ended = product.stop();
        assertThat(ended.exitCode()).as(ended.output()).isZero();
        // Camel's hook would stop it at the same time as ours; where both begin at once, each waits for the other to do
        // so.
        assertThat(ended.output())
                .contains("everything read is safe on disk")
                .doesNotContain("ERROR")
                .doesNotContain("shutdown hook");
    }

    private static void deliversTheRest(TestInstallation site) throws Exception {
        site.receiver.answerWith(Answer.usual()).refuse(line -> false);
        site.start();
        site.awaitDelivered();
        site.stop();
        assertThat(site.files()).noneMatch(file -> file.endsWith(".part"));
    }

    private static void deliversTheRestOnce(TestInstallation site) throws Exception {
        deliversTheRest(site);
        assertThat(site.ledger.resent()).as("lines sent twice").isZero();
    }
}
