package io.funcobserver.app;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

import io.funcobserver.demo.FuncDatabase;
import io.funcobserver.demo.RedisDatabase;

/** The settings that point the product at the databases of a test. */
public final class TestSettings {
    private TestSettings() {}

    public static Map<String, String> of(FuncDatabase mysql, RedisDatabase redis, String target, Path data) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("target.url", target);
        values.put("data.directory", data.toString());
        values.put("func.time-zone", "Asia/Shanghai");
        values.put("func.mysql.host", mysql.server().host());
        values.put("func.mysql.port", Integer.toString(mysql.server().port()));
        values.put("func.mysql.database", mysql.name());
        values.put("func.mysql.username", mysql.server().user());
        put(values, "func.mysql.password", mysql.server().password());
        values.put("func.redis.host", redis.host());
        values.put("func.redis.port", Integer.toString(redis.port()));
        values.put("func.redis.database", Integer.toString(redis.number()));
        put(values, "func.redis.password", redis.password());
        return values;
    }

    private static void put(Map<String, String> values, String key, String value) {
        if (value != null && !value.isEmpty()) {
            values.put(key, value);
        }
    }
}
