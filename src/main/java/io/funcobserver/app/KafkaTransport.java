package io.funcobserver.app;

import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;

import io.funcobserver.config.Settings;
import io.funcobserver.delivery.DeadLetterList;
import io.funcobserver.delivery.Delivery;
import io.funcobserver.delivery.Target;
import io.funcobserver.kafka.KafkaBacklog;
import io.funcobserver.kafka.KafkaClients;
import io.funcobserver.kafka.KafkaDeadLetters;
import io.funcobserver.kafka.KafkaRequests;
import io.funcobserver.kafka.KafkaSpool;
import io.funcobserver.kafka.KafkaTopics;
import io.funcobserver.kafka.NewestDeadLetters;
import io.funcobserver.lineprotocol.Category;
import io.funcobserver.mysql.CursorStore;
import io.funcobserver.observe.HealthState;
import io.funcobserver.observe.Metrics;
import io.funcobserver.spool.BatchLimits;
import org.apache.camel.spi.Registry;

/** Topics of Kafka. Its classes are loaded with this one, and not without {@code spool=kafka}. */
final class KafkaTransport implements Transport {
    private final KafkaClients clients;
    private final KafkaSpool spool;
    private final List<KafkaBacklog> backlogs;
    private final KafkaDeadLetters deadLetters;
    private final NewestDeadLetters newest;
    private final Metrics metrics;

    KafkaTransport(Settings settings, List<Target> targets, HealthState health, Metrics metrics, Clock clock) {
        clients = new KafkaClients(settings, health);
        KafkaTopics topics = new KafkaTopics(settings);
        spool = new KafkaSpool(clients, topics, BatchLimits.of(settings), targets, health, metrics);
        backlogs = KafkaBacklog.of(targets, clients, topics, clock, metrics);
        deadLetters = new KafkaDeadLetters(topics, metrics);
        newest = new NewestDeadLetters(clients, topics);
        this.metrics = metrics;
    }

    @Override
    public void bindTo(Registry registry, Delivery delivery) {
        registry.bind("kafkaClients", clients);
        registry.bind("kafkaSpool", spool);
        registry.bind("kafkaRequests", new KafkaRequests(delivery, backlogs, metrics));
        registry.bind("kafkaDeadLetters", deadLetters);
    }

    /** Creates the topics that are missing, where the brokers answer. */
    @Override
    public void open() {
        spool.start();
    }

    @Override
    public List<KafkaBacklog> backlogs() {
        return backlogs;
    }

    @Override
    public DeadLetterList deadLetters() {
        return newest;
    }

    @Override
    public Instant waitingSince(Category category) {
        return backlogs.stream()
                .filter(backlog -> backlog.destination().category() == category)
                .map(KafkaBacklog::waitingSince)
                .filter(Objects::nonNull)
                .min(Comparator.naturalOrder())
                .orElse(null);
    }

    @Override
    public Predicate<Category> sent() {
        return spool::isSent;
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
