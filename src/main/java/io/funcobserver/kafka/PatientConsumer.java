package io.funcobserver.kafka;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A consumer that keeps its partitions for as long as a message is processed.
 *
 * <p>Kafka takes a consumer for dead that does not poll for {@code max.poll.interval.ms}, and Camel's polls again only when
 * its route has ended, which for a request that is repeated until the target is back can take days. So while a message is
 * processed, this one polls in Camel's place: with all partitions paused, so that nothing comes of it but the membership in
 * the group, and any rebalance that is due. A partition that is taken away meanwhile is remembered until the next poll: its
 * message must not be sent or committed any more ({@link Membership}).
 *
 * <p>Kafka's consumer is for one thread at a time; a lock sees to that.
 */
final class PatientConsumer implements InvocationHandler {
    private static final Logger LOG = LoggerFactory.getLogger(PatientConsumer.class);
    private static final Duration CLOSE = Duration.ofSeconds(2);
    private static final long LONGEST_SILENCE_MILLIS = 3_000;
    private static final long REST_MILLIS = 1_000;

    /** What the processing of a message may ask of the consumer that it came from. */
    interface Membership {
        /** Whether the partition was taken away since its message was polled. */
        boolean isRevoked(TopicPartition partition);

        /** How many messages are known to wait in its partitions, in its last poll. */
        long waiting();

        /** The partitions that these are in. */
        Set<TopicPartition> behind();

        /** How many messages Kafka deleted before they were delivered, since the last time this was asked. */
        long takeExpired();
    }

    private final KafkaConsumer<Object, Object> consumer;
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<TopicPartition> revoked = new HashSet<>();
    private final Set<TopicPartition> held = new HashSet<>();
    private final ScheduledFuture<?> ticks;
    private final java.util.function.Consumer<RuntimeException> polled;
    private final Set<Membership> group;
    private final long silenceMillis;
    private boolean processing;
    private boolean closed;
    private long polledNanos;
    private volatile long waiting;
    private volatile Set<TopicPartition> behind = Set.of();
    private long expired;

    private PatientConsumer(
            KafkaConsumer<Object, Object> consumer,
            ScheduledExecutorService executor,
            int maxPollMillis,
            java.util.function.Consumer<RuntimeException> polled,
            Set<Membership> group) {
        this.consumer = consumer;
        this.polled = polled;
        this.group = group;
        this.silenceMillis = Math.max(10, Math.min(LONGEST_SILENCE_MILLIS, maxPollMillis / 4));
        this.ticks =
                executor.scheduleWithFixedDelay(this::stayMember, silenceMillis, silenceMillis, TimeUnit.MILLISECONDS);
    }

    /**
     * @param executor polls in Camel's place
     * @param maxPollMillis after how long without a poll Kafka takes the consumer for dead
     * @param polled is told how each poll went: the failure, or null
     * @param group has this one for as long as it is open
     */
    @SuppressWarnings("unchecked")
    static Consumer<Object, Object> of(
            KafkaConsumer<Object, Object> consumer,
            ScheduledExecutorService executor,
            int maxPollMillis,
            java.util.function.Consumer<RuntimeException> polled,
            Set<Membership> group) {
        Object patient = Proxy.newProxyInstance(
                PatientConsumer.class.getClassLoader(),
                new Class<?>[] {Consumer.class, Membership.class},
                new PatientConsumer(consumer, executor, maxPollMillis, polled, group));
        group.add((Membership) patient);
        return (Consumer<Object, Object>) patient;
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        if (method.getName().equals("wakeup")) {
            // The one call that is for other threads.
            consumer.wakeup();
            return null;
        }
        if (method.getName().equals("waiting")) {
            return waiting;
        }
        if (method.getName().equals("behind")) {
            return behind;
        }
        lock.lock();
        try {
            return switch (method.getName()) {
                case "poll" -> poll((Duration) arguments[0]);
                case "isRevoked" -> revoked.contains(arguments[0]);
                case "takeExpired" -> takeExpired();
                case "close" -> close(proxy);
                case "equals" -> proxy == arguments[0];
                case "hashCode" -> System.identityHashCode(proxy);
                case "toString" -> "patient " + consumer;
                case "commitSync" -> commit(method, arguments);
                case "subscribe" -> call(method, listening(arguments));
                default -> call(method, arguments);
            };
        } finally {
            lock.unlock();
        }
    }

    private Object call(Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(consumer, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private Object[] listening(Object[] arguments) {
        Object[] changed = arguments.clone();
        for (int i = 0; i < changed.length; i++) {
            if (changed[i] instanceof ConsumerRebalanceListener listener) {
                changed[i] = new Listener(listener);
            }
        }
        return changed;
    }

    private ConsumerRecords<Object, Object> poll(Duration timeout) {
        processing = false;
        revoked.clear();
        // Not what Camel has paused, which it does when its route is suspended.
        held.retainAll(consumer.assignment());
        consumer.resume(held);
        held.clear();
        // While it waits for the next one, the last message is no longer one that waits.
        look(ConsumerRecords.empty());
        ConsumerRecords<Object, Object> records = pollFrom(timeout);
        polledNanos = System.nanoTime();
        processing = !records.isEmpty();
        look(records);
        return records;
    }

    private ConsumerRecords<Object, Object> pollFrom(Duration timeout) {
        try {
            ConsumerRecords<Object, Object> records = consumer.poll(timeout);
            polled.accept(null);
            return records;
        } catch (NoOffsetForPartitionException e) {
            // A new group: it gets everything that is there.
            consumer.seekToBeginning(e.partitions());
            return ConsumerRecords.empty();
        } catch (OffsetOutOfRangeException e) {
            passOver(e.offsetOutOfRangePartitions());
            return ConsumerRecords.empty();
        } catch (WakeupException | InterruptException e) {
            throw e;
        } catch (RuntimeException e) {
            polled.accept(e);
            rest();
            throw e;
        }
    }

    /** Camel polls again at once, whatever the failure was. */
    private static void rest() {
        try {
            TimeUnit.MILLISECONDS.sleep(REST_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Goes on with the oldest message there is, and counts those that are gone. */
    private void passOver(Map<TopicPartition, Long> positions) {
        Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(positions.keySet());
        positions.forEach((partition, position) -> {
            long gone = Math.max(0, beginnings.get(partition) - position);
            expired += gone;
            LOG.error(
                    "{} messages of {} were deleted by Kafka before they were delivered; raise retention.ms of the topic",
                    gone,
                    partition);
        });
        consumer.seekToBeginning(positions.keySet());
    }

    private void look(ConsumerRecords<Object, Object> polled) {
        Set<TopicPartition> found = new HashSet<>(polled.partitions());
        waiting = lag(found) + polled.count();
        behind = found;
    }

    private long lag(Set<TopicPartition> found) {
        long sum = 0;
        for (TopicPartition partition : consumer.assignment()) {
            long lag = consumer.currentLag(partition).orElse(0);
            sum += lag;
            if (lag > 0) {
                found.add(partition);
            }
        }
        return sum;
    }

    private long takeExpired() {
        long taken = expired;
        expired = 0;
        return taken;
    }

    /** What was taken away belongs to another one now, who goes by what was committed last. */
    private Object commit(Method method, Object[] arguments) throws Throwable {
        if (arguments != null && arguments[0] instanceof Map<?, ?> given) {
            Map<TopicPartition, OffsetAndMetadata> kept = new HashMap<>();
            given.forEach((partition, offset) -> kept.put((TopicPartition) partition, (OffsetAndMetadata) offset));
            kept.keySet().removeAll(revoked);
            if (kept.isEmpty()) {
                return null;
            }
            Object[] changed = arguments.clone();
            changed[0] = kept;
            return call(method, changed);
        }
        return call(method, arguments);
    }

    private Object close(Object proxy) {
        closed = true;
        ticks.cancel(false);
        group.remove(proxy);
        consumer.close(CLOSE);
        return null;
    }

    /** Polls while a message is processed, if that has taken so long already. */
    private void stayMember() {
        if (!lock.tryLock()) {
            return;
        }
        try {
            long silent = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - polledNanos);
            if (closed || !processing || silent < silenceMillis / 2) {
                return;
            }
            hold(consumer.assignment());
            ConsumerRecords<Object, Object> records = pollFrom(Duration.ZERO);
            polledNanos = System.nanoTime();
            for (TopicPartition partition : records.partitions()) {
                // Cannot be, since all is paused; but if it were, they would be lost.
                consumer.seek(partition, records.records(partition).get(0).offset());
            }
            waiting = lag(new HashSet<>()) + 1;
        } catch (RuntimeException e) {
            LOG.debug("A poll that only keeps the membership failed; the next one is tried soon", e);
        } finally {
            lock.unlock();
        }
    }

    private void hold(Collection<TopicPartition> partitions) {
        Set<TopicPartition> running = new HashSet<>(partitions);
        running.removeAll(consumer.paused());
        consumer.pause(running);
        held.addAll(running);
    }

    /** What is lost is revoked, too, for Camel as for Kafka. */
    private final class Listener implements ConsumerRebalanceListener {
        private final ConsumerRebalanceListener camel;

        Listener(ConsumerRebalanceListener camel) {
            this.camel = camel;
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            revoked.addAll(partitions);
            camel.onPartitionsRevoked(partitions);
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            if (processing) {
                hold(partitions);
            }
            camel.onPartitionsAssigned(partitions);
        }
    }
}
