package io.funcobserver.check;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

import io.funcobserver.config.ConfigurationException;
import io.funcobserver.config.Settings;
import io.funcobserver.diagnosis.Endpoint;
import io.funcobserver.diagnosis.RedisDiagnosis;
import io.funcobserver.func.Queues;
import io.funcobserver.redis.FuncRedis;
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
        String queue = new Queues(settings.text("func.app-name"), Queues.WORKER, 1)
                .all()
                .get(0)
                .key();
        Map<String, Runnable> commands = new LinkedHashMap<>();
        commands.put(
                "INFO",
                () -> template.execute((RedisCallback<Properties>)
                        connection -> connection.serverCommands().info("memory")));
        commands.put("LLEN", () -> template.opsForList().size(queue));
        commands.put("ZCARD", () -> template.opsForZSet().zCard(queue));
        commands.put("HGETALL", () -> template.opsForHash().entries(queue));
        commands.put("SCAN", () -> scan(template));

        List<String> denied = new ArrayList<>();
        for (Map.Entry<String, Runnable> command : commands.entrySet()) {
            try {
                command.getValue().run();
            } catch (RuntimeException e) {
                String text = String.valueOf(e.getMessage());
                if (text.contains("NOPERM")) {
                    denied.add(command.getKey());
                } else if (!text.contains("WRONGTYPE")) {
                    return List.of(Finding.fail(subject(), diagnosis.of(e)));
                }
            }
        }
        return List.of(
                denied.isEmpty()
                        ? Finding.ok(subject(), where(settings))
                        : notPermitted(String.join(", ", denied), settings));
    }

    private Finding notPermitted(String commands, Settings settings) {
        String user = settings.text("func.redis.username");
        return Finding.fail(
                subject(),
                "user " + (user == null ? "default" : user) + " may not run " + commands + " on all keys; run "
                        + RedisDiagnosis.grant(settings));
    }

    private static void scan(StringRedisTemplate template) {
        // Not inside execute(): closing a cursor closes its connection, and Jedis would open it again without AUTH and
        // SELECT.
        try (Cursor<String> keys =
                template.scan(ScanOptions.scanOptions().count(1).build())) {
            keys.hasNext();
        }
    }

    private static String where(Settings settings) {
        return Endpoint.redis(settings).address() + "/" + settings.text("func.redis.database")
                + ", every command is permitted";
    }
}
