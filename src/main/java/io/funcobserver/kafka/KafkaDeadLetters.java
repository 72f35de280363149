package io.funcobserver.kafka;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

import io.funcobserver.delivery.DeadLetter;
import io.funcobserver.delivery.Replay;
import io.funcobserver.observe.Metrics;
import io.funcobserver.spool.Gzip;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Variable;
import org.apache.camel.component.kafka.KafkaConstants;

/**
 * Dead letters as messages of one compacted topic: the key names one, the value is its lines, gzipped, and the headers say
 * why. A tombstone of the key says that it was replayed.
 */
public final class KafkaDeadLetters {
    static final String CATEGORY = "category";
    static final String REPORT = "report";

    private final KafkaTopics topics;
    private final Metrics metrics;

    public KafkaDeadLetters(KafkaTopics topics, Metrics metrics) {
        this.topics = topics;
        this.metrics = metrics;
    }

    /** Makes the message of a dead letter whose report, as JSON, is the body. */
    public void head(@Variable("letter") DeadLetter letter, @Body byte[] report, Exchange exchange) {
        byte[] lines = letter.lines();
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put(RequestMessage.TARGET, letter.destination().target());
        headers.put(CATEGORY, letter.destination().category().id());
        headers.put(RequestMessage.LINES, Long.toString(letter.report().lines()));
        headers.put(REPORT, new String(report, StandardCharsets.UTF_8));
        Message message = exchange.getMessage();
        message.removeHeaders("*");
        headers.forEach(message::setHeader);
        message.setHeader(KafkaConstants.OVERRIDE_TOPIC, topics.deadLetters());
        message.setHeader(KafkaConstants.KEY, KafkaLetter.key(new Replay.Letter(letter.destination(), letter.name())));
        message.setBody(Gzip.pack(lines, 0, lines.length));
    }

    /** The dead letter is safe. */
    public void written(@Variable("letter") DeadLetter letter) {
        metrics.deadLetterLines(letter.destination(), letter.report().lines());
    }
}
