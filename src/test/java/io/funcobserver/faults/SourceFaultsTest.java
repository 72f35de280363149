package io.funcobserver.faults;

import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.funcobserver.config.Catalogue;
import io.funcobserver.demo.EmbeddedMariaDb;
import io.funcobserver.demo.EmbeddedRedis;
import io.funcobserver.demo.FuncDatabase;
import io.funcobserver.demo.FuncSchema;
import io.funcobserver.demo.FuncSimulator;
import io.funcobserver.demo.Receiver;
import io.funcobserver.demo.RedisDatabase;
import io.funcobserver.testing.Link;
import io.funcobserver.testing.Scrape;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestInstallation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import redis.clients.jedis.Jedis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Promise 4: a source that is away, hangs or refuses stops its own measurements, and they go on by themselves. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Slow
class SourceFaultsTest {
    private static final String READER = "'reader'@'127.0.0.1'";
    private static final List<String> BY_MYSQL = List.of("db-table", "func-call", "task-record", "task-record-func");
    private static final List<String> BY_REDIS = List.of("worker-queue", "cache-db", "cache-db-key");

    private EmbeddedMariaDb mariaDb;
    private EmbeddedRedis redis;
    private Link toMariaDb;
    private Link toRedis;
    private TestInstallation site;
    private FuncSimulator func;

    @BeforeAll
    void start() throws Exception {
        mariaDb = EmbeddedMariaDb.started();
        redis = EmbeddedRedis.started();
        FuncDatabase database = FuncDatabase.create(mariaDb.server(), "dataflux_func", FuncSchema.V6);
        try (Connection connection = mariaDb.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE USER " + READER + " IDENTIFIED BY 'one'");
            statement.execute("GRANT SELECT ON dataflux_func.* TO " + READER);
        }
        toMariaDb = new Link(mariaDb.port());
        toRedis = new Link(redis.port());
        site = new TestInstallation(database, new RedisDatabase(redis.server(), 5), Receiver.started());
        site.set("func.mysql.username", "reader").set("func.mysql.password", "one");
        site.set("func.mysql.port", String.valueOf(toMariaDb.port()));
        site.set("func.redis.port", String.valueOf(toRedis.port()));
        Catalogue.standardRouteIds().stream()
                .filter(id -> !TestInstallation.RECORDS.contains(id))
                .forEach(gauge -> site.set("measurement." + gauge + ".period", "200ms"));
        func = site.func();
        site.waitingForSources(Duration.ofSeconds(1)).start();
        func.insert(100);
        awaitAllWell();
    }

    @AfterAll
    void stop() throws Exception {
        site.close();
        toMariaDb.close();
        toRedis.close();
        redis.close();
        mariaDb.close();
    }

    @AfterEach
    void goesOnByItself() throws Exception {
        mariaDb.start();
        redis.start();
        site.receiver.start();
        func.insert(100);
        awaitAllWell();
        assertThat(site.ledger.differing()).as("resent otherwise").isEmpty();
    }

    private void awaitAllWell() {
        await().untilAsserted(() -> {
            assertThat(site.observed().health()).contains("\"UP\"").doesNotContain("down since");
            assertThat(site.ledger.lost(site.database)).as("rows lost").isEmpty();
        });
    }

    @Test
    void mariaDbIsShutDownAndStarted() throws Exception {
        mariaDb.stop();
        awaitDown(BY_MYSQL);
        assertOthersGoOn(BY_REDIS);
    }

    @Test
    void mariaDbCrashesAndStarts() throws Exception {
        mariaDb.kill();
        awaitDown(BY_MYSQL);
        assertOthersGoOn(BY_REDIS);
    }

    @Test
    void mariaDbHangsAndGoesOn() throws Exception {
        mariaDb.freeze();
        try {
            awaitDown(BY_MYSQL);
            assertOthersGoOn(BY_REDIS);
        } finally {
            mariaDb.thaw();
        }
    }

    @Test
    void mariaDbHangsAndIsStartedAnew() throws Exception {
        mariaDb.freeze();
        awaitDown(BY_MYSQL);
        mariaDb.kill();
    }

    @Test
    void mariaDbHangsWhileTheTargetIsDown() throws Exception {
        site.receiver.stop();
        func.insert(100);
        mariaDb.freeze();
        try {
            awaitDown(BY_MYSQL);
            site.receiver.start();
            await().until(() -> site.spooled("logging").isEmpty());
        } finally {
            mariaDb.thaw();
        }
    }

    @Test
    void passwordOfMariaDbIsChangedForAWhile() throws Exception {
        password("two");
        try {
            toMariaDb.cutAll();
            awaitDown(BY_MYSQL);
            awaitReason("refuses user");
            assertThat(site.observed().health()).doesNotContain("one\"");
            assertOthersGoOn(BY_REDIS);
        } finally {
            password("one");
        }
    }

    private void password(String password) throws Exception {
        try (Connection connection = mariaDb.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER USER " + READER + " IDENTIFIED BY '" + password + "'");
        }
    }

    @Test
    void mariaDbBreaksOffInTheMiddleOfPages() throws Exception {
        site.receiver.clear();
        for (int i = 1; i <= 5; i++) {
            int cuts = i;
            toMariaDb.cutAfter(150_000);
            func.insert(400);
            await().until(() -> toMariaDb.cuts() >= cuts);
        }
    }

    @Test
    void redisIsShutDownAndStarted() throws Exception {
        redis.stop();
        awaitDown(BY_REDIS);
        assertOthersGoOn(BY_MYSQL);
        assertRecordsGoOn();
    }

    @Test
    void redisHangsAndGoesOn() throws Exception {
        redis.freeze();
        try {
            awaitDown(BY_REDIS);
            assertOthersGoOn(BY_MYSQL);
            assertRecordsGoOn();
        } finally {
            redis.thaw();
        }
    }

    @Test
    void passwordOfRedisIsChangedForAWhile() throws Exception {
        try (Jedis admin = redis.connect(0)) {
            admin.configSet("requirepass", "two");
            try {
                toRedis.cutAll();
                awaitDown(BY_REDIS);
                awaitReason("requires a password");
                assertOthersGoOn(BY_MYSQL);
            } finally {
                admin.configSet("requirepass", "");
            }
        }
    }

    @Test
    void redisBreaksOffInTheMiddleOfAnswers() throws Exception {
        try (Jedis admin = redis.connect(5)) {
            for (int i = 0; i < 2000; i++) {
                admin.set("DataFluxFunc-monitor#topic" + i + "@name", "1");
            }
            toRedis.cutAfter(20_000);
            await().until(() -> toRedis.cuts() >= 1);
            admin.flushDB();
        }
    }

    private void awaitDown(List<String> measurements) {
        await().untilAsserted(() -> assertThat(site.observed().health())
                .contains(measurements.stream().map(SourceFaultsTest::down).toList()));
    }

    /** The connection that was cut is a reason of its own until the next one is refused. */
    private void awaitReason(String reason) {
        await().untilAsserted(() -> assertThat(site.observed().health()).contains(reason));
    }

    private static String down(String measurement) {
        return "measurement." + measurement + " down since";
    }

    /** They succeed while the other source is down, and are not down themselves. */
    private void assertOthersGoOn(List<String> measurements) throws Exception {
        Map<String, Double> before = successes(measurements);
        await().untilAsserted(() -> assertThat(successes(measurements))
                .allSatisfy((id, when) -> assertThat(when).isGreaterThan(before.get(id))));
        assertThat(site.observed().health())
                .doesNotContain(
                        measurements.stream().map(SourceFaultsTest::down).toList());
        int arrived = site.receiver.accepted().size();
        await().until(() -> site.receiver.accepted().size() > arrived);
    }

    private Map<String, Double> successes(List<String> measurements) throws Exception {
        Scrape metrics = site.observed().metrics();
        return measurements.stream()
                .collect(Collectors.toMap(
                        id -> id, id -> metrics.value("last_success_timestamp_seconds", "measurement=\"" + id + "\"")));
    }

    private void assertRecordsGoOn() throws Exception {
        func.insert(20);
        await().untilAsserted(() -> assertThat(site.ledger.lost(site.database)).isEmpty());
    }
}
