package io.funcobserver.app;

import java.time.Clock;
import java.util.List;
import java.util.function.Function;

import io.funcobserver.config.Settings;
import io.funcobserver.delivery.DeadLetterList;
import io.funcobserver.delivery.Deliveries;
import io.funcobserver.delivery.Target;
import io.funcobserver.kafka.KafkaClients;
import io.funcobserver.kafka.KafkaDeadLetters;
import io.funcobserver.kafka.KafkaRequests;
import io.funcobserver.kafka.KafkaSpool;
import io.funcobserver.kafka.KafkaTopics;
import io.funcobserver.kafka.NewestDeadLetters;
import io.funcobserver.mysql.CursorStore;
import io.funcobserver.observe.HealthState;
import io.funcobserver.observe.Metrics;
import io.funcobserver.spool.BatchLimits;
import org.apache.camel.spi.Registry;

/** Topics of Kafka. Its classes are loaded with this one, and not without {@code spool=kafka}. */
final class KafkaTransport implements Transport {
    private final KafkaClients clients;
    private final KafkaSpool spool;
    private final KafkaTopics topics;
    private final KafkaDeadLetters deadLetters;
    private final NewestDeadLetters newest;
    private final Metrics metrics;
    private final Clock clock;

    KafkaTransport(Settings settings, List<Target> targets, HealthState health, Metrics metrics, Clock clock) {
        clients = new KafkaClients(settings, health);
        topics = new KafkaTopics(settings);
        spool = new KafkaSpool(clients, topics, BatchLimits.of(settings), targets, health, metrics);
        deadLetters = new KafkaDeadLetters(topics, metrics);
        newest = new NewestDeadLetters(clients, topics);
        this.metrics = metrics;
        this.clock = clock;
    }

    @Override
    public void bindTo(Registry registry, Deliveries deliveries) {
        deliveries.bindRequests(registry, delivery -> new KafkaRequests(delivery, clients, topics, clock, metrics));
        registry.bind("kafkaClients", clients);
        registry.bind("kafkaSpool", spool);
        registry.bind("kafkaDeadLetters", deadLetters);
    }

    /** Creates the topics that are missing, where the brokers answer. */
    @Override
    public void open() {
        spool.start();
    }

    @Override
    public DeadLetterList deadLetters() {
        return newest;
    }

    @Override
    public Function<String, CursorStore> cursors() {
        return spool::cursor;
    }

    @Override
    public void close() {
        newest.close();
        spool.close();
        clients.close();
    }
}
