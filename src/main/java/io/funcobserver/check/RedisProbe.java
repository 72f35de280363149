package io.funcobserver.check;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.funcobserver.config.ConfigurationException;
import io.funcobserver.config.Settings;
import io.funcobserver.diagnosis.Endpoint;
import io.funcobserver.diagnosis.RedisDiagnosis;
import io.funcobserver.func.Queues;
import io.funcobserver.redis.FuncRedis;
import org.springframework.data.redis.core.RedisCallback;
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
        List<List<String>> commands = List.of(
                List.of("INFO", "memory"),
                List.of("LLEN", queue),
                List.of("ZCARD", queue),
                List.of("HGETALL", queue),
                List.of("SCAN", "0", "COUNT", "1"));
        List<String> denied = new ArrayList<>();
        for (List<String> command : commands) {
            byte[][] arguments = command.stream().skip(1).map(String::getBytes).toArray(byte[][]::new);
            try {
                template.execute((RedisCallback<Object>) redis -> redis.execute(command.get(0), arguments));
            } catch (RuntimeException e) {
                // Not of a cause: a connection that cannot be made fails as a whole.
                String said = String.valueOf(e.getMessage());
                if (said.contains("NOPERM")) {
                    denied.add(command.get(0));
                } else if (!said.contains("WRONGTYPE")) {
                    throw e;
                }
            }
        }
        return denied;
    }
}
