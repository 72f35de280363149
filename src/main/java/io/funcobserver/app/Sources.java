package io.funcobserver.app;

import java.util.function.BooleanSupplier;
import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.funcobserver.config.Settings;
import io.funcobserver.func.WorkerQueues;
import io.funcobserver.mysql.MySqlPool;
import io.funcobserver.mysql.PageParameters;
import io.funcobserver.mysql.SqlRows;
import io.funcobserver.redis.FuncRedis;
import io.funcobserver.redis.Keyspace;
import io.funcobserver.redis.RedisServer;
import org.apache.camel.main.Main;

/** Func's MySQL and Redis, as the beans that the measurements name. Neither need be up. */
final class Sources implements AutoCloseable {
    private final Settings settings;
    private final HikariDataSource mysql;
    private final FuncRedis redis;

    Sources(Settings settings, SourceTimeouts timeouts) {
        this.settings = settings;
        this.mysql = MySqlPool.open(settings, timeouts.connect(), timeouts.mysqlAnswer());
        this.redis = FuncRedis.open(settings, timeouts.connect(), timeouts.redisAnswer());
    }

    DataSource mysql() {
        return mysql;
    }

    /** @param stopping whether the process is about to end */
    void bindTo(Main camel, BooleanSupplier stopping) {
        String target = settings.text("func.redis.host")
                + ':'
                + settings.text("func.redis.port")
                + '/'
                + settings.text("func.redis.database");
        String appName = settings.text("func.app-name");
        WorkerQueues queues = new WorkerQueues(appName, settings.number("func.queues"));
        Keyspace.Pace pace = new Keyspace.Pace(
                settings.number("measurement.cache-db-key.scan-count"),
                settings.duration("measurement.cache-db-key.scan-pause"));

        camel.bind("mysql", mysql);
        camel.bind("rows", new SqlRows());
        camel.bind("pageParameters", new PageParameters());
        camel.bind("redis", redis.template());
        camel.bind("redisServer", new RedisServer(redis.template(), target, settings.number("func.redis.database")));
        camel.bind("workerQueues", queues);
        camel.bind(
                "keyspace",
                new Keyspace(
                        redis.template(),
                        target,
                        appName,
                        queues,
                        pace,
                        settings.number("measurement.cache-db-key.max-prefixes"),
                        stopping));
    }

    /** Breaks what is under way off; may be called again. */
    @Override
    public void close() {
        redis.close();
        mysql.close();
    }
}
