package io.funcobserver.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.funcobserver.config.ConfigurationException;
import io.funcobserver.config.Settings;
import io.funcobserver.diagnosis.Causes;
import io.funcobserver.kafka.PatientConsumer.Membership;
import io.funcobserver.observe.HealthState;
import io.funcobserver.observe.RateLimitedLog;
import org.apache.camel.component.kafka.KafkaClientFactory;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes every client of Kafka that the product uses, those of Camel's component included: with what {@code kafka.*} passes
 * through, and time-outs by which a source hears within seconds that Kafka takes nothing.
 */
public final class KafkaClients implements KafkaClientFactory, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaClients.class);

    /** What the promises depend on is not for anyone to change. */
    private static final Set<String> FIXED = Set.of(
            CommonClientConfigs.GROUP_ID_CONFIG,
            ProducerConfig.ACKS_CONFIG,
            ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
            ProducerConfig.TRANSACTIONAL_ID_CONFIG,
            ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
            ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            ConsumerConfig.ISOLATION_LEVEL_CONFIG,
            ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
            ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
            ConsumerConfig.MAX_POLL_RECORDS_CONFIG);

    private static final int WATCH_MILLIS = 5_000;
    private static final int CALL_MILLIS = 5_000;
    private static final int SEND_MILLIS = 10_000;
    private static final int TRANSACTION_MILLIS = 15_000;
    private static final int SESSION_MILLIS = 12_000;
    private static final int DEFAULT_MAX_POLL_MILLIS = 300_000;

    private static final String PART = "delivery.kafka";

    private final String brokers;
    private final HealthState health;
    private final RateLimitedLog log = new RateLimitedLog(LOG::warn);
    private final Map<String, Object> given = new TreeMap<>();
    private final Map<String, Set<Membership>> members = new ConcurrentHashMap<>();
    private final ScheduledExecutorService keepAlive;
    /** Made when it is first needed: the names of the brokers may not be known yet. */
    private volatile Admin watcher;

    /**
     * @param health where it is shown that nothing can be fetched; null in the commands that only look
     * @throws ConfigurationException when a {@code kafka.*} property is unknown to Kafka's clients, or not to be set
     */
    public KafkaClients(Settings settings, HealthState health) {
        this.health = health;
        this.brokers = settings.text("kafka.brokers");
        settings.kafka().forEach((name, value) -> {
            if (!name.equals(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG)) {
                given.put(checked(name), value);
            }
        });
        trust(settings.text("tls.ca-file"));
        this.keepAlive = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "kafka keep-alive");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** The product's own authorities, unless Kafka has some of its own. */
    private void trust(String authorities) {
        if (authorities != null && given.keySet().stream().noneMatch(name -> name.startsWith("ssl.truststore."))) {
            given.put(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, "PEM");
            given.put(SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG, authorities);
        }
    }

    private static String checked(String name) {
        if (FIXED.contains(name)) {
            throw new ConfigurationException(
                    "kafka." + name + " is not to be set, since records could be lost by it; leave it out");
        }
        Set<String> known = new TreeSet<>(ProducerConfig.configNames());
        known.addAll(ConsumerConfig.configNames());
        known.addAll(AdminClientConfig.configNames());
        if (!known.contains(name)) {
            throw new ConfigurationException("kafka." + name
                    + " is no property of Kafka's producers, consumers or admin clients; correct its name");
        }
        return name;
    }

    @Override
    public String getBrokers(KafkaConfiguration configuration) {
        return brokers;
    }

    public String brokers() {
        return brokers;
    }

    /** The producer of Camel's component. */
    @Override
    public Producer<Object, Object> getProducer(Properties camel) {
        Map<String, Object> properties = producer();
        properties.putAll(of(ProducerConfig.configNames()));
        return new KafkaProducer<>(properties);
    }

    /** The consumer of Camel's component, which keeps its partitions while a request is repeated for hours. */
    @Override
    public Consumer<Object, Object> getConsumer(Properties camel) {
        Map<String, Object> properties = consumer();
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, camel.get(ConsumerConfig.GROUP_ID_CONFIG));
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
        // So soon another process goes on with what a dead one was delivering.
        properties.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_MILLIS);
        properties.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, SESSION_MILLIS / 4);
        properties.put(
                ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                List.of(CooperativeStickyAssignor.class.getName()));
        properties.putAll(of(ConsumerConfig.configNames()));
        int maxPoll = Integer.parseInt(properties
                .getOrDefault(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, DEFAULT_MAX_POLL_MILLIS)
                .toString());
        return PatientConsumer.of(
                new KafkaConsumer<>(properties),
                keepAlive,
                maxPoll,
                this::polled,
                members(camel.getProperty(ConsumerConfig.GROUP_ID_CONFIG)));
    }

    /** Shows whether messages can be fetched. */
    private void polled(RuntimeException failure) {
        if (health == null) {
            return;
        }
        if (failure == null) {
            if (health.up(PART) != null) {
                log.reset();
                LOG.info("Kafka ({}) lets messages be fetched again", brokers);
            }
            return;
        }
        String reason = "no message can be fetched from Kafka (" + brokers + "): " + Causes.oneLine(failure)
                + "; see whether this user may read the topics and their groups";
        health.down(PART, reason);
        log.say(reason);
    }

    /** The consumers of a group that this process has. */
    Set<Membership> members(String group) {
        return members.computeIfAbsent(group, g -> ConcurrentHashMap.newKeySet());
    }

    /** A producer whose sends become visible together, under an id that shuts out an earlier one of the same id. */
    Producer<String, byte[]> transactional(String id) {
        Map<String, Object> properties = producer();
        properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, id);
        properties.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_MILLIS);
        properties.putAll(of(ProducerConfig.configNames()));
        return new KafkaProducer<>(properties);
    }

    /** A consumer without a group, to read a topic from its beginning. */
    Consumer<String, byte[]> reader(boolean committed) {
        Map<String, Object> properties = consumer();
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, committed ? "read_committed" : "read_uncommitted");
        properties.putAll(of(ConsumerConfig.configNames()));
        properties.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
        return new KafkaConsumer<>(properties);
    }

    /** To look at the brokers and topics. */
    public Admin admin() {
        Map<String, Object> properties = new HashMap<>();
        properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, CALL_MILLIS);
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, CALL_MILLIS);
        properties.putAll(of(AdminClientConfig.configNames()));
        return Admin.create(properties);
    }

    private Map<String, Object> producer() {
        Map<String, Object> properties = new HashMap<>();
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
        properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
        properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, SEND_MILLIS);
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, CALL_MILLIS);
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, SEND_MILLIS);
        properties.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MessageSizes.LARGEST_REQUEST);
        return properties;
    }

    private Map<String, Object> consumer() {
        Map<String, Object> properties = new HashMap<>();
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
        properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class);
        properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        // What is no longer there is counted before it is passed over: see PatientConsumer.
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, SEND_MILLIS);
        properties.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, CALL_MILLIS);
        properties.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        // New topics and partitions are found after this, not after five minutes.
        properties.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 30_000);
        // What lies ready in memory, for each consumer.
        properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, MessageSizes.FETCHED);
        return properties;
    }

    private Map<String, Object> of(Set<String> names) {
        Map<String, Object> known = new HashMap<>(given);
        known.keySet().retainAll(names);
        return known;
    }

    /**
     * Asks every few seconds whether a broker answers.
     *
     * @param answered is told the failure, or null
     */
    void watch(java.util.function.Consumer<Throwable> answered) {
        keepAlive.scheduleWithFixedDelay(() -> ask(answered), 0, WATCH_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void ask(java.util.function.Consumer<Throwable> answered) {
        try {
            if (watcher == null) {
                watcher = admin();
            }
            watcher.describeCluster().clusterId().whenComplete((id, failure) -> {
                if (!keepAlive.isShutdown()) {
                    answered.accept(failure);
                }
            });
        } catch (KafkaException e) {
            // Names that cannot be resolved.
            answered.accept(e);
        }
    }

    @Override
    public void close() {
        keepAlive.shutdownNow();
        Admin watching = watcher;
        if (watching != null) {
            watching.close(Duration.ZERO);
        }
    }

    /** Names no value: they hold secrets. */
    @Override
    public String toString() {
        return "clients of " + brokers;
    }
}
