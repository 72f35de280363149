package io.funcobserver.faults;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.funcobserver.app.TestSettings;
import io.funcobserver.demo.EmbeddedMariaDb;
import io.funcobserver.demo.EmbeddedRedis;
import io.funcobserver.demo.FuncDatabase;
import io.funcobserver.demo.FuncSchema;
import io.funcobserver.demo.Receiver;
import io.funcobserver.demo.RedisDatabase;
import io.funcobserver.testing.Slow;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** TLS to all three by an authority of one's own: whoever is not vouched for, or is another, gets nothing. */
@Slow
class TlsTest {
    @TempDir
    static Path shared;

    private static Authority ours;
    private static Authority another;
    private static EmbeddedMariaDb mysql;
    private static EmbeddedRedis redis;
    private static FuncDatabase func;
    private static int redisTlsPort;

    @TempDir
    Path data;

    private Receiver target;
    private ProductRig product;

    @BeforeAll
    static void startServers() throws Exception {
        ours = Authority.in(shared.resolve("ours"), "ip:127.0.0.1");
        another = Authority.in(shared.resolve("another"), "ip:127.0.0.1");
        mysql = EmbeddedMariaDb.started(
                "--ssl-ca=" + ours.ca(), "--ssl-cert=" + ours.certificate(), "--ssl-key=" + ours.key());
        redisTlsPort = ProductRig.freePort();
        redis = EmbeddedRedis.started(
                "tls-port " + redisTlsPort,
                "tls-cert-file " + ours.certificate(),
                "tls-key-file " + ours.key(),
                "tls-ca-cert-file " + ours.ca(),
                "tls-auth-clients no");
        func = FuncDatabase.create(mysql.server(), "func", FuncSchema.V6);
        func.insert(FuncSchema.TASK_RECORD, Map.of("id", "secure"));
        // From now on, no connection without TLS.
        func.execute(
                "CREATE USER 'secure'@'%' IDENTIFIED BY 'secret' REQUIRE SSL",
                "GRANT SELECT ON func.* TO 'secure'@'%'");
    }

    @AfterAll
    static void stopServers() {
        if (redis != null) {
            redis.close();
        }
        if (mysql != null) {
            mysql.close();
        }
    }

    private ProductRig product(String host, Authority trusted) throws Exception {
        target = Receiver.started(ours.server());
        product = new ProductRig(TestSettings.of(func, new RedisDatabase(redis.server(), 5), target.url(), data))
                .set("func.mysql.username", "secure")
                .set("func.mysql.password", "secret")
                .set("func.mysql.tls", "true")
                .set("func.mysql.host", host)
                .set("func.redis.tls", "true")
                .set("func.redis.host", host)
                .set("func.redis.port", Integer.toString(redisTlsPort))
                .set("target.url", "https://" + host + ":" + target.port())
                .set("tls.ca-file", trusted.ca().toString())
                .only("task-record", "worker-queue");
        return product;
    }

    @AfterEach
    void close() throws Exception {
        product.close();
        target.close();
    }

    @Test
    void readsAndDeliversByAnAuthorityOfItsOwn() throws Exception {
        product("127.0.0.1", ours).start();
        target.awaitAccepted("DFF_task_record", 1, Duration.ofSeconds(30));
        target.awaitAccepted("DFF_worker_queue", 16, Duration.ofSeconds(30));
        ProductRig.soon().until(product::isUp);
        try (ProductProcess check = ProductProcess.Launch.plain()
                .start(data.resolveSibling(data.getFileName() + "-check"), product.settings(), "check")) {
            assertThat(check.exitCode()).as(check.output()).isZero();
        }
    }

    @Test
    void refusesServersOfAnotherAuthority() throws Exception {
        product("127.0.0.1", another).start();
        assertRefused("tls.ca-file");
    }

    @Test
    void refusesServersOfAnotherName() throws Exception {
        product("localhost", ours).start();
        assertRefused("host name");
    }

    private void assertRefused(String remedy) throws Exception {
        ProductRig.soon().until(() -> health("measurement.task-record").contains(remedy));
        ProductRig.soon().until(() -> health("measurement.worker-queue").contains(remedy));
        // The target's turn comes once there is something to send.
        product.stop();
        product.set("func.redis.tls", "false")
                .set("func.redis.host", redis.host())
                .set("func.redis.port", Integer.toString(redis.port()))
                .start();
        ProductRig.soon().until(() -> health("target.metric").contains(remedy));
        assertThat(target.requests()).isEmpty();
        assertThat(product.metric("rows_read_total")).isZero();
    }

    /** What health says of this part. */
    private String health(String part) {
        String health = product.health();
        String[] parts = health.split("(?=(measurement|target|spool)\\.[a-z-]+ down since)");
        return List.of(parts).stream()
                .filter(text -> text.startsWith(part))
                .findFirst()
                .orElse("");
    }
}
