package io.funcobserver.redis;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisConnectionException;

/**
 * Has Redis say which of the keys that one connection reads have been changed since: the tracking that Redis offers to
 * those who keep copies, from version 6 on. Each reading of a key is followed by one notice at most.
 *
 * <p>The notices come on a second connection, since RESP2 has no room for them among the answers.
 */
final class ChangeNotices implements AutoCloseable {
    private static final String CHANNEL = "__redis__:invalidate";
    private static final long SUBSCRIBE_SECONDS = 10;
    /** Shorter than what any firewall takes a silent connection for forgotten. */
    private static final long ASK_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final Consumer<String> changed;
    private final CompletableFuture<Long> subscriber = new CompletableFuture<>();
    private final Subscription subscription = new Subscription();
    private long askedNanos = System.nanoTime();
    private volatile boolean answered;
    private volatile Jedis connection;
    private volatile boolean closed;
    private volatile boolean ended;

    private ChangeNotices(Consumer<String> changed) {
        this.changed = changed;
    }

    /**
     * @param reader the connection whose keys are tracked, from now on and for as long as it lives
     * @param changed takes the keys, on another thread; null stands for every key. It is called once more when the notices
     *     have ended
     * @throws RuntimeException when Redis has no tracking, or does not allow it to this user
     */
    static ChangeNotices of(StringRedisTemplate redis, Jedis reader, Consumer<String> changed) {
        ChangeNotices notices = new ChangeNotices(changed);
        Thread thread = new Thread(() -> notices.listen(redis), "list-notices");
        thread.setDaemon(true);
        thread.start();
        try {
            reader.sendCommand(
                    Protocol.Command.CLIENT, "TRACKING", "ON", "REDIRECT", Long.toString(notices.subscriberId()));
            return notices;
        } catch (RuntimeException e) {
            notices.close();
            throw e;
        }
    }

    private long subscriberId() {
        try {
            return subscriber.get(SUBSCRIBE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw new JedisConnectionException("Redis does not answer SUBSCRIBE within " + SUBSCRIBE_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void listen(StringRedisTemplate redis) {
        try {
            redis.execute((RedisCallback<Void>) spring -> {
                connection = (Jedis) spring.getNativeConnection();
                long id = connection.clientId();
                try {
                    subscription.id = id;
                    connection.subscribe(subscription, CHANNEL);
                } finally {
                    // Jedis opens a closed one again, without AUTH and SELECT: it is nobody else's.
                    connection.getConnection().setBroken();
                }
                return null;
            });
        } catch (RuntimeException e) {
            subscriber.completeExceptionally(e);
        } finally {
            ended = true;
            changed.accept(null);
        }
    }

    /**
     * Whether notices still come. Now and then Redis is asked for a sign of life, by the one command that the user may send
     * here: a connection on which nothing comes cannot be told from one that a firewall has forgotten.
     */
    boolean areComing(long nowNanos) {
        if (!ended && nowNanos - askedNanos >= ASK_NANOS) {
            if (!answered) {
                return false;
            }
            answered = false;
            askedNanos = nowNanos;
            subscription.subscribe(CHANNEL);
        }
        return !ended;
    }

    @Override
    public void close() {
        closed = true;
        Jedis open = connection;
        if (open != null) {
            open.disconnect();
        }
    }

    private final class Subscription extends JedisPubSub {
        private long id;

        @Override
        public void onSubscribe(String channel, int channels) {
            answered = true;
            subscriber.complete(id);
            if (closed) {
                // Redis took so long that nobody waits any more.
                unsubscribe();
            }
        }

        /** @param key null when the whole database was emptied */
        @Override
        public void onMessage(String channel, String key) {
            changed.accept(key);
        }
    }
}
