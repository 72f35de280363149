package io.funcobserver.kafka;

import java.nio.charset.StandardCharsets;
import java.util.Map;

import io.funcobserver.delivery.DeadLetter;
import io.funcobserver.observe.Metrics;
import io.funcobserver.spool.Gzip;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;

/**
 * Dead letters as messages of one compacted topic: the key names one, the value is its lines, gzipped, and the headers say
 * why. A tombstone of the key says that it was replayed.
 */
public final class KafkaDeadLetters {
    private final KafkaTopics topics;
    private final Metrics metrics;

    public KafkaDeadLetters(KafkaTopics topics, Metrics metrics) {
        this.topics = topics;
        this.metrics = metrics;
    }

    /** Makes the message of a dead letter whose report, as JSON, is the body. */
    public void head(@Variable("letter") DeadLetter letter, @Body byte[] report, Exchange exchange) {
        byte[] lines = letter.lines();
        Map<String, String> headers = Map.of(
                RequestMessage.TARGET,
                letter.id().destination().target(),
                RequestMessage.LINES,
                Long.toString(letter.report().lines()),
                RequestMessage.REPORT,
                new String(report, StandardCharsets.UTF_8));
        String key = KafkaLetter.key(letter.id());
        new RequestMessage(topics.deadLetters(), key, Gzip.pack(lines, 0, lines.length), headers)
                .into(exchange.getMessage());
    }

    /** The dead letter is safe. */
    public void written(@Variable("letter") DeadLetter letter) {
        metrics.deadLetterLines(letter.id().destination(), letter.report().lines());
    }
}
