package io.funcobserver.app;

import java.time.Clock;
import java.util.List;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.funcobserver.config.Settings;
import io.funcobserver.func.KeyPrefixScanner;
import io.funcobserver.func.Queues;
import io.funcobserver.mysql.FuncMySql;
import io.funcobserver.redis.FuncRedis;
import io.funcobserver.redis.KeyScan;
import io.funcobserver.redis.ListWatch;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Func's MySQL and Redis, and what the measurements ask of them; neither need be up. The static methods are for {@code
 * routes/sources.camel.yaml}.
 */
public final class Sources implements AutoCloseable {
    private final Settings settings;
    private final BooleanSupplier stopping;
    private final HikariDataSource mysql;
    private final FuncRedis redis;
    private final ListWatch lists;

    /** @param stopping whether the process is about to end */
    Sources(Settings settings, SourceTimeouts timeouts, BooleanSupplier stopping) {
        this.settings = settings;
        this.stopping = stopping;
        this.mysql = FuncMySql.pool(settings, timeouts.connect(), timeouts.mysqlAnswer());
        this.redis = FuncRedis.open(settings, timeouts.connect(), timeouts.redisAnswer());
        this.lists = new ListWatch(redis.template(), Clock.systemUTC());
    }

    public static DataSource mysql(Sources sources) {
        return sources.mysql();
    }

    public static StringRedisTemplate redis(Sources sources) {
        return sources.redis();
    }

    /** The pass over the keys, which tells the queues of each. */
    public static KeyPrefixScanner keyspace(Sources sources, Queues workerQueues, Queues delayQueues) {
        return sources.keyspace(List.of(workerQueues, delayQueues));
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

    private KeyPrefixScanner keyspace(List<Queues> queues) {
        String target = settings.text("func.redis.host")
                + ':'
                + settings.text("func.redis.port")
                + '/'
                + settings.text("func.redis.database");
        KeyScan.Pace pace = new KeyScan.Pace(
                settings.number("measurement.cache-db-key.scan-count"),
                settings.duration("measurement.cache-db-key.scan-pause"));
        return new KeyPrefixScanner(
                new KeyScan(redis.template(), pace, stopping),
                target,
                settings.text("func.app-name"),
                queues,
                settings.number("measurement.cache-db-key.max-prefixes"));
    }

    /** Breaks what is under way off; may be called again. */
    @Override
    public void close() {
        lists.close();
        redis.close();
        mysql.close();
    }
}
