package io.funcobserver.mysql;

import java.time.Duration;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.funcobserver.config.Settings;

/** The pool of read-only connections to Func's MySQL. */
public final class MySqlPool {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(60);
    private static final int MOST_CONNECTIONS = 8;

    private MySqlPool() {}

    /** Opens the pool; it holds no connection until one is wanted, so MySQL may be down. */
    public static HikariDataSource open(Settings settings) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("func-mysql");
        config.setDataSource(MySqlConnector.of(settings, CONNECT_TIMEOUT, ANSWER_TIMEOUT));
        config.setReadOnly(true);
        config.setMaximumPoolSize(MOST_CONNECTIONS);
        config.setMinimumIdle(0);
        config.setIdleTimeout(Duration.ofMinutes(1).toMillis());
        config.setInitializationFailTimeout(-1);
        // A little longer than one attempt, so that its failure is known as the cause.
        config.setConnectionTimeout(CONNECT_TIMEOUT.plusSeconds(1).toMillis());
        config.setValidationTimeout(CONNECT_TIMEOUT.toMillis());
        return new HikariDataSource(config);
    }
}
