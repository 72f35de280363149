package io.funcobserver.demo;

import io.funcobserver.testing.Slow;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Slow
class EmbeddedRedisTest {
    @Test
    void keepsItsPortOverAnOutage() throws Exception {
        try (EmbeddedRedis redis = EmbeddedRedis.started()) {
            int port = redis.port();
            redis.stop();
            assertThatThrownBy(() -> redis.connect(0).ping()).isInstanceOf(JedisException.class);
            redis.start();
            assertThat(redis.port()).isEqualTo(port);
            try (Jedis jedis = redis.connect(5)) {
                assertThat(jedis.ping()).isEqualTo("PONG");
            }
        }
    }

    @Test
    void takesConfigurationLines() throws Exception {
        try (EmbeddedRedis redis =
                EmbeddedRedis.started("requirepass secret", "user reader on >only-reads ~* +llen +ping +select")) {
            try (Jedis jedis = redis.connect(0)) {
                assertThat(jedis.aclWhoAmI()).isEqualTo("default");
                jedis.auth("reader", "only-reads");
                assertThat(jedis.llen("none")).isZero();
                assertThatThrownBy(() -> jedis.set("a", "b")).hasMessageContaining("NOPERM");
            }
            RedisServer withoutPassword = new RedisServer(redis.host(), redis.port(), null);
            try (Jedis jedis = withoutPassword.connect(0)) {
                assertThatThrownBy(jedis::ping).hasMessageContaining("NOAUTH");
            }
        }
    }

    @Test
    void saysWhyItDoesNotStart() {
        assertThatThrownBy(() -> EmbeddedRedis.started("no-such-directive yes"))
                .hasMessageContaining("no-such-directive");
    }

    @Test
    void givesEachCallerADatabaseOfItsOwn() {
        RedisDatabase one = Servers.newRedisDatabase();
        RedisDatabase other = Servers.newRedisDatabase();
        try (Jedis jedis = one.connect();
                Jedis otherJedis = other.connect()) {
            jedis.set("key", "value");
            assertThat(otherJedis.dbSize()).isZero();
        }
    }
}
