package io.funcobserver.testing;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

import io.funcobserver.config.Settings;
import io.funcobserver.demo.FuncDatabase;
import io.funcobserver.demo.MySqlServer;
import io.funcobserver.demo.RedisDatabase;

/** Settings that point the product at the servers of a test; without any, its target is a port where nothing listens. */
public final class TestSettings {
    private final Map<String, String> values = new LinkedHashMap<>(Map.of("target.url", "http://127.0.0.1:9"));

    /** All that the product needs, by property. */
    public static Map<String, String> of(FuncDatabase mysql, RedisDatabase redis, String target, Path data) {
        return new TestSettings()
                .set("target.url", target)
                .set("data.directory", data)
                .set("func.time-zone", "Asia/Shanghai")
                .mySql(mysql)
                .redis(redis)
                .values;
    }

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
        return set("func.redis.host", database.host())
                .set("func.redis.port", database.port())
                .set("func.redis.database", database.number())
                .set("func.redis.password", database.password());
    }

    /** @param value null for what is not to be given */
    public TestSettings set(String key, Object value) {
        if (value != null) {
            values.put(key, value.toString());
        }
        return this;
    }

    public Settings build() {
        return Settings.of(values);
    }
}
