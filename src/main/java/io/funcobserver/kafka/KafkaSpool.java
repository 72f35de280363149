package io.funcobserver.kafka;

import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import io.funcobserver.delivery.Target;
import io.funcobserver.lineprotocol.Category;
import io.funcobserver.mysql.CursorStore;
import io.funcobserver.observe.Destination;
import io.funcobserver.observe.HealthState;
import io.funcobserver.observe.Metrics;
import io.funcobserver.observe.RateLimitedLog;
import io.funcobserver.spool.BatchLimits;
import io.funcobserver.spool.Kind;
import io.funcobserver.spool.LineBlock;
import io.funcobserver.spool.RequestSplitter;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.TopicConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What {@code routes/kafka/spool.camel.yaml} cannot say: which messages a block of lines becomes, and what a failure means. */
public final class KafkaSpool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaSpool.class);
    private static final String DROPPED = "spool_full";
    private static final String TOO_LARGE = "too_large";
    private static final String INTAKE = "intake";
    private static final String BLOCK = "block";
    private static final long CREATE_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MINUTES.toNanos(5);

    private final KafkaClients clients;
    private final KafkaTopics topics;
    private final RequestSplitter splitter;
    private final List<Destination> sent;
    private final Metrics metrics;
    private final HealthState health;
    private final BrokerState state;
    private final Map<String, TailTransaction> tails = new ConcurrentHashMap<>();
    private final RateLimitedLog log = new RateLimitedLog(LOG::warn);
    private final Map<Category, Integer> largest = new EnumMap<>(Category.class);
    private boolean complete;
    private volatile long nextLookNanos = System.nanoTime();

    /** Each replica's uploads keep their order among themselves, and replicas do not wait for one another. */
    private final String intakeKey = INTAKE + '@' + UUID.randomUUID();

    public KafkaSpool(
            KafkaClients clients,
            KafkaTopics topics,
            BatchLimits limits,
            List<Target> targets,
            HealthState health,
            Metrics metrics) {
        this.clients = clients;
        this.topics = topics;
        this.splitter = new RequestSplitter(limits);
        this.sent = targets.stream().flatMap(target -> target.sent().stream()).toList();
        this.metrics = metrics;
        this.health = health;
        // Perhaps since the topics are others now.
        this.state = new BrokerState(clients.brokers(), health, () -> nextLookNanos = System.nanoTime());
        for (Category category : Category.values()) {
            dropped(category, DROPPED, 0);
            dropped(category, TOO_LARGE, 0);
        }
    }

    BrokerState state() {
        return state;
    }

    /** Where the tail of that name keeps its cursor. */
    public CursorStore cursor(String tail) {
        return transaction(tail);
    }

    private TailTransaction transaction(String tail) {
        return tails.computeIfAbsent(tail, name -> new TailTransaction(name, clients, topics, this, health));
    }

    /**
     * Adds requests to the open transaction of a tail, or to a new one: safe with its next cursor.
     *
     * @throws IOException when that cannot be; nothing of the transaction is kept then
     */
    public void append(String tail, List<RequestMessage> requests) throws IOException {
        transaction(tail).append(requests);
    }

    /** Whether any target takes this category at all. */
    private boolean isSent(Category category) {
        return sent.stream().anyMatch(destination -> destination.category() == category);
    }

    /**
     * Whether a block may be sent now.
     *
     * @return false for samples while Kafka takes nothing; they are counted as dropped
     * @throws KafkaUnavailableException for records while Kafka takes nothing
     */
    public boolean admit(@Body LineBlock block) {
        if (block.lines() == 0 || !isSent(block.category())) {
            return false;
        }
        try {
            state.admit();
            return true;
        } catch (KafkaUnavailableException e) {
            if (block.kind() == Kind.RECORD) {
                throw e;
            }
            dropped(block.category(), DROPPED, block.lines());
            return false;
        }
    }

    /** The messages that a block becomes. */
    public List<RequestMessage> messages(@Body LineBlock block, Exchange exchange) {
        exchange.setVariable(BLOCK, block);
        String key = block.source().equals(INTAKE) ? intakeKey : block.source();
        String topic = topics.requests(block.category());
        int largest = largest(block.category()) - MessageSizes.OVERHEAD;
        return splitter.split(block, largest).stream()
                .filter(request -> fits(request, largest))
                .map(request -> RequestMessage.of(topic, key, request))
                .toList();
    }

    private boolean fits(LineBlock request, int largest) {
        if (request.content().length <= largest) {
            return true;
        }
        dropped(request.category(), TOO_LARGE, 1);
        log.say("A line of " + request.bytes() + " bytes from " + request.source()
                + " fits into no message and is dropped; raise max.message.bytes of the topic "
                + topics.requests(request.category()));
        return false;
    }

    /** Makes the body a message that Camel's component can send. */
    public void head(@Body RequestMessage request, Exchange exchange) {
        request.into(exchange.getMessage());
    }

    /** All messages of a block are safe. */
    public void stored() {
        state.succeeded();
    }

    /** Takes note of a failure: samples are dropped and counted, records fail, so that their sender comes again. */
    public void failed(Exchange exchange) throws Exception {
        Exception failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        state.failed(failure);
        LineBlock block = exchange.getVariable(BLOCK, LineBlock.class);
        if (block.kind() == Kind.RECORD) {
            throw failure;
        }
        dropped(block.category(), DROPPED, block.lines());
    }

    private void dropped(Category category, String reason, long lines) {
        sent.stream()
                .filter(destination -> destination.category() == category)
                .forEach(destination -> metrics.pointsDropped(destination, reason, lines));
    }

    /** How large a message may be in the topic of a category, as of the last look. */
    private synchronized int largest(Category category) {
        open();
        return Math.max(MessageSizes.SMALLEST_TOPIC, largest.getOrDefault(category, MessageSizes.DEFAULT_TOPIC));
    }

    /** Looks at the topics now and then, and creates those that are missing; where that fails, sending shows what is wrong. */
    synchronized void open() {
        if (System.nanoTime() - nextLookNanos < 0) {
            return;
        }
        try (Admin admin = clients.admin()) {
            if (!complete) {
                List<String> created = topics.create(admin);
                if (!created.isEmpty()) {
                    LOG.info("Created the Kafka topics {}", String.join(", ", created));
                }
                complete = true;
            }
            for (Category category : Category.values()) {
                largest.put(
                        category,
                        Integer.parseInt(topics.configuration(admin, topics.requests(category))
                                .get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG)
                                .value()));
            }
            nextLookNanos = System.nanoTime() + LOOK_AGAIN_NANOS;
        } catch (KafkaException e) {
            LOG.debug("The topics cannot be looked at", e);
            nextLookNanos = System.nanoTime() + CREATE_AGAIN_NANOS;
        }
    }

    /** Looks at the topics at the start, from which on it is watched whether the brokers answer. */
    public void start() {
        open();
        clients.watch(state::answered);
    }

    @Override
    public void close() {
        tails.values().forEach(TailTransaction::close);
    }
}
