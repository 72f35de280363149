package io.funcobserver.mysql;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.time.Duration;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.funcobserver.config.ConfigurationException;
import io.funcobserver.config.Settings;
import io.funcobserver.tls.TrustedAuthorities;
import org.mariadb.jdbc.Configuration;
import org.mariadb.jdbc.Driver;
import org.mariadb.jdbc.HostAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.datasource.AbstractDataSource;

/**
 * Opens connections to Func's MySQL or MariaDB: each one new, or a pool of them.
 *
 * <p>Not by JDBC URL, which would have to escape what database names and passwords may hold.
 */
public final class FuncMySql extends AbstractDataSource {
    private static final Logger LOG = LoggerFactory.getLogger(FuncMySql.class);

    /**
     * A reader that stands in front of a TRUNCATE gives up before the socket times out; a page may be read as slowly as the
     * spool takes it. What GROUP_CONCAT joins is a statement, which MySQL would cut after 1024 bytes. A server may be set to
     * cut answers short or to refuse large ones; a sample that lacks rows would look whole.
     */
    private static final String SESSION =
            "SET lock_wait_timeout = 30, net_write_timeout = 600, group_concat_max_len = 65536,"
                    + " sql_select_limit = 18446744073709551615, sql_big_selects = ON";

    /**
     * MySQL 8 answers table status from a cache that is up to 24 hours old, unless told not to; to MySQL 5.7 and MariaDB,
     * which do not know that variable, it stands in a comment.
     */
    private static final String FRESH_TABLE_STATUS = "SET @f = 0 /*!80000 , information_schema_stats_expiry = 0 */";

    private static final int MOST_CONNECTIONS = 8;
    private static final long SMALLEST_LIMIT = 2 << 20;
    /** What a heap needs besides, where it is large enough to take large rows. */
    private static final long KEPT_FREE = 256 << 20;

    private final Configuration configuration;

    private FuncMySql(Configuration configuration) {
        this.configuration = configuration;
    }

    /**
     * Opens a pool of read-only connections; it holds none until one is wanted, so MySQL may be down.
     *
     * @param answerTimeout the longest wait for the server to go on answering
     * @throws ConfigurationException if {@code tls.ca-file} is wanted and cannot be read
     */
    public static HikariDataSource pool(Settings settings, Duration connectTimeout, Duration answerTimeout) {
        return pool(settings, connectTimeout, answerTimeout, rowLimit());
    }

    static HikariDataSource pool(Settings settings, Duration connectTimeout, Duration answerTimeout, long largestRow) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("func-mysql");
        config.setDataSource(of(settings, connectTimeout, answerTimeout, largestRow));
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

    /**
     * Opens one connection, for a look.
     *
     * @param timeout the longest wait for it, and for the server to go on answering
     * @throws ConfigurationException if {@code tls.ca-file} is wanted and cannot be read
     */
    public static Connection connect(Settings settings, Duration timeout) throws SQLException {
        return of(settings, timeout, timeout, rowLimit()).getConnection();
    }

    /**
     * What one row may take on its way here, in bytes; a connection ends at a larger one.
     *
     * <p>A row stands in memory several times while it becomes lines: packets, values, joined texts, the line, gzip. An
     * eighth of a small heap; of a large one, a third of what is beyond the first 256 MiB.
     */
    private static long rowLimit() {
        long heap = Runtime.getRuntime().maxMemory();
        return Math.max(SMALLEST_LIMIT, Math.min(1 << 30, Math.max(heap / 8, (heap - KEPT_FREE) / 3)));
    }

    /** What one row may take on its way through this connection, in bytes. */
    static int largestRow(Connection connection) throws SQLException {
        return connection
                .unwrap(org.mariadb.jdbc.Connection.class)
                .getContext()
                .getConf()
                .maxAllowedPacket();
    }

    /** A name as it stands in SQL. */
    static String quoted(String name) {
        return '`' + name.replace("`", "``") + '`';
    }

    private static FuncMySql of(Settings settings, Duration connectTimeout, Duration answerTimeout, long largestRow) {
        Configuration.Builder builder = empty().toBuilder()
                .addresses(HostAddress.from(settings.text("func.mysql.host"), settings.number("func.mysql.port")))
                .database(settings.text("func.mysql.database"))
                .user(settings.text("func.mysql.username"))
                .password(settings.text("func.mysql.password"))
                .connectTimeout((int) connectTimeout.toMillis())
                .socketTimeout((int) answerTimeout.toMillis())
                .tcpKeepAlive(true)
                .initSql(SESSION)
                .maxAllowedPacket((int) largestRow)
                .yearIsDateType(false)
                .permitRedirect(false);
        if (settings.flag("func.mysql.tls")) {
            TrustedAuthorities authorities = TrustedAuthorities.of(settings);
            builder.sslMode("verify-full");
            if (authorities.file() != null) {
                // The driver reads the file at each connection; a bad one is to be known now.
                authorities.sslContext();
                builder.serverSslCert(authorities.file().toString());
            }
        } else {
            // MySQL 8's caching_sha2_password asks for the server's key where there is no TLS.
            builder.sslMode("disable").allowPublicKeyRetrieval(true);
        }
        return new FuncMySql(builder.build());
    }

    /** Parsed, since a new builder lacks the options that the driver looks up when it connects (3.5.8 to 3.5.11). */
    private static Configuration empty() {
        try {
            return Configuration.parse("jdbc:mariadb://localhost/");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection connection = Driver.connect(configuration);
        try (Statement statement = connection.createStatement()) {
            statement.execute(FRESH_TABLE_STATUS);
        } catch (SQLException e) {
            if (!connection.isValid(1)) {
                connection.close();
                throw e;
            }
            // A server that calls itself MySQL 8 and is none; its table status may be old.
            LOG.debug("{} is unknown to the server", FRESH_TABLE_STATUS, e);
        }
        return connection;
    }

    @Override
    public Connection getConnection(String username, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("the user is fixed");
    }

    @Override
    public void setLoginTimeout(int seconds) {
        // The connect time-out is fixed.
    }
}
