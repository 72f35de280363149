package io.funcobserver.app;

import java.time.Clock;
import java.util.List;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.funcobserver.config.Settings;
import io.funcobserver.func.Queues;
import io.funcobserver.mysql.MySqlPool;
import io.funcobserver.redis.FuncRedis;
import io.funcobserver.redis.KeyPrefixScanner;
import io.funcobserver.redis.ListWatch;
import org.apache.camel.main.Main;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Func's MySQL and Redis, and what the measurements ask of them. Neither need be up. */
final class Sources implements AutoCloseable {
    private final Settings settings;
    private final HikariDataSource mysql;
    private final FuncRedis redis;
    private final ListWatch lists;

    Sources(Settings settings, SourceTimeouts timeouts) {
        this.settings = settings;
        this.mysql = MySqlPool.open(settings, timeouts.connect(), timeouts.mysqlAnswer());
        this.redis = FuncRedis.open(settings, timeouts.connect(), timeouts.redisAnswer());
        this.lists = new ListWatch(redis.template(), Clock.systemUTC());
    }

    DataSource mysql() {
        return mysql;
    }

    StringRedisTemplate redis() {
        return redis.template();
    }

    /** Watches Func's lists; one for all that read them. */
    ListWatch lists() {
        return lists;
    }

    /**
     * @param queues are told of each key
     * @param stopping whether the process is about to end
     */
    KeyPrefixScanner keyspace(List<Queues> queues, BooleanSupplier stopping) {
        String target = settings.text("func.redis.host")
                + ':'
                + settings.text("func.redis.port")
                + '/'
                + settings.text("func.redis.database");
        KeyPrefixScanner.Pace pace = new KeyPrefixScanner.Pace(
                settings.number("measurement.cache-db-key.scan-count"),
                settings.duration("measurement.cache-db-key.scan-pause"));
        return new KeyPrefixScanner(
                redis.template(),
                target,
                settings.text("func.app-name"),
                queues,
                pace,
                settings.number("measurement.cache-db-key.max-prefixes"),
                stopping);
    }

    /** For {@code routes/sources.camel.yaml}; {@code mysql} already now, since camel-sql is told of it before that is read. */
    void bindTo(Main camel) {
        camel.bind("func-sources", this);
        camel.bind("mysql", mysql);
    }

    /** Breaks what is under way off; may be called again. */
    @Override
    public void close() {
        lists.close();
        redis.close();
        mysql.close();
    }
}
