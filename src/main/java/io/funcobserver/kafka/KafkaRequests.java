package io.funcobserver.kafka;

import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.funcobserver.delivery.DamagedFileException;
import io.funcobserver.delivery.DeadLetterReport;
import io.funcobserver.delivery.Delivery;
import io.funcobserver.delivery.SpooledRequest;
import io.funcobserver.delivery.SpooledRequests;
import io.funcobserver.kafka.PatientConsumer.Membership;
import io.funcobserver.observe.Destination;
import io.funcobserver.observe.Metrics;
import io.funcobserver.observe.RateLimitedLog;
import io.funcobserver.spool.SpoolFile;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.component.kafka.consumer.DefaultKafkaManualCommit;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Headers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The messages for one target as requests to deliver: what the {@code kafka:} consumer leaves open. What waits is that in the
 * partitions that this process has: the sum over all processes is all.
 */
public final class KafkaRequests implements SpooledRequests {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaRequests.class);
    private static final String EXPIRED = "expired";

    private final RateLimitedLog log = new RateLimitedLog(LOG::error);

    private final Delivery delivery;
    /** The consumers of the target's group that this process has. */
    private final Set<Membership> members;

    private final Clock clock;
    private final Metrics metrics;
    /** When the message that is being delivered was written, in UNIX milliseconds; 0 for none. */
    private volatile long oldest;
    /** By partition, when the last message was written that was taken from it. */
    private final Map<TopicPartition, Long> reached = new ConcurrentHashMap<>();

    public KafkaRequests(Delivery delivery, KafkaClients clients, KafkaTopics topics, Clock clock, Metrics metrics) {
        this.delivery = delivery;
        this.members = clients.members(topics.group(delivery.destination()));
        this.clock = clock;
        this.metrics = metrics;
        Destination to = delivery.destination();
        metrics.gauge("spool_files", this, KafkaRequests::waiting, to.labels());
        metrics.gauge("spool_oldest_age_seconds", this, KafkaRequests::oldestAgeSeconds, to.labels());
        metrics.pointsDropped(to, EXPIRED, 0);
    }

    private long waiting() {
        return members.stream().mapToLong(Membership::waiting).sum();
    }

    private double oldestAgeSeconds() {
        long written = oldest;
        return written == 0 ? 0 : Math.max(0, clock.millis() - written) / 1000.0;
    }

    /** What was written before is delivered, as far as it is for this process to deliver. */
    @Override
    public Instant waitingSince() {
        return members.stream()
                .flatMap(member -> member.behind().stream())
                .map(partition -> Instant.ofEpochMilli(reached.getOrDefault(partition, 0L)))
                .min(Comparator.naturalOrder())
                .orElse(null);
    }

    /** A replayed message that is for another target is no request here, and only acknowledged. */
    @Override
    public void open(Exchange exchange) throws IOException, DamagedFileException {
        Message message = exchange.getMessage();
        Headers headers = message.getHeader(KafkaConstants.HEADERS, Headers.class);
        DefaultKafkaManualCommit commit =
                message.getHeader(KafkaConstants.MANUAL_COMMIT, DefaultKafkaManualCommit.class);
        String only = RequestMessage.text(headers, RequestMessage.TARGET);
        if (only != null && !only.equals(delivery.destination().target())) {
            acknowledge(commit);
            return;
        }
        long written = message.getHeader(KafkaConstants.TIMESTAMP, 0L, Long.class);
        oldest = written;
        reached.put(commit.getPartition(), written);
        MessageRequest request = new MessageRequest(message, headers, commit, written);
        long expired = request.member.takeExpired();
        if (expired > 0) {
            metrics.pointsDropped(delivery.destination(), EXPIRED, expired);
        }
        delivery.take(request, exchange);
    }

    private void acknowledge(DefaultKafkaManualCommit commit) {
        try {
            commit.commit();
        } catch (CommitFailedException | RebalanceInProgressException | TimeoutException e) {
            // The next commit of the partition stands for this one too; whoever has the partition by then may send the
            // same bytes once more.
            LOG.debug("The delivery of {} is not acknowledged", commit.getPartition(), e);
        } catch (KafkaException e) {
            log.say(
                    "Kafka does not take that " + commit.getPartition() + " is delivered up to here: " + e.getMessage()
                            + "; what comes after the last commit is sent again after the next start. The user needs READ on the group");
        }
    }

    private final class MessageRequest extends SpooledRequest {
        private final byte[] content;
        private final String history;
        private final DefaultKafkaManualCommit commit;
        private final Membership member;

        MessageRequest(Message message, Headers headers, DefaultKafkaManualCommit commit, long written) {
            super(
                    name(message, headers, commit.getPartition(), written),
                    commit.getPartition() + "@" + offset(message),
                    number(headers, RequestMessage.LINES, 10, 0L),
                    number(headers, RequestMessage.CHECKSUM, 16, null));
            this.content = message.getBody(byte[].class);
            this.history = RequestMessage.text(headers, RequestMessage.HISTORY);
            this.commit = commit;
            this.member = (Membership) commit.getCamelExchangePayload().consumer;
        }

        private static String name(Message message, Headers headers, TopicPartition partition, long written) {
            String source = RequestMessage.text(headers, RequestMessage.SOURCE);
            return String.join(
                    "_",
                    SpoolFile.stamp(Instant.ofEpochMilli(written)),
                    SpoolFile.safe(Objects.requireNonNullElse(source, "unknown")),
                    Integer.toString(partition.partition()),
                    Long.toString(offset(message)));
        }

        private static long offset(Message message) {
            return message.getHeader(KafkaConstants.OFFSET, Long.class);
        }

        private static Long number(Headers headers, String name, int radix, Long otherwise) {
            String text = RequestMessage.text(headers, name);
            return text == null ? otherwise : Long.valueOf(text, radix);
        }

        @Override
        protected byte[] read() {
            return content;
        }

        @Override
        protected List<DeadLetterReport> history() {
            return DeadLetterReport.parseHistory(history);
        }

        @Override
        protected long waiting() {
            return KafkaRequests.this.waiting();
        }

        @Override
        protected boolean isRevoked() {
            return member.isRevoked(commit.getPartition());
        }

        @Override
        protected void finished() {
            oldest = 0;
            acknowledge(commit);
        }
    }
}
