package io.funcobserver.func;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.funcobserver.demo.EmbeddedRedis;
import io.funcobserver.redis.FuncRedis;
import io.funcobserver.redis.KeyScan;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestSettings;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

import static org.assertj.core.api.Assertions.assertThat;

@Slow
class FuncCallCountsTest {
    private static final String PREFIX = "DataFluxFunc-monitor#monitor@systemMetrics:metric:funcCallCount:funcId:";

    @Test
    void readsWhatFuncCountedWithTheDocumentedRightsAlone() throws Exception {
        try (EmbeddedRedis server =
                        EmbeddedRedis.started("user observer on >secret ~* -@all +select +scan +zrangebyscore");
                FuncRedis redis = open(server);
                Jedis jedis = server.connect(5)) {
            jedis.zadd(PREFIX + "s__a:", Map.of("600,3", 600.0, "660,4", 660.0, "720,5", 720.0, "rubbish", 660.0));
            jedis.zadd(PREFIX + "s__old:", 60, "60,9");
            jedis.zadd("Other" + PREFIX + "s__b:", 660, "660,1");
            for (int i = 0; i < 3000; i++) {
                jedis.set("key" + i, "x");
            }
            FuncCallCounts counts = new FuncCallCounts(redis.template(), "DataFluxFunc", 10, () -> false);
            assertThat(counts.between(Set.of(), 600, 660)).isEmpty();
            counts.findFunctions(keys(redis));
            assertThat(counts.between(Set.of(), 600, 660)).isEqualTo(Map.of("s__a", Map.of(600L, 3L, 660L, 4L)));
            jedis.zadd(PREFIX + "s__new:", 600, "600,1");
            assertThat(counts.between(Set.of("s__new", "s__unknown"), 600, 600)).containsOnlyKeys("s__a", "s__new");
            assertThat(counts.between("s__old", 0, 100)).isEqualTo(Map.of(60L, 9L));
        }
    }

    @Test
    void followsNoMoreFunctionsThanItsBoundAndStopsWhenTold() throws Exception {
        try (EmbeddedRedis server = EmbeddedRedis.started("user observer on >secret ~* +@all");
                FuncRedis redis = open(server);
                Jedis jedis = server.connect(5)) {
            for (String function : List.of("a", "b", "c", "x".repeat(300))) {
                jedis.zadd(PREFIX + function + ':', 600, "600,1");
            }
            FuncCallCounts two = new FuncCallCounts(redis.template(), "DataFluxFunc", 2, () -> false);
            two.findFunctions(keys(redis));
            assertThat(two.between(Set.of(), 0, 1000)).hasSize(2);
            FuncCallCounts all = new FuncCallCounts(redis.template(), "DataFluxFunc", 10, () -> false);
            all.findFunctions(keys(redis));
            assertThat(all.between(Set.of(), 0, 1000)).containsOnlyKeys("a", "b", "c");
            FuncCallCounts stopped = new FuncCallCounts(redis.template(), "DataFluxFunc", 10, () -> true);
            assertThat(stopped.between(Set.of("a"), 0, 1000)).isEmpty();
        }
    }

    private static FuncRedis open(EmbeddedRedis server) {
        return FuncRedis.open(
                new TestSettings()
                        .set("func.redis.port", server.port())
                        .set("func.redis.database", 5)
                        .set("func.redis.username", "observer")
                        .set("func.redis.password", "secret")
                        .build(),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5));
    }

    private static KeyScan keys(FuncRedis redis) {
        return new KeyScan(redis.template(), KeyScan.Pace.GENTLE, () -> false);
    }
}
