package io.funcobserver.redis;

import java.time.Clock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.funcobserver.diagnosis.RedisDiagnosis;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.util.backoff.BackOff;
import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisConnectionException;

/**
 * Watches lists that others push to and pop from, so closely that what is there for a few milliseconds is seen. It only
 * looks.
 *
 * <p>Where Redis tells of changes ({@link ChangeNotices}), a list is looked at when it has changed; where it does not, as
 * often as {@link ListPace} says, which around a flush is every millisecond. A route's timer and endpoint would cost ten
 * times as much for each of some hundred looks a second. So one thread asks for the lengths of all lists in one round trip,
 * and reads from the head only where one has changed. What it sees waits in a {@link WatchedList}.
 */
public final class ListWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ListWatch.class);

    private static final long LONGEST_BACK_OFF_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final StringRedisTemplate redis;
    private final Clock clock;
    private final List<ListHead> lists = new CopyOnWriteArrayList<>();
    private Thread thread;
    /** Whether the last try to be told of changes failed; the next connection does without. */
    private boolean refused;

    private boolean saidRefused;
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
        BackOff backOff = new ExponentialBackOff(1000, 2);
        BackOffExecution failures = backOff.start();
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
                boolean lasted = System.nanoTime() - began > LONGEST_BACK_OFF_NANOS;
                failures = lasted ? backOff.start() : failures;
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(failures.nextBackOff()));
            }
        }
    }

    private void watch(Jedis jedis) {
        try (ChangeNotices notices = notices(jedis)) {
            boolean told = notices != null;
            while (!closed) {
                long now = System.nanoTime();
                if (told && !notices.areComing(now)) {
                    throw new JedisConnectionException("the connection on which Redis tells of changes has ended");
                }
                look(jedis, now, told);
                long next = Long.MAX_VALUE;
                for (ListHead list : lists) {
                    next = Math.min(next, list.nextNanos() - now);
                }
                LockSupport.parkNanos(now + next - System.nanoTime());
            }
        } finally {
            // Nobody else is to get a connection that is tracked.
            jedis.getConnection().setBroken();
        }
    }

    /** @return null where Redis tells nothing on this connection; a try that fails may have cost the connection */
    private ChangeNotices notices(Jedis jedis) {
        if (refused) {
            refused = false;
            return null;
        }
        try {
            ChangeNotices notices = ChangeNotices.of(redis, jedis, this::changed);
            // What has changed before was told to nobody.
            changed(null);
            return notices;
        } catch (RuntimeException e) {
            refused = true;
            if (!saidRefused) {
                saidRefused = true;
                LOG.info(
                        "Redis does not tell when a list changes ({}): around each flush of Func, the lists of finished tasks"
                                + " are looked at up to 1000 times a second instead; from Redis 6.2 on, the ACL rules {} allow it",
                        e.getMessage(),
                        RedisDiagnosis.RIGHTS_OF_NOTICES);
            }
            return null;
        }
    }

    private void changed(String key) {
        for (ListHead list : lists) {
            if (key == null || list.list().key().equals(key)) {
                list.changed();
            }
        }
        LockSupport.unpark(thread);
    }

    /** Commands are written to the connection as they are: a pipeline of Jedis costs as much as the look itself. */
    private void look(Jedis jedis, long now, boolean told) {
        Connection connection = jedis.getConnection();
        try {
            for (ListHead list : lists) {
                list.ask(connection, now, told);
            }
            for (ListHead list : lists) {
                if (list.isAsked()) {
                    list.readAnswers(connection);
                }
            }
            for (ListHead list : lists) {
                if (list.isAsked()) {
                    list.look(jedis, now);
                }
            }
        } finally {
            lists.forEach(ListHead::endLook);
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
