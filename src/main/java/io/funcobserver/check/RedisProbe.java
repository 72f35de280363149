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
public final class RedisProbe extends Probe {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    public RedisProbe() {
        super("redis", "func.redis.", "func.app-name", "tls.");
    }

    @Override
    protected void test(Settings settings, Findings found) {
        try (FuncRedis redis = FuncRedis.open(settings, TIMEOUT, TIMEOUT)) {
            List<String> denied = denied(redis.template(), settings);
            if (denied.isEmpty()) {
                found.ok(Endpoint.redis(settings).address() + "/" + settings.text("func.redis.database")
                        + ", every command is permitted");
            } else {
                found.fail("user " + RedisDiagnosis.user(settings) + " may not run " + String.join(", ", denied)
                        + " on all keys; run " + RedisDiagnosis.grant(settings));
            }
        } catch (ConfigurationException e) {
            throw e;
        } catch (RuntimeException e) {
            found.fail(new RedisDiagnosis(settings).of(e));
        }
    }

    private static List<String> denied(StringRedisTemplate template, Settings settings) {
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
        commands.forEach((name, command) -> {
            try {
                command.run();
            } catch (RuntimeException e) {
                // Not of a cause: a connection that cannot be made fails as a whole.
                String said = String.valueOf(e.getMessage());
                if (said.contains("NOPERM")) {
                    denied.add(name);
                } else if (!said.contains("WRONGTYPE")) {
                    throw e;
                }
            }
        });
        return denied;
    }

    private static void scan(StringRedisTemplate template) {
        // Not inside execute(): closing a cursor closes its connection, and Jedis would open it again without AUTH and
        // SELECT.
        try (Cursor<String> keys =
                template.scan(ScanOptions.scanOptions().count(1).build())) {
            keys.hasNext();
        }
    }
}
