package io.funcobserver.check;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import io.funcobserver.config.ConfigurationException;
import io.funcobserver.config.Settings;
import io.funcobserver.diagnosis.Endpoint;
import io.funcobserver.diagnosis.RedisDiagnosis;
import io.funcobserver.redis.FuncRedis;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.core.Cursor;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.ScanOptions;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Connects to Func's Redis and runs each command that the measurements use, once. */
public final class RedisProbe implements Probe {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    @Override
    public String subject() {
        return "redis";
    }

    @Override
    public List<String> properties() {
        return List.of("func.redis.", "func.app-name", "tls.");
    }

    @Override
    public List<Finding> test(Settings settings) {
        RedisDiagnosis diagnosis = new RedisDiagnosis(settings);
        try (FuncRedis redis = FuncRedis.open(settings, TIMEOUT, TIMEOUT)) {
            return commands(redis.template(), settings, diagnosis);
        } catch (ConfigurationException e) {
            return List.of(Finding.fail(subject(), e.getMessage()));
        } catch (RuntimeException e) {
            return List.of(Finding.fail(subject(), diagnosis.of(e)));
        }
    }

    private List<Finding> commands(StringRedisTemplate template, Settings settings, RedisDiagnosis diagnosis) {
        byte[] queue = (settings.text("func.app-name") + "-worker#workerQueue@0").getBytes(StandardCharsets.UTF_8);
        Map<String, Consumer<RedisConnection>> commands = new LinkedHashMap<>();
        commands.put("INFO", connection -> connection.serverCommands().info("memory"));
        commands.put("LLEN", connection -> connection.listCommands().lLen(queue));
        commands.put("SCAN", RedisProbe::scan);
        commands.put("TYPE", connection -> connection.keyCommands().type(queue));

        String denied = "";
        for (Map.Entry<String, Consumer<RedisConnection>> command : commands.entrySet()) {
            try {
                template.execute((RedisCallback<Object>) connection -> {
                    command.getValue().accept(connection);
                    return null;
                });
            } catch (RuntimeException e) {
                String text = String.valueOf(e.getMessage());
                if (text.contains("NOPERM")) {
                    denied += (denied.isEmpty() ? "" : ", ") + command.getKey();
                } else if (!text.contains("WRONGTYPE")) {
                    return List.of(Finding.fail(subject(), diagnosis.of(e)));
                }
            }
        }
        return List.of(denied.isEmpty() ? Finding.ok(subject(), where(settings)) : notPermitted(denied, settings));
    }

    private Finding notPermitted(String commands, Settings settings) {
        String user = settings.text("func.redis.username");
        String name = user == null ? "default" : user;
        return Finding.fail(
                subject(),
                "user " + name + " may not run " + commands + " on all keys; run ACL SETUSER " + name
                        + " ~* +select +info +llen +scan +type");
    }

    private static void scan(RedisConnection connection) {
        try (Cursor<byte[]> keys =
                connection.keyCommands().scan(ScanOptions.scanOptions().count(1).build())) {
            keys.hasNext();
        }
    }

    private static String where(Settings settings) {
        return Endpoint.redis(settings).address() + "/" + settings.text("func.redis.database")
                + ", every command is permitted";
    }
}
