package io.funcobserver.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.funcobserver.demo.Answer;
import io.funcobserver.demo.FuncDatabase;
import io.funcobserver.demo.FuncSchema;
import io.funcobserver.demo.Receiver;
import io.funcobserver.demo.RedisDatabase;
import io.funcobserver.demo.Request;
import io.funcobserver.testing.ProductProcess;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestInstallation;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** No secret comes out of the product, also when a server repeats it, and nobody else can read what it keeps. */
@Slow
class SecretsTest {
    private static final String MYSQL = "my5ql\"Gehe1m";
    private static final String REDIS = "r3dis-Gehe1m";
    private static final String TOKEN = "tkn_S3cret0fTheQuery";
    private static final String AUTHORIZATION = "auth0rization-Gehe1m";

    private static final List<String> SECRETS = List.of(
            MYSQL,
            REDIS,
            TOKEN,
            AUTHORIZATION,
            Base64.getEncoder().encodeToString(REDIS.getBytes(StandardCharsets.UTF_8)),
            "Gehe1m",
            "S3cret0f");

    @Test
    void aPropertyThatCamelDoesNotKnowKeepsItsValue() throws Exception {
        try (TestInstallation site = TestInstallation.open()) {
            site.set("camel.main.nosuch-password", TOKEN);
            ProductProcess.Ended ended = site.ended("run");
            assertThat(ended.exitCode()).isEqualTo(2);
            assertThat(ended.output())
                    .hasLineCount(1)
                    .contains("camel.main.nosuchPassword: Camel has no such property")
                    .doesNotContain(TOKEN)
                    .doesNotContain("@");
        }
    }

    @Test
    void noSecretComesOutThoughTheServersRepeatThem() throws Exception {
        String user = "observer_" + ProcessHandle.current().pid();
        try (TestInstallation site = TestInstallation.open()) {
            FuncDatabase func = site.database;
            RedisDatabase redis = site.redis;
            Receiver target = site.receiver;
            Path data = site.data;
            func.execute(
                    "CREATE USER '" + user + "'@'%' IDENTIFIED BY '" + MYSQL + "'",
                    "GRANT SELECT ON `" + func.name() + "`.* TO '" + user + "'@'%'");
            acl(
                    redis,
                    "SETUSER",
                    user,
                    "on",
                    ">" + REDIS,
                    "~*",
                    "+select",
                    "+info",
                    "+llen",
                    "+scan",
                    "+type",
                    "+lrange",
                    "+zcard",
                    "+zrangebyscore",
                    "+hgetall");
            Map<String, String> secret = Map.of(
                    "func.mysql.password",
                    MYSQL,
                    "func.redis.password",
                    REDIS,
                    "target.url",
                    target.url() + "?token=" + TOKEN,
                    "target.authorization",
                    "Token " + AUTHORIZATION);
            site.set("func.mysql.username", user)
                    .set("func.redis.username", user)
                    .set("logging.level.root", "DEBUG")
                    .set("logging.level.io.funcobserver", "TRACE")
                    .set("records.late-window", "1s");
            site.settings.putAll(secret);
            ProductProcess.Launch launch = ProductProcess.Launch.plain().told(secret);
            List<String> seen = new ArrayList<>();

            target.answerWith(request -> repeating(request, 401));
            try (ProductProcess run = site.command(launch, "run")) {
                func.insert(FuncSchema.TASK_RECORD, Map.of("id", "a"));
                for (int status : new int[] {401, 500, 302, 429}) {
                    target.answerWith(request -> repeating(request, status));
                    await().until(() -> site.health().contains("answered " + status));
                    seen.add(site.health());
                }
                target.answerWith(request -> repeating(request, 400));
                await().until(() -> site.metric("dead_letter_files", "category=\"logging\"") > 0);
                await().until(() -> site.metric("dead_letter_files", "category=\"metric\"") > 0);
                seen.add(site.metrics().text());
                assertOwnersAlone(data);
                if (Files.exists(Path.of("/proc/self/cmdline"))) {
                    seen.add(Files.readString(Path.of("/proc/" + run.process().pid() + "/cmdline")));
                }
                assertThat(run.process().descendants()).isEmpty();

                func.execute("ALTER USER '" + user + "'@'%' IDENTIFIED BY 'another'");
                acl(redis, "SETUSER", user, "resetpass", ">another");
                kill(func, redis, user);
                await().until(() -> site.health().contains("func.mysql.password"));
                await().until(() -> site.health().contains("func.redis.password"));
                seen.add(site.health());
                try (ProductProcess check = site.command(launch, "check");
                        ProductProcess letters = site.command(launch, "dead-letters")) {
                    check.exitCode();
                    letters.exitCode();
                    seen.add(check.output());
                    seen.add(letters.output());
                }
                target.answerWith(request -> repeating(request, 500));
                assertOwnersAlone(data);
                assertThat(run.stop().exitCode()).isZero();
                seen.add(run.output());
            } finally {
                func.execute("DROP USER '" + user + "'@'%'");
                acl(redis, "DELUSER", user);
            }
            // The secrets did go where they belong, and did come back.
            assertThat(target.requests())
                    .allMatch(request -> ("Token " + AUTHORIZATION).equals(request.header("Authorization")));
            assertThat(target.requests()).allMatch(request -> ("token=" + TOKEN).equals(request.query()));
            assertThat(String.join("\n", seen)).contains("DEBUG").contains("***");

            try (Stream<Path> files = Files.walk(data)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    seen.add(file + ": " + Files.readString(file, StandardCharsets.ISO_8859_1));
                }
            }
            for (String text : seen) {
                for (String each : SECRETS) {
                    int at = text.indexOf(each);
                    assertThat(at < 0 ? "" : text.substring(Math.max(0, at - 300), Math.min(text.length(), at + 100)))
                            .isEmpty();
                }
            }
        }
    }

    /** An answer that repeats what the request said, as proxies and gateways do in their error pages. */
    private static Answer repeating(Request request, int status) {
        return Answer.status(status)
                .header("Location", "http://127.0.0.1:1/elsewhere?" + request.query())
                .header("X-Request", request.query() + " " + request.header("Authorization"))
                .body("{\"error\":\"refused " + request.path() + "?" + request.query() + " with Authorization: "
                        + request.header("Authorization") + "\"}");
    }

    private static void kill(FuncDatabase func, RedisDatabase redis, String user) throws Exception {
        try (var connection = func.connect();
                var statement = connection.createStatement()) {
            statement.execute("KILL CONNECTION USER '" + user + "'");
        }
        try (Jedis jedis = redis.connect()) {
            jedis.sendCommand(Protocol.Command.CLIENT, "KILL", "USER", user);
        }
    }

    private static void acl(RedisDatabase redis, String... arguments) {
        try (Jedis jedis = redis.connect()) {
            jedis.sendCommand(Protocol.Command.ACL, arguments);
        }
    }

    private static void assertOwnersAlone(Path data) throws IOException {
        List<String> open = new ArrayList<>();
        try (Stream<Path> paths = Files.walk(data)) {
            // What is being written lies in a folder that is its owner's alone.
            for (Path path :
                    paths.filter(path -> !path.toString().endsWith(".part")).toList()) {
                try {
                    String permissions = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
                    if (!permissions.equals(Files.isDirectory(path) ? "rwx------" : "rw-------")) {
                        open.add(permissions + " " + path);
                    }
                } catch (java.nio.file.NoSuchFileException gone) {
                    // Delivered meanwhile.
                }
            }
        } catch (java.io.UncheckedIOException gone) {
            assertThat(gone).hasCauseInstanceOf(java.nio.file.NoSuchFileException.class);
        }
        assertThat(open).isEmpty();
        assertThat(data.resolve("cursors/task-record.json")).exists();
        assertThat(data.resolve("run.lock")).exists();
    }
}
