package io.funcobserver.demo;

import redis.clients.jedis.Jedis;

/** One numbered database of a Redis server, for one user at a time. */
public record RedisDatabase(RedisServer server, int number) {
    /** A new connection that has selected the database; the caller closes it. */
    public Jedis connect() {
        return server.connect(number);
    }

    public String host() {
        return server.host();
    }

    public int port() {
        return server.port();
    }

    /** Null when the server wants none. */
    public String password() {
        return server.password();
    }
}
