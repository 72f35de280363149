package io.funcobserver.redis;

import java.time.Duration;
import javax.net.ssl.SSLParameters;

import io.funcobserver.config.Settings;
import io.funcobserver.tls.TrustedAuthorities;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.jedis.JedisClientConfiguration;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.JedisPool;
import redis.clients.jedis.util.Pool;

/**
 * The connections to Func's Redis and the one template that every reader and every {@code spring-redis:} endpoint
 * shares.
 *
 * <p>A new connection sends AUTH where there is a password, and SELECT where the database is not 0: nothing else, so
 * that an ACL user needs no more than these and the commands that read.
 */
public final class FuncRedis implements AutoCloseable {
    private static final Duration LONGEST_IDLE = Duration.ofSeconds(20);
    /** Two of them are the watch's for as long as it watches. */
    private static final int MOST_CONNECTIONS = 6;

    private final JedisConnectionFactory connections;
    private final StringRedisTemplate template;

    private FuncRedis(JedisConnectionFactory connections) {
        this.connections = connections;
        this.template = new StringRedisTemplate(connections);
    }

    /** Opens the pool; it holds no connection until one is wanted, so Redis may be down. */
    public static FuncRedis open(Settings settings, Duration connectTimeout, Duration answerTimeout) {
        JedisConnectionFactory connections = new Connections(
                server(settings), client(settings, connectTimeout, answerTimeout), pool(connectTimeout));
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
        return server;
    }

    private static JedisClientConfig client(Settings settings, Duration connectTimeout, Duration answerTimeout) {
        String user = settings.text("func.redis.username");
        String password = settings.text("func.redis.password");
        DefaultJedisClientConfig.Builder builder = DefaultJedisClientConfig.builder()
                .connectionTimeoutMillis((int) connectTimeout.toMillis())
                .socketTimeoutMillis((int) answerTimeout.toMillis())
                .database(settings.number("func.redis.database"))
                .user(user)
                // A "nopass" user takes any, but Jedis does not take none.
                .password(user != null && password == null ? "" : password)
                // CLIENT SETINFO would want a right of its own.
                .clientSetInfoConfig(ClientSetInfoConfig.DISABLED);
        if (settings.flag("func.redis.tls")) {
            SSLParameters parameters = new SSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            builder.ssl(true)
                    .sslSocketFactory(
                            TrustedAuthorities.of(settings).sslContext().getSocketFactory())
                    .sslParameters(parameters);
        }
        return builder.build();
    }

    /** Spring's, with connections that never read more than they should. */
    private static final class Connections extends JedisConnectionFactory {
        private final HostAndPort server;
        private final JedisClientConfig client;
        private final GenericObjectPoolConfig<Jedis> pool;

        Connections(
                RedisStandaloneConfiguration server, JedisClientConfig client, GenericObjectPoolConfig<Jedis> pool) {
            super(server, JedisClientConfiguration.builder().usePooling().build());
            this.server = new HostAndPort(server.getHostName(), server.getPort());
            this.client = client;
            this.pool = pool;
        }

        // The kind of pool that Spring's own connections come from.
        @SuppressWarnings("deprecation")
        @Override
        protected Pool<Jedis> createRedisPool() {
            return new JedisPool(pool, new BoundedSockets(server, client), client);
        }
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
