package io.funcobserver.redis;

import java.time.Duration;
import javax.net.ssl.SSLParameters;

import io.funcobserver.config.Settings;
import io.funcobserver.tls.TrustedAuthorities;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import org.springframework.data.redis.connection.RedisPassword;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.jedis.JedisClientConfiguration;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.Jedis;

/**
 * The connections to Func's Redis and the one template that every reader and every {@code spring-redis:} endpoint
 * shares.
 *
 * <p>A new connection sends AUTH where there is a password, and SELECT where the database is not 0: nothing else, so
 * that an ACL user needs no more than these and the commands that read.
 */
public final class FuncRedis implements AutoCloseable {
    private static final Duration LONGEST_IDLE = Duration.ofSeconds(20);
    private static final int MOST_CONNECTIONS = 4;

    private final JedisConnectionFactory connections;
    private final StringRedisTemplate template;

    private FuncRedis(JedisConnectionFactory connections) {
        this.connections = connections;
        this.template = new StringRedisTemplate(connections);
    }

    /** Opens the pool; it holds no connection until one is wanted, so Redis may be down. */
    public static FuncRedis open(Settings settings, Duration connectTimeout, Duration answerTimeout) {
        JedisConnectionFactory connections =
                new JedisConnectionFactory(server(settings), client(settings, connectTimeout, answerTimeout));
        connections.afterPropertiesSet();
        connections.start();
        return new FuncRedis(connections);
    }

    public StringRedisTemplate template() {
        return template;
    }

    @Override
    public void close() {
        connections.destroy();
    }

    private static RedisStandaloneConfiguration server(Settings settings) {
        RedisStandaloneConfiguration server =
                new RedisStandaloneConfiguration(settings.text("func.redis.host"), settings.number("func.redis.port"));
        server.setDatabase(settings.number("func.redis.database"));
        server.setUsername(settings.text("func.redis.username"));
        server.setPassword(RedisPassword.of(settings.text("func.redis.password")));
        return server;
    }

    private static JedisClientConfiguration client(Settings settings, Duration connectTimeout, Duration answerTimeout) {
        boolean userWithoutPassword =
                settings.text("func.redis.username") != null && settings.text("func.redis.password") == null;
        JedisClientConfiguration.JedisClientConfigurationBuilder builder = JedisClientConfiguration.builder()
                .connectTimeout(connectTimeout)
                .readTimeout(answerTimeout)
                .customize(jedis -> {
                    // CLIENT SETINFO would want a right of its own.
                    jedis.clientSetInfoConfig(ClientSetInfoConfig.DISABLED);
                    if (userWithoutPassword) {
                        // A "nopass" user takes any, but Jedis does not take none.
                        jedis.password("");
                    }
                });
        builder.usePooling().poolConfig(pool(connectTimeout));
        if (settings.flag("func.redis.tls")) {
            SSLParameters parameters = new SSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            builder.useSsl()
                    .sslSocketFactory(
                            TrustedAuthorities.of(settings).sslContext().getSocketFactory())
                    .sslParameters(parameters);
        }
        return builder.build();
    }

    private static GenericObjectPoolConfig<Jedis> pool(Duration connectTimeout) {
        GenericObjectPoolConfig<Jedis> pool = new GenericObjectPoolConfig<>();
        pool.setMaxTotal(MOST_CONNECTIONS);
        pool.setMaxIdle(MOST_CONNECTIONS);
        pool.setMinIdle(0);
        pool.setMaxWait(connectTimeout);
        // Instead of testing with PING: what has been idle may be dead, and is closed before the next sampling run.
        pool.setTestOnBorrow(false);
        pool.setTestWhileIdle(false);
        pool.setMinEvictableIdleDuration(LONGEST_IDLE);
        pool.setTimeBetweenEvictionRuns(LONGEST_IDLE.dividedBy(2));
        pool.setNumTestsPerEvictionRun(-1);
        pool.setJmxEnabled(false);
        return pool;
    }
}
