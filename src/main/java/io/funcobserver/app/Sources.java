package io.funcobserver.app;

import java.util.List;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.funcobserver.config.Settings;
import io.funcobserver.func.Queues;
import io.funcobserver.func.TaskRows;
import io.funcobserver.mysql.MySqlPool;
import io.funcobserver.redis.FuncRedis;
import io.funcobserver.redis.Keyspace;
import io.funcobserver.redis.RedisServer;
import org.apache.camel.main.Main;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Func's MySQL and Redis, and what the measurements ask of them. Neither need be up. */
final class Sources implements AutoCloseable {
    private final Settings settings;
    private final HikariDataSource mysql;
    private final FuncRedis redis;
    private final Queues workerQueues;
    private final Queues delayQueues;

    Sources(Settings settings, SourceTimeouts timeouts) {
        this.settings = settings;
        this.mysql = MySqlPool.open(settings, timeouts.connect(), timeouts.mysqlAnswer());
        this.redis = FuncRedis.open(settings, timeouts.connect(), timeouts.redisAnswer());
        this.workerQueues = queues(Queues.WORKER);
        this.delayQueues = queues(Queues.DELAY);
    }

    private Queues queues(String kind) {
        return new Queues(settings.text("func.app-name"), kind, settings.number("func.queues"));
    }

    DataSource mysql() {
        return mysql;
    }

    StringRedisTemplate redis() {
        return redis.template();
    }

    Queues workerQueues() {
        return workerQueues;
    }

    Queues delayQueues() {
        return delayQueues;
    }

    RedisServer redisServer() {
        return new RedisServer(redis.template(), redisTarget(), settings.number("func.redis.database"));
    }

    /** @param stopping whether the process is about to end */
    Keyspace keyspace(BooleanSupplier stopping) {
        Keyspace.Pace pace = new Keyspace.Pace(
                settings.number("measurement.cache-db-key.scan-count"),
                settings.duration("measurement.cache-db-key.scan-pause"));
        return new Keyspace(
                redis.template(),
                redisTarget(),
                settings.text("func.app-name"),
                List.of(workerQueues, delayQueues),
                pace,
                settings.number("measurement.cache-db-key.max-prefixes"),
                stopping);
    }

    /** As the tag shows it. */
    private String redisTarget() {
        return settings.text("func.redis.host")
                + ':'
                + settings.text("func.redis.port")
                + '/'
                + settings.text("func.redis.database");
    }

    /** For {@code routes/sources.camel.yaml}, which makes its beans of this; before the routes are read, since camel-sql is told of it. */
    void bindTo(Main camel) {
        camel.bind("func-sources", this);
        camel.bind("mysql", mysql);
        camel.bind("taskRows", new TaskRows(settings.zone()));
    }

    /** Breaks what is under way off; may be called again. */
    @Override
    public void close() {
        redis.close();
        mysql.close();
    }
}
