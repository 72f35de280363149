package io.funcobserver.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.funcobserver.delivery.DeadLetterList;
import io.funcobserver.delivery.DeadLetters;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest dead letters of the topic, for the status page. The first look reads the end of the topic, each later one what
 * has come since; nothing is read while nobody looks.
 */
public final class NewestDeadLetters implements DeadLetterList, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NewestDeadLetters.class);
    /** So many messages before the end the first look begins, and so many letters are kept. */
    private static final int MOST = 1000;

    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration POLL = Duration.ofMillis(100);
    /** After a failure, a page that is looked at waits for no broker for so long. */
    private static final long REST_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final KafkaClients clients;
    private final TopicPartition partition;
    private final Map<String, DeadLetters.Entry> letters = new LinkedHashMap<>();
    private Consumer<String, byte[]> reader;
    private long nextLookNanos = System.nanoTime();

    public NewestDeadLetters(KafkaClients clients, KafkaTopics topics) {
        this.clients = clients;
        this.partition = new TopicPartition(topics.deadLetters(), 0);
    }

    /** As far as the last look went: at most {@value #MOST}. */
    @Override
    public synchronized long count() {
        look();
        return letters.size();
    }

    @Override
    public synchronized List<DeadLetters.Entry> newest(int limit) {
        look();
        List<DeadLetters.Entry> newest = new ArrayList<>(letters.values());
        Collections.reverse(newest);
        return newest.subList(0, Math.min(limit, newest.size()));
    }

    private void look() {
        if (System.nanoTime() - nextLookNanos < 0) {
            return;
        }
        try {
            if (reader == null) {
                begin();
            }
            readOn();
        } catch (KafkaException e) {
            LOG.debug("The dead letters cannot be read", e);
            nextLookNanos = System.nanoTime() + REST_NANOS;
            close();
        }
    }

    private void begin() {
        letters.clear();
        reader = clients.reader(true);
        List<TopicPartition> one = List.of(partition);
        reader.assign(one);
        long end = reader.endOffsets(one, PATIENCE).get(partition);
        long first = reader.beginningOffsets(one, PATIENCE).get(partition);
        reader.seek(partition, Math.max(first, end - MOST));
    }

    private void readOn() {
        long begin = System.nanoTime();
        while (reader.position(partition, PATIENCE)
                        < reader.endOffsets(List.of(partition), PATIENCE).get(partition)
                && System.nanoTime() - begin < PATIENCE.toNanos()) {
            reader.poll(POLL).forEach(this::take);
        }
    }

    /** A tombstone says that the letter of its key was replayed. */
    private void take(ConsumerRecord<String, byte[]> message) {
        KafkaLetter letter = KafkaLetter.of(message);
        if (letter != null) {
            letters.remove(message.key());
            if (message.value() != null) {
                letters.put(message.key(), letter.entry());
            }
            if (letters.size() > MOST) {
                letters.remove(letters.keySet().iterator().next());
            }
        }
    }

    @Override
    public synchronized void close() {
        if (reader != null) {
            reader.close(Duration.ZERO);
            reader = null;
        }
    }
}
