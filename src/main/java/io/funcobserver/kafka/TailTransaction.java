package io.funcobserver.kafka;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.funcobserver.diagnosis.Causes;
import io.funcobserver.mysql.CursorStore;
import io.funcobserver.observe.HealthState;
import org.apache.camel.util.ObjectHelper;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One tail's lines and cursor: what was appended becomes visible with the cursor that is written behind it, or never.
 *
 * <p>To read the cursor is to take the tail over: Kafka then refuses whatever an earlier process still sends for it, and
 * takes back what that one had not finished. After any failure it is not known what Kafka has kept, so the tail begins again
 * with {@link #read}.
 *
 * <p>Camel's component ends a transaction with the exchange; here one ends with each cursor, of which a page has several,
 * and the tail has to hear what came of it.
 */
final class TailTransaction implements CursorStore, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TailTransaction.class);
    private static final Duration AT_ONCE = Duration.ZERO;
    private static final Duration CLOSE = Duration.ofSeconds(2);
    /** So long one that was shut out leaves the tail to the other. */
    private static final long YIELD_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final String tail;
    private final KafkaClients clients;
    private final KafkaTopics topics;
    private final KafkaSpool spool;
    private final BrokerState state;
    private final HealthState health;

    private Producer<String, byte[]> producer;
    private boolean open;
    private boolean holdsLines;
    private boolean rolledBack;
    /** Whether there is a cursor, as far as this process knows. */
    private boolean known;

    private boolean shutOut;
    private long shutOutNanos;

    TailTransaction(String tail, KafkaClients clients, KafkaTopics topics, KafkaSpool spool, HealthState health) {
        this.tail = tail;
        this.clients = clients;
        this.topics = topics;
        this.spool = spool;
        this.state = spool.state();
        this.health = health;
    }

    private String part() {
        return "measurement." + tail + ".reader";
    }

    @Override
    public synchronized byte[] read() throws IOException {
        rolledBack = false;
        if (shutOut && System.nanoTime() - shutOutNanos < YIELD_NANOS) {
            throw new IOException("another process reads " + tail + " now; this one waits a moment");
        }
        state.admit();
        // Where the brokers were away at the start, the topics may not be there yet.
        spool.open();
        try {
            takeOver();
            byte[] cursor = LatestRecords.of(clients, topics.cursors(), ConsumerRecord::value)
                    .get(tail);
            known = cursor != null;
            shutOut = false;
            health.clear(part());
            state.succeeded();
            return cursor;
        } catch (KafkaException e) {
            throw failed("the cursor of " + tail + " cannot be read from Kafka", e);
        }
    }

    private void takeOver() {
        discard(AT_ONCE);
        producer = clients.transactional(topics.transactionalId("tail." + tail));
        producer.initTransactions();
    }

    synchronized void append(List<RequestMessage> requests) throws IOException {
        if (producer == null || rolledBack) {
            throw new IOException(tail + " begins again behind its last cursor");
        }
        try {
            begin();
            holdsLines |= !requests.isEmpty();
            send(requests.stream().map(RequestMessage::producerRecord).toList());
            state.succeeded();
        } catch (KafkaException e) {
            throw failed("the lines of " + tail + " cannot be written to Kafka", e);
        }
    }

    @Override
    public synchronized void write(byte[] cursor) throws IOException {
        if (rolledBack) {
            throw new IOException(tail + " begins again behind its last cursor");
        }
        try {
            if (producer == null) {
                state.admit();
                retake();
            }
            begin();
            send(List.of(new ProducerRecord<>(topics.cursors(), tail, cursor)));
            producer.commitTransaction();
            open = false;
            holdsLines = false;
            known = true;
            state.succeeded();
        } catch (KafkaException e) {
            throw failed("the cursor of " + tail + " cannot be written to Kafka", e);
        }
    }

    /** The first cursor could not be written: it may be by now, unless another process has begun meanwhile. */
    private void retake() throws IOException {
        takeOver();
        if (LatestRecords.of(clients, topics.cursors(), ConsumerRecord::value).containsKey(tail)) {
            rolledBack = true;
            throw new IOException("another process has begun to read " + tail);
        }
    }

    private void begin() {
        if (!open) {
            producer.beginTransaction();
            open = true;
        }
    }

    private void send(List<ProducerRecord<String, byte[]>> records) {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        records.forEach(message -> sent.add(producer.send(message)));
        sent.forEach(KafkaTopics::await);
    }

    private IOException failed(String what, KafkaException failure) {
        // Also where only the cursor failed: Kafka may have kept it.
        rolledBack = holdsLines || known;
        discard(AT_ONCE);
        if (isShutOut(failure)) {
            shutOut = true;
            shutOutNanos = System.nanoTime();
            String reason = "another process has begun to read " + tail
                    + "; only one of several should: see cluster.kubernetes.lease, or switch its measurements off here";
            if (health.warn(part(), reason)) {
                LOG.warn("{}: {}", tail, reason);
            }
            state.succeeded();
        } else {
            state.failed(failure);
        }
        return new IOException(what + ": " + Causes.oneLine(failure), failure);
    }

    private static boolean isShutOut(Throwable failure) {
        return ObjectHelper.getException(ProducerFencedException.class, failure) != null
                || ObjectHelper.getException(InvalidProducerEpochException.class, failure) != null;
    }

    private void discard(Duration patience) {
        open = false;
        holdsLines = false;
        if (producer != null) {
            Producer<String, byte[]> old = producer;
            producer = null;
            old.close(patience);
        }
    }

    @Override
    public synchronized boolean holdsLines() {
        return holdsLines;
    }

    @Override
    public synchronized boolean isRolledBack() {
        return rolledBack;
    }

    @Override
    public boolean isShared() {
        return true;
    }

    @Override
    public String place() {
        return "the key \"" + tail + "\" of the Kafka topic " + topics.cursors();
    }

    @Override
    public synchronized void close() {
        discard(CLOSE);
    }
}
