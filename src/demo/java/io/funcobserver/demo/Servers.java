package io.funcobserver.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import redis.clients.jedis.Jedis;

/**
 * The MySQL-protocol server and the Redis that all tests of a JVM share; each starts at its first use and ends with the
 * JVM.
 *
 * <p>The environment can name others instead: {@code FUNC_TEST_MYSQL_HOST}, {@code _PORT} (3306), {@code _USER} (root),
 * {@code _PASSWORD}, whose user may create databases; {@code FUNC_TEST_REDIS_HOST}, {@code _PORT} (6379), {@code
 * _PASSWORD}, whose databases 1 to 15 are emptied. A test that stops or reconfigures a server starts one of its own.
 */
public final class Servers {
    private static final Map<String, String> ENVIRONMENT = System.getenv();
    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static final AtomicInteger REDIS_DATABASES = new AtomicInteger();

    private Servers() {}

    /** The MySQL-protocol server. */
    public static MySqlServer mySql() {
        return MySql.SERVER;
    }

    /** A database of its own with Func's tables; closing it drops it. */
    public static FuncDatabase newDatabase(FuncSchema schema) throws SQLException {
        // Unique on a server that other test runs use at the same time too.
        String name = "dataflux_func_" + ProcessHandle.current().pid() + "_" + DATABASES.incrementAndGet();
        return FuncDatabase.create(mySql(), name, schema);
    }

    /** The Redis server. */
    public static RedisServer redis() {
        return Redis.SERVER;
    }

    /** An empty Redis database that no other caller has; numbers are used again when all were given out. */
    public static RedisDatabase newRedisDatabase() {
        int number = 1 + REDIS_DATABASES.getAndIncrement() % (Redis.DATABASES - 1);
        RedisDatabase database = new RedisDatabase(redis(), number);
        try (Jedis jedis = database.connect()) {
            jedis.flushDB();
        }
        return database;
    }

    /** The servers start when their holder class is loaded, which the JVM does once. */
    private static final class MySql {
        private static final MySqlServer SERVER = ENVIRONMENT.containsKey("FUNC_TEST_MYSQL_HOST")
                ? new MySqlServer(
                        ENVIRONMENT.get("FUNC_TEST_MYSQL_HOST"),
                        Integer.parseInt(ENVIRONMENT.getOrDefault("FUNC_TEST_MYSQL_PORT", "3306")),
                        ENVIRONMENT.getOrDefault("FUNC_TEST_MYSQL_USER", "root"),
                        ENVIRONMENT.getOrDefault("FUNC_TEST_MYSQL_PASSWORD", ""))
                : embedded();

        private static MySqlServer embedded() {
            if (EmbeddedMySql8.isOnClassPath()) {
                try {
                    return EmbeddedMySql8.started();
                } catch (IOException e) {
                    System.err.println("MySQL 8 cannot run here, so MariaDB stands in: " + e.getMessage());
                }
            }
            return started(
                    () -> EmbeddedMariaDb.started("--max-allowed-packet=1G").server());
        }
    }

    private static final class Redis {
        private static final boolean GIVEN = ENVIRONMENT.containsKey("FUNC_TEST_REDIS_HOST");
        private static final int DATABASES = GIVEN ? 16 : EmbeddedRedis.DATABASES;
        private static final RedisServer SERVER = GIVEN
                ? new RedisServer(
                        ENVIRONMENT.get("FUNC_TEST_REDIS_HOST"),
                        Integer.parseInt(ENVIRONMENT.getOrDefault("FUNC_TEST_REDIS_PORT", "6379")),
                        ENVIRONMENT.get("FUNC_TEST_REDIS_PASSWORD"))
                : started(() -> EmbeddedRedis.started().server());
    }

    @FunctionalInterface
    private interface Start<T> {
        T start() throws IOException;
    }

    private static <T> T started(Start<T> server) {
        try {
            return server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
