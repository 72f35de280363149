package io.funcobserver.mysql;

import java.time.Duration;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.funcobserver.config.Settings;

/** The pool of read-only connections to Func's MySQL. */
public final class MySqlPool {
    private static final int MOST_CONNECTIONS = 8;

    private MySqlPool() {}

    /** What one row may take on its way here, in bytes; a connection ends at a larger one. */
    public static long largestRow() {
        return MySqlConnector.LARGEST_ROW;
    }

    /**
     * Opens the pool; it holds no connection until one is wanted, so MySQL may be down.
     *
     * @param answerTimeout the longest wait for the server to go on answering
     */
    public static HikariDataSource open(Settings settings, Duration connectTimeout, Duration answerTimeout) {
        return open(settings, connectTimeout, answerTimeout, largestRow());
    }

    static HikariDataSource open(Settings settings, Duration connectTimeout, Duration answerTimeout, long largestRow) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("func-mysql");
        config.setDataSource(MySqlConnector.of(settings, connectTimeout, answerTimeout, largestRow));
        config.setReadOnly(true);
        config.setMaximumPoolSize(MOST_CONNECTIONS);
        config.setMinimumIdle(0);
        config.setIdleTimeout(Duration.ofMinutes(1).toMillis());
        config.setInitializationFailTimeout(-1);
        // A little longer than one attempt, so that its failure is known as the cause.
        config.setConnectionTimeout(connectTimeout.plusSeconds(1).toMillis());
        config.setValidationTimeout(connectTimeout.toMillis());
        return new HikariDataSource(config);
    }
}
