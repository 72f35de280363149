package io.funcobserver.check;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import io.funcobserver.config.Settings;
import io.funcobserver.demo.EmbeddedRedis;
import io.funcobserver.demo.FreePort;
import io.funcobserver.diagnosis.RedisDiagnosis;
import io.funcobserver.redis.FuncRedis;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestSettings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

import static org.assertj.core.api.Assertions.assertThat;

@Slow
class RedisProbeTest {
    private static EmbeddedRedis redis;

    @BeforeAll
    static void start() throws Exception {
        redis = EmbeddedRedis.started(
                "requirepass default-secret",
                "user observer on >observer-secret ~* -@all " + RedisDiagnosis.RIGHTS,
                "user half on >half-secret ~* +select +llen",
                "user none on >none-secret ~* +llen",
                "user open on nopass ~* +@all");
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @Test
    void theDocumentedCommandsAreEnough() {
        assertThat(probe(settings("observer", "observer-secret")))
                .singleElement()
                .asString()
                .matches("ok +redis +127.0.0.1:\\d+/5, every command is permitted");
    }

    @Test
    void runsNoOtherCommand() {
        try (Jedis admin = redis.connect(0)) {
            admin.configResetStat();
        }
        probe(settings("observer", "observer-secret"));
        try (Jedis admin = redis.connect(0)) {
            List<String> commands = Stream.of(admin.info("commandstats").split("\r\n"))
                    .filter(line -> line.startsWith("cmdstat_"))
                    .map(line -> line.substring("cmdstat_".length(), line.indexOf(':')))
                    .toList();
            assertThat(commands)
                    .contains("info", "llen", "scan", "select", "zcard", "hgetall")
                    .isSubsetOf(
                            "info",
                            "llen",
                            "scan",
                            "select",
                            "zcard",
                            "hgetall",
                            "auth",
                            "client",
                            "config|resetstat",
                            "config");
            assertThat(admin.info("commandstats").lines().filter(line -> line.startsWith("cmdstat_client")))
                    .allMatch(line -> line.contains("calls=2,") || line.contains("calls=1,"));
        }
    }

    @Test
    void namesTheCommandsThatAreNotPermitted() {
        assertThat(only(settings("half", "half-secret")))
                .isEqualTo("user half may not run INFO, ZCARD, HGETALL, SCAN on all keys; run ACL SETUSER half ~* "
                        + RedisDiagnosis.RIGHTS);
        assertThat(only(settings("none", "none-secret")))
                .contains("lacks a right; run ACL SETUSER none")
                .contains("+select");
    }

    @Test
    void namesTheRightPropertyForEachWayToLogIn() {
        assertThat(only(settings(null, null))).contains("requires a password; set func.redis.password");
        assertThat(only(settings(null, "wrong-secret")))
                .contains("refuses the password")
                .doesNotContain("wrong-secret");
        assertThat(only(settings("observer", "wrong-secret")))
                .contains("refuses user observer; correct func.redis.username and func.redis.password");
    }

    @Test
    void letsAUserWithoutPasswordIn() {
        assertThat(probe(settings("open", null))).extracting(Finding::level).containsExactly(Finding.Level.OK);
    }

    @Test
    void namesADatabaseThatDoesNotExist() {
        assertThat(only(settings(null, "default-secret").set("func.redis.database", 100_000)))
                .contains("has no database 100000; correct func.redis.database");
    }

    @Test
    void namesWhatCannotBeReached() throws Exception {
        assertThat(only(new TestSettings().set("func.redis.host", "no-such-host.invalid")))
                .startsWith("host no-such-host.invalid is unknown; correct func.redis.host");
        int port = FreePort.next();
        assertThat(only(new TestSettings().set("func.redis.port", port)))
                .startsWith("nothing listens at 127.0.0.1:" + port + "; start Redis");
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            assertThat(only(new TestSettings().set("func.redis.port", silent.getLocalPort())))
                    .contains("does not answer in time");
        }
    }

    @Test
    void saysThatRedisSpeaksNoTls() {
        assertThat(only(settings("observer", "observer-secret").set("func.redis.tls", true)))
                .contains("func.redis.tls");
    }

    @Test
    void theTemplateReadsAgainAfterARestart() throws Exception {
        try (EmbeddedRedis own = EmbeddedRedis.started()) {
            Settings settings = new TestSettings()
                    .set("func.redis.port", own.port())
                    .set("func.redis.database", 3)
                    .build();
            own.stop();
            try (FuncRedis connections = FuncRedis.open(settings, Duration.ofSeconds(5), Duration.ofSeconds(5))) {
                own.start();
                try (Jedis writer = own.connect(3)) {
                    writer.lpush("queue", "a", "b");
                }
                assertThat(connections.template().opsForList().size("queue")).isEqualTo(2);
            }
        }
    }

    private static TestSettings settings(String user, String password) {
        TestSettings settings = new TestSettings().set("func.redis.port", redis.port());
        if (user != null) {
            settings.set("func.redis.username", user);
        }
        return password == null ? settings : settings.set("func.redis.password", password);
    }

    private static String only(TestSettings settings) {
        List<Finding> findings = probe(settings);
        assertThat(findings).hasSize(1);
        assertThat(findings.get(0).level()).isEqualTo(Finding.Level.FAIL);
        return findings.get(0).text();
    }

    private static List<Finding> probe(TestSettings settings) {
        return new RedisProbe().test(settings.build());
    }
}
