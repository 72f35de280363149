package io.funcobserver.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import redis.clients.jedis.Jedis;

/** Another client of the same Redis: one GET after the other, with a short rest, and how long each took. */
final class OtherClient implements AutoCloseable {
    private static final int DATABASE = 5;
    private static final long REST_MICROS = 500;

    private final Servers servers;
    private final Thread thread = new Thread(this::loop, "gets");
    private volatile boolean stopped;
    private List<Long> nanos = new ArrayList<>();

    OtherClient(Servers servers) {
        this.servers = servers;
        thread.setDaemon(true);
        thread.start();
    }

    private void loop() {
        try (Jedis jedis = servers.redis.connect(DATABASE)) {
            while (!stopped) {
                long begin = System.nanoTime();
                jedis.get("DataFluxFunc-cache#kind1@entry:id:1:");
                long took = System.nanoTime() - begin;
                synchronized (this) {
                    nanos.add(took);
                }
                LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(REST_MICROS));
            }
        }
    }

    /** Those since the last call, in nanoseconds, sorted. */
    synchronized long[] take() {
        long[] sorted = Median.sorted(nanos);
        nanos = new ArrayList<>();
        return sorted;
    }

    static String millis(long[] sorted, double at) {
        return String.format(Locale.ROOT, "%.2f ms", Median.percentile(sorted, at) / 1e6);
    }

    @Override
    public void close() {
        stopped = true;
    }
}
