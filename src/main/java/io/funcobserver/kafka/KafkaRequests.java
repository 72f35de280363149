package io.funcobserver.kafka;

import java.io.IOException;
import java.time.Instant;
import java.util.List;

import io.funcobserver.delivery.DamagedFileException;
import io.funcobserver.delivery.DeadLetterReport;
import io.funcobserver.delivery.Delivery;
import io.funcobserver.delivery.SpooledRequest;
import io.funcobserver.kafka.PatientConsumer.Membership;
import io.funcobserver.observe.Metrics;
import io.funcobserver.spool.SpoolFile;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Variable;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.component.kafka.consumer.DefaultKafkaManualCommit;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Headers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Kafka's messages as requests to deliver: what the {@code kafka:} consumer leaves open. */
public final class KafkaRequests {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaRequests.class);

    /** Exchange variable with what acknowledges the message. */
    private static final String COMMIT = "commit";

    private static final String EXPIRED = "expired";

    private final Delivery delivery;
    private final Metrics metrics;

    public KafkaRequests(Delivery delivery, List<KafkaBacklog> backlogs, Metrics metrics) {
        this.delivery = delivery;
        this.metrics = metrics;
        for (KafkaBacklog backlog : backlogs) {
            metrics.pointsDropped(backlog.destination(), EXPIRED, 0);
        }
    }

    /** Whether the message of the exchange is for this target: a replayed one is for one of several. */
    public boolean isFor(Exchange exchange, @Variable("target") String target) {
        String only = header(exchange, RequestMessage.TARGET);
        return only == null || only.equals(target);
    }

    /**
     * Makes the request that a message is the body.
     *
     * @throws DamagedFileException where it does not hold what was sent
     */
    public void open(Exchange exchange) throws IOException, DamagedFileException {
        Delivery.refuseWhileStopping(exchange);
        remember(exchange);
        Message message = exchange.getMessage();
        long written = message.getHeader(KafkaConstants.TIMESTAMP, 0L, Long.class);
        Membership member = member(exchange);
        KafkaBacklog backlog = delivery.backlog(exchange, KafkaBacklog.class);
        long expired = member.takeExpired();
        if (expired > 0) {
            metrics.pointsDropped(backlog.destination(), EXPIRED, expired);
        }
        TopicPartition partition = partition(exchange);
        backlog.delivering(partition, written);
        long offset = message.getHeader(KafkaConstants.OFFSET, Long.class);
        String name = SpoolFile.stamp(Instant.ofEpochMilli(written))
                + '_'
                + SpoolFile.safe(header(exchange, RequestMessage.SOURCE))
                + '_'
                + partition.partition()
                + '_'
                + offset;
        String lines = header(exchange, RequestMessage.LINES);
        String checksum = header(exchange, RequestMessage.CHECKSUM);
        String history = header(exchange, RequestMessage.HISTORY);
        delivery.take(
                new SpooledRequest(
                        name,
                        partition + "@" + offset,
                        message.getBody(byte[].class),
                        lines == null ? 0 : Long.parseLong(lines),
                        checksum == null ? null : Long.valueOf(checksum, 16),
                        () -> DeadLetterReport.parseHistory(history),
                        () -> member.isRevoked(partition)),
                exchange);
    }

    private static String header(Exchange exchange, String name) {
        Headers headers = exchange.getMessage().getHeader(KafkaConstants.HEADERS, Headers.class);
        return headers == null ? null : RequestMessage.text(headers, name);
    }

    private static void remember(Exchange exchange) {
        exchange.setVariable(COMMIT, exchange.getMessage().getHeader(KafkaConstants.MANUAL_COMMIT));
    }

    private static DefaultKafkaManualCommit commit(Exchange exchange) {
        return exchange.getVariable(COMMIT, DefaultKafkaManualCommit.class);
    }

    private static TopicPartition partition(Exchange exchange) {
        return commit(exchange).getPartition();
    }

    private static Membership member(Exchange exchange) {
        return (Membership) commit(exchange).getCamelExchangePayload().consumer;
    }

    /** Each line of the message is accepted or in the dead letters: it is not delivered again. */
    public void finished(Exchange exchange) {
        if (commit(exchange) == null) {
            remember(exchange);
        }
        delivery.backlog(exchange, KafkaBacklog.class).delivered();
        try {
            commit(exchange).commit();
        } catch (CommitFailedException | RebalanceInProgressException | TimeoutException e) {
            // The next commit of the partition stands for this one too; whoever has the partition by then may send the
            // same bytes once more.
            LOG.debug("The delivery of {} is not acknowledged", partition(exchange), e);
        }
    }
}
