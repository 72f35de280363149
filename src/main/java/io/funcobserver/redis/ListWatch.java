package io.funcobserver.redis;

import java.time.Clock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol;

/**
 * Watches lists that others push to and pop from, so closely that what is there for a few milliseconds is seen. It only
 * looks.
 *
 * <p>A route's timer and endpoint would cost ten times as much for each of some hundred looks a second. So one thread asks
 * for the lengths of all lists in one round trip, and reads from the head only where one has changed. How often it looks
 * is for {@link ListPace} to say; what it sees waits in a {@link WatchedList}.
 */
public final class ListWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ListWatch.class);

    private static final long FIRST_BACK_OFF = TimeUnit.SECONDS.toMillis(1);
    private static final long LONGEST_BACK_OFF = TimeUnit.SECONDS.toMillis(30);

    private final StringRedisTemplate redis;
    private final Clock clock;
    private final List<ListHead> lists = new CopyOnWriteArrayList<>();
    private Thread thread;
    private volatile boolean closed;

    public ListWatch(StringRedisTemplate redis, Clock clock) {
        this.redis = redis;
        this.clock = clock;
    }

    /** Begins to watch the list where nobody has asked for it yet. */
    public synchronized WatchedList.Reader reader(String key) {
        ListHead list = lists.stream()
                .filter(watched -> watched.list().key().equals(key))
                .findFirst()
                .orElse(null);
        if (list == null) {
            list = new ListHead(new WatchedList(key), new ListPace(clock));
            lists.add(list);
        }
        WatchedList.Reader reader = list.list().newReader();
        if (thread == null) {
            thread = new Thread(this::run, "list-watch");
            thread.setDaemon(true);
            thread.start();
        }
        return reader;
    }

    private void run() {
        long backOff = FIRST_BACK_OFF;
        while (!closed) {
            long began = System.nanoTime();
            try {
                redis.execute((RedisCallback<Void>) connection -> {
                    watch((Jedis) connection.getNativeConnection());
                    return null;
                });
            } catch (RuntimeException e) {
                if (AnswerTooLargeException.in(e) != null) {
                    // Only the connection has to be another one.
                    continue;
                }
                LOG.debug("The lists cannot be watched", e);
                lists.forEach(ListHead::stop);
                boolean lasted = System.nanoTime() - began > TimeUnit.MILLISECONDS.toNanos(LONGEST_BACK_OFF);
                backOff = lasted ? FIRST_BACK_OFF : Math.min(2 * backOff, LONGEST_BACK_OFF);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(backOff));
            }
        }
    }

    private void watch(Jedis jedis) {
        while (!closed) {
            long now = System.nanoTime();
            look(jedis, now);
            long next = Long.MAX_VALUE;
            for (ListHead list : lists) {
                next = Math.min(next, list.nextNanos() - now);
            }
            LockSupport.parkNanos(now + next - System.nanoTime());
        }
    }

    /** Commands are written to the connection as they are: a pipeline of Jedis costs as much as the look itself. */
    private void look(Jedis jedis, long now) {
        Connection connection = jedis.getConnection();
        for (ListHead list : lists) {
            if (list.isDue(now)) {
                connection.sendCommand(Protocol.Command.LLEN, list.key());
            }
        }
        for (ListHead list : lists) {
            if (list.isAsked()) {
                list.readLength(connection);
            }
        }
        for (ListHead list : lists) {
            if (list.isAsked()) {
                list.look(jedis, now);
            }
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }
}
