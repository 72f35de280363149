package io.funcobserver.check;

import java.util.HashMap;
import java.util.Map;

import io.funcobserver.config.Settings;
import io.funcobserver.demo.FuncDatabase;
import io.funcobserver.demo.MySqlServer;
import io.funcobserver.demo.RedisDatabase;

/** Settings that point at the servers of the tests. */
public final class TestSettings {
    private final Map<String, String> values = new HashMap<>(Map.of("target.url", "http://127.0.0.1:9"));

    public TestSettings mySql(MySqlServer server, String database) {
        return set("func.mysql.host", server.host())
                .set("func.mysql.port", server.port())
                .set("func.mysql.database", database)
                .set("func.mysql.username", server.user())
                .set("func.mysql.password", server.password());
    }

    public TestSettings mySql(FuncDatabase database) {
        return mySql(database.server(), database.name());
    }

    public TestSettings redis(RedisDatabase database) {
        set("func.redis.host", database.host())
                .set("func.redis.port", database.port())
                .set("func.redis.database", database.number());
        return database.password() == null ? this : set("func.redis.password", database.password());
    }

    public TestSettings set(String key, Object value) {
        values.put(key, String.valueOf(value));
        return this;
    }

    public Settings build() {
        return Settings.of(values);
    }
}
