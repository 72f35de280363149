package io.funcobserver.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;

/** A pass over many keys, and what another client of the same Redis notices of it. */
record Scan(Servers servers, Results results) {
    private static final int DATABASE = 5;
    private static final int PREFIXES = 300;
    private static final int AT_ONCE = 10_000;

    void run(int keys) throws Exception {
        Pass few = pass(keys / 10);
        Pass many = pass(keys);
        results.add("scan", "length of a pass over " + keys + " keys", "", seconds(many.nanos()));
        results.add(
                "scan",
                "another client's GET p99, max without",
                "",
                OtherClient.millis(many.without(), 0.99) + ", " + OtherClient.millis(many.without(), 1));
        results.add(
                "scan",
                "another client's GET p99, max during the pass",
                "p99 + ≤ 1 ms",
                OtherClient.millis(many.during(), 0.99) + ", " + OtherClient.millis(many.during(), 1));
        results.add(
                "scan",
                "peak RSS, with " + keys / 10 + " and " + keys + " keys",
                "not growing with the keys",
                few.peakKib() / 1024 + " MiB, " + many.peakKib() / 1024 + " MiB");
    }

    private record Pass(long nanos, long[] without, long[] during, long peakKib) {}

    private Pass pass(int keys) throws Exception {
        results.say("scan: filling " + keys + " keys");
        fill(keys);
        try (Jedis scanned = servers.redis.connect(DATABASE)) {
            scanned.configResetStat();
            long[] without;
            CountingReceiver.Count before = servers.receiver.count();
            // The process is up before the gets begin: its start would disturb them on two cores.
            try (OtherClient gets = new OtherClient(servers)) {
                TimeUnit.SECONDS.sleep(10);
                without = gets.take();
                long begin = 0;
                try (Jvm jvm = servers.product("scan", List.of("cache-db-key"), Map.of())) {
                    Throughput.await(() -> scanned.info("commandstats").contains("cmdstat_scan:"));
                    begin = System.nanoTime();
                    gets.take();
                    servers.receiver.await(before, 1, 600);
                    long end = System.nanoTime();
                    return new Pass(
                            end - begin, without, gets.take(), jvm.usage().peakRssKib());
                }
            }
        }
    }

    private void fill(int keys) {
        try (Jedis jedis = servers.redis.connect(DATABASE)) {
            jedis.flushDB();
            for (int i = 0; i < keys; i += AT_ONCE) {
                Pipeline pipeline = jedis.pipelined();
                for (int k = i; k < Math.min(keys, i + AT_ONCE); k++) {
                    pipeline.set("DataFluxFunc-cache#kind" + k % PREFIXES + "@entry:id:" + k + ":", "v");
                }
                pipeline.sync();
            }
        }
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
    }
}
