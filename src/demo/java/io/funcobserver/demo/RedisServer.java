package io.funcobserver.demo;

import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.Jedis;

/**
 * Where a Redis server is.
 *
 * @param password null when it wants none
 */
public record RedisServer(String host, int port, String password) {
    /** A new connection that has selected the database; the caller closes it. */
    public Jedis connect(int database) {
        return new Jedis(
                host,
                port,
                DefaultJedisClientConfig.builder()
                        .password(password)
                        .database(database)
                        .build());
    }
}
