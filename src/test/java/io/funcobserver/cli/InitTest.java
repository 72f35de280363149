package io.funcobserver.cli;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;

import io.funcobserver.check.DirectoryProbe;
import io.funcobserver.check.MySqlProbe;
import io.funcobserver.check.Probe;
import io.funcobserver.check.RedisProbe;
import io.funcobserver.config.ConfigurationException;
import io.funcobserver.config.Settings;
import io.funcobserver.config.SettingsSources;
import io.funcobserver.demo.FuncDatabase;
import io.funcobserver.demo.FuncSchema;
import io.funcobserver.demo.RedisDatabase;
import io.funcobserver.demo.Servers;
import io.funcobserver.testing.Slow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Slow
class InitTest {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final List<String> asked = new ArrayList<>();

    @Test
    void testsAndWritesWhatWasSetWithoutAQuestion() throws Exception {
        try (FuncDatabase mySql = Servers.newDatabase(FuncSchema.V6)) {
            RedisDatabase redis = Servers.newRedisDatabase();
            List<String> given = List.of(
                    "target.url=http://127.0.0.1:9529?token=tkn_secret",
                    "data.directory=" + folder.resolve("data"),
                    "func.mysql.host=" + mySql.server().host(),
                    "func.mysql.port=" + mySql.server().port(),
                    "func.mysql.database=" + mySql.name(),
                    "func.mysql.username=" + mySql.server().user(),
                    "func.mysql.password=" + mySql.server().password(),
                    "func.redis.host=" + redis.host(),
                    "func.redis.port=" + redis.port(),
                    "func.redis.database=" + redis.number());
            Path file = folder.resolve("application.properties");
            int code = init(null, new MySqlProbe(), new RedisProbe(), new DirectoryProbe())
                    .run(file, given, Map.of());
            assertThat(code).as(out()).isZero();
            assertThat(out())
                    .contains("ok    mysql")
                    .contains("GRANT SELECT ON `" + mySql.name() + "`.* TO '")
                    .contains("ACL SETUSER default ~* +select")
                    .doesNotContain("tkn_secret");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            assertThat(Files.readString(file))
                    .contains("\n# number of the database\nfunc.redis.database=" + redis.number() + "\n")
                    .contains("\n# pause after each SCAN\n#measurement.cache-db-key.scan-pause=5ms\n");
            assertThat(Settings.read(new SettingsSources(List.of(), Map.of(), file), List.of())
                            .orThrow()
                            .effective())
                    .isEqualTo(Settings.read(new SettingsSources(given, Map.of(), null), List.of())
                            .orThrow()
                            .effective());
        }
    }

    @Test
    void asksForTheRestAndAgainForWhatIsMalformed() throws Exception {
        Path file = folder.resolve("application.properties");
        Deque<String> answers = new ArrayDeque<>(
                List.of("", "h:9529", "http://h:9529", "db", "x", "3307", "", "", "pass word", "", "", "", "office"));
        int code = init(answers).run(file, List.of("func.redis.host=r"), Map.of("FUNC_REDIS_PORT", "7000"));
        assertThat(code).isZero();
        assertThat(answers).isEmpty();
        assertThat(asked)
                .noneMatch(question -> question.startsWith("func.redis.host") || question.contains("redis.port"));
        assertThat(out())
                .contains("target.url: is required; give the base URL")
                .contains("target.url: the value does not begin with http://")
                .contains("func.mysql.port: \"x\" is not a whole number; give a port");
        Settings settings = Settings.read(new SettingsSources(List.of(), Map.of(), file), List.of())
                .orThrow();
        assertThat(settings.text("func.mysql.host")).isEqualTo("db");
        assertThat(settings.number("func.mysql.port")).isEqualTo(3307);
        assertThat(settings.text("func.mysql.password")).isEqualTo("pass word");
        assertThat(settings.number("func.redis.port")).isEqualTo(6379);
        assertThat(settings.text("func.site-name")).isEqualTo("office");
    }

    @Test
    void neverOverwritesAndWritesNothingHalf() throws Exception {
        Path file = Files.writeString(folder.resolve("application.properties"), "mine");
        assertThatThrownBy(() -> init(null).run(file, List.of("target.url=http://h"), Map.of()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("is not overwritten");
        assertThat(file).hasContent("mine");
        Path other = folder.resolve("other.properties");
        assertThatThrownBy(() -> init(null).run(other, List.of(), Map.of()))
                .hasMessageContaining("target.url: is required");
        assertThatThrownBy(() -> init(new ArrayDeque<>(List.of("http://h"))).run(other, List.of(), Map.of()))
                .hasMessageContaining("nothing was written");
        assertThat(other).doesNotExist();
    }

    @Test
    void writesWhatFailsItsTestAndSaysSo() throws Exception {
        Path file = folder.resolve("application.properties");
        List<String> given = List.of("target.url=http://h", "func.mysql.port=1", "logging.level.io=DEBUG");
        assertThat(init(null, new MySqlProbe()).run(file, given, Map.of())).isEqualTo(1);
        assertThat(out()).contains("nothing listens at 127.0.0.1:1").contains("does not work yet");
        assertThat(Files.readString(file)).contains("\nfunc.mysql.port=1\n").endsWith("\nlogging.level.io=DEBUG\n");
    }

    private Init init(Deque<String> answers, Probe... probes) {
        Application application = new NoApplication() {
            @Override
            public List<Probe> probes() {
                return List.of(probes);
            }
        };
        Init.Questions questions = answers == null
                ? null
                : (question, secret) -> {
                    asked.add(question);
                    assertThat(secret).isEqualTo(question.contains(".password,"));
                    return answers.poll();
                };
        return new Init(application, Console.of(out, out), questions);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }
}
