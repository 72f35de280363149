package io.funcobserver.faults;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.funcobserver.demo.EmbeddedMariaDb;
import io.funcobserver.demo.EmbeddedRedis;
import io.funcobserver.demo.FreePort;
import io.funcobserver.demo.FuncDatabase;
import io.funcobserver.demo.FuncSchema;
import io.funcobserver.demo.Receiver;
import io.funcobserver.demo.RedisDatabase;
import io.funcobserver.testing.ProductProcess;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestInstallation;
import io.funcobserver.tls.TestAuthority;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** TLS to all three by an authority of one's own: whoever is not vouched for, or is another, gets nothing. */
@Slow
class TlsTest {
    @TempDir
    static Path shared;

    private static TestAuthority ours;
    private static TestAuthority another;

    @AutoClose
    private static EmbeddedMariaDb mysql;

    @AutoClose
    private static EmbeddedRedis redis;

    private static int redisTlsPort;

    @AutoClose
    private TestInstallation site;

    @BeforeAll
    static void startServers() throws Exception {
        ours = new TestAuthority(shared.resolve("ours"), "ip:127.0.0.1");
        another = new TestAuthority(shared.resolve("another"), "ip:127.0.0.1");
        mysql = EmbeddedMariaDb.started(
                "--ssl-ca=" + ours.caFile(), "--ssl-cert=" + ours.certificateFile(), "--ssl-key=" + ours.keyFile());
        redisTlsPort = FreePort.next();
        redis = EmbeddedRedis.started(
                "tls-port " + redisTlsPort,
                "tls-cert-file " + ours.certificateFile(),
                "tls-key-file " + ours.keyFile(),
                "tls-ca-cert-file " + ours.caFile(),
                "tls-auth-clients no");
        try (FuncDatabase func = FuncDatabase.create(mysql.server(), "func", FuncSchema.V6)) {
            // From now on, no connection without TLS.
            func.execute(
                    "CREATE USER 'secure'@'%' IDENTIFIED BY 'secret' REQUIRE SSL",
                    "GRANT SELECT ON func.* TO 'secure'@'%'");
        }
    }

    private TestInstallation product(String host, TestAuthority trusted) throws Exception {
        FuncDatabase func = FuncDatabase.create(mysql.server(), "func", FuncSchema.V6);
        func.insert(FuncSchema.TASK_RECORD, Map.of("id", "secure"));
        Receiver target = Receiver.started(ours.serverContext());
        site = new TestInstallation(func, new RedisDatabase(redis.server(), 5), target)
                .set("func.mysql.username", "secure")
                .set("func.mysql.password", "secret")
                .set("func.mysql.tls", "true")
                .set("func.mysql.host", host)
                .set("func.redis.tls", "true")
                .set("func.redis.host", host)
                .set("func.redis.port", Integer.toString(redisTlsPort))
                .set("target.url", "https://" + host + ":" + target.port())
                .set("tls.ca-file", trusted.caFile().toString())
                .only("task-record", "worker-queue");
        return site.waitingForSources(Duration.ofSeconds(2));
    }

    @Test
    void readsAndDeliversByAnAuthorityOfItsOwn() throws Exception {
        product("127.0.0.1", ours).start();
        site.receiver.awaitAccepted("DFF_task_record", 1);
        site.receiver.awaitAccepted("DFF_worker_queue", 16);
        await().until(site::isUp);
        ProductProcess check = site.command("check");
        assertThat(check.exitCode()).as(check.output()).isZero();
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
        await().until(() -> health("measurement.task-record").contains(remedy));
        await().until(() -> health("measurement.worker-queue").contains(remedy));
        // The target's turn comes once there is something to send.
        site.stop();
        site.set("func.redis.tls", "false")
                .set("func.redis.host", redis.host())
                .set("func.redis.port", Integer.toString(redis.port()))
                .start();
        await().until(() -> health("target.metric").contains(remedy));
        assertThat(site.receiver.requests()).isEmpty();
        assertThat(site.metric("rows_read_total")).isZero();
    }

    /** What health says of this part. */
    private String health(String part) {
        String health = site.health();
        String[] parts = health.split("(?=(measurement|target|spool)\\.[a-z-]+ down since)");
        return List.of(parts).stream()
                .filter(text -> text.startsWith(part))
                .findFirst()
                .orElse("");
    }
}
