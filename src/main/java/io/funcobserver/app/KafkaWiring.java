package io.funcobserver.app;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

import io.funcobserver.config.Settings;
import io.funcobserver.delivery.Delivery;
import io.funcobserver.delivery.Target;
import io.funcobserver.kafka.KafkaClients;
import io.funcobserver.kafka.KafkaDeadLetters;
import io.funcobserver.kafka.KafkaRequests;
import io.funcobserver.kafka.KafkaSpool;
import io.funcobserver.kafka.KafkaTopics;
import io.funcobserver.kafka.TailTransactions;
import io.funcobserver.mysql.CursorStore;
import io.funcobserver.observe.HealthState;
import io.funcobserver.observe.Metrics;
import io.funcobserver.spool.Category;
import org.apache.camel.main.Main;

/** The beans that {@code routes/kafka/} names. Kafka's classes are loaded with this one, and not without {@code spool=kafka}. */
final class KafkaWiring implements AutoCloseable {
    private final KafkaClients clients;
    private final KafkaSpool spool;
    private final TailTransactions tails;
    private final KafkaRequests requests;
    private final KafkaDeadLetters deadLetters;

    KafkaWiring(
            Settings settings,
            List<Target> targets,
            HealthState health,
            Metrics metrics,
            Clock clock,
            KafkaRequests.DeliveryOf deliveries) {
        clients = new KafkaClients(settings, health);
        KafkaTopics topics = new KafkaTopics(settings);
        spool = new KafkaSpool(clients, topics, Wiring.batchLimits(settings), targets, health, metrics);
        tails = new TailTransactions(clients, topics, spool, health);
        requests = KafkaRequests.of(targets, clients, topics, metrics, clock, deliveries);
        deadLetters = new KafkaDeadLetters(topics, targets, metrics);
    }

    void bindTo(Main camel) {
        camel.bind("kafkaClients", clients);
        camel.bind("kafkaSpool", spool);
        camel.bind("tailTransactions", tails);
        camel.bind("kafkaRequests", requests);
        camel.bind("kafkaDeadLetters", deadLetters);
    }

    /** Creates the topics that are missing, where the brokers answer. */
    void open() {
        spool.open();
    }

    Delivery delivery() {
        return requests.delivery();
    }

    Instant waitingSince(Category category) {
        return requests.waitingSince(category);
    }

    Predicate<Category> sent() {
        return spool::isSent;
    }

    Function<String, CursorStore> cursors() {
        return tails::cursor;
    }

    @Override
    public void close() {
        tails.close();
        clients.close();
    }
}
