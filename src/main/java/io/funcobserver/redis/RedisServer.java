package io.funcobserver.redis;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;

import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.RedisTemplate;

/** Asks Redis for {@code INFO}, which camel-spring-redis does not know. */
public final class RedisServer {
    private final RedisTemplate<?, ?> redis;
    private final String target;
    private final int database;

    /** @param target as the tag shows it: {@code host:port/db} */
    public RedisServer(RedisTemplate<?, ?> redis, String target, int database) {
        this.redis = redis;
        this.target = target;
        this.database = database;
    }

    /** One row: {@code target}, {@code keys} of the database, {@code used_memory} of the server in bytes. */
    public Map<String, Object> info() {
        Properties info = redis.execute((RedisCallback<Properties>)
                (RedisConnection connection) -> connection.serverCommands().info());
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("target", target);
        row.put("keys", keys(info.getProperty("db" + database)));
        String memory = info.getProperty("used_memory");
        row.put("used_memory", memory == null ? null : Long.valueOf(memory.strip()));
        return row;
    }

    /** @param keyspace like {@code keys=12,expires=3,avg_ttl=0}; null for a database without a key */
    static long keys(String keyspace) {
        if (keyspace == null) {
            return 0;
        }
        for (String pair : keyspace.strip().split(",")) {
            if (pair.startsWith("keys=")) {
                return Long.parseLong(pair.substring("keys=".length()));
            }
        }
        throw new IllegalStateException("Redis answers INFO with a keyspace of an unknown form: " + keyspace);
    }
}
