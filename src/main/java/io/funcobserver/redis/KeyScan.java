package io.funcobserver.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

import io.funcobserver.func.Keys;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.resps.ScanResult;

/** Goes through the keys with {@code SCAN} only, resting after each step so that a busy Redis does not notice. */
public final class KeyScan implements Keys {
    private final StringRedisTemplate redis;
    private final Pace pace;
    private final BooleanSupplier stopping;

    /**
     * @param keys how many keys one SCAN asks for
     * @param rest between two SCANs
     */
    public record Pace(int keys, Duration rest) {
        /** Nobody notices, on any Redis. */
        public static final Pace GENTLE = new Pace(500, Duration.ofMillis(5));
    }

    /** @param stopping asked between two SCANs, so that a long pass does not hold up the end of the process */
    public KeyScan(StringRedisTemplate redis, Pace pace, BooleanSupplier stopping) {
        this.redis = redis;
        this.pace = pace;
        this.stopping = stopping;
    }

    /** @throws IllegalStateException when the process stops meanwhile, or SCAN does not come to an end */
    @Override
    public void forEach(Predicate<String> goesOn) {
        byte[] position = ScanParams.SCAN_POINTER_START_BINARY;
        int keys = pace.keys();
        Circle circle = new Circle();
        while (true) {
            ScanResult<byte[]> step;
            try {
                step = step(position, keys);
            } catch (RuntimeException e) {
                if (keys == 1 || AnswerTooLargeException.in(e) == null) {
                    throw e;
                }
                // Keys of 100 kB: fewer at once, from the same place.
                keys = Math.max(1, keys / 8);
                continue;
            }
            for (byte[] key : step.getResult()) {
                if (!goesOn.test(new String(key, StandardCharsets.UTF_8))) {
                    return;
                }
            }
            if (step.isCompleteIteration()) {
                return;
            }
            position = step.getCursorAsBytes();
            if (circle.closes(position)) {
                throw new IllegalStateException("SCAN goes round in a circle (the cursor "
                        + new String(position, StandardCharsets.UTF_8)
                        + " came twice): the keys of Redis cannot be counted; see whether a proxy stands before Redis");
            }
            rest();
        }
    }

    /** Sees within a few rounds that cursors repeat, which those of a Redis do not; remembers one of them (R. P. Brent). */
    private static final class Circle {
        private byte[] remembered = ScanParams.SCAN_POINTER_START_BINARY;
        private long steps;
        private long longest = 1;

        boolean closes(byte[] cursor) {
            if (Arrays.equals(cursor, remembered)) {
                return true;
            }
            if (++steps == longest) {
                remembered = cursor;
                longest *= 2;
                steps = 0;
            }
            return false;
        }
    }

    /** One SCAN on a connection that nobody else waits for meanwhile: the template's own scan holds it for the pass. */
    private ScanResult<byte[]> step(byte[] position, int keys) {
        return redis.execute((RedisCallback<ScanResult<byte[]>>)
                connection -> ((Jedis) connection.getNativeConnection()).scan(position, new ScanParams().count(keys)));
    }

    private void rest() {
        if (stopping.getAsBoolean()) {
            throw new IllegalStateException("the pass over the keys of Redis was given up because the process stops");
        }
        try {
            Thread.sleep(pace.rest().toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the pass over the keys of Redis was interrupted", e);
        }
    }
}
