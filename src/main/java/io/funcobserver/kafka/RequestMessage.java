package io.funcobserver.kafka;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

import io.funcobserver.spool.LineBlock;
import io.funcobserver.spool.SpoolFile;
import org.apache.camel.Message;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * A finished request as a message: the value is the very bytes that a file of the spool would hold, the headers say what
 * its name would.
 *
 * @param topic of the category
 * @param key the source of the lines, so that one partition keeps them in order
 * @param value the lines, gzipped
 * @param headers as texts
 */
public record RequestMessage(String topic, String key, byte[] value, Map<String, String> headers) {
    static final String SOURCE = "source";
    static final String KIND = "kind";
    static final String LINES = "lines";
    static final String BYTES = "bytes";
    /** CRC-32C of the value, in hexadecimal. */
    static final String CHECKSUM = "checksum";
    /** The one target that a replayed request is for. */
    static final String TARGET = "target";
    /** What befell the lines of a replayed request before, as JSON. */
    static final String HISTORY = "history";
    /** Why the lines of a dead letter were given up, as JSON. */
    static final String REPORT = "report";

    /** @param request gzipped */
    static RequestMessage of(String topic, String key, LineBlock request) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put(SOURCE, request.source());
        headers.put(KIND, request.kind().id());
        headers.put(LINES, Long.toString(request.lines()));
        headers.put(BYTES, Long.toString(request.bytes()));
        headers.put(CHECKSUM, String.format("%08x", SpoolFile.checksum(request.content())));
        return new RequestMessage(topic, key, request.content(), headers);
    }

    /** The same for one target only, with a history. */
    RequestMessage replayed(String target, String history) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(TARGET, target);
        more.put(HISTORY, history);
        return new RequestMessage(topic, key, value, more);
    }

    ProducerRecord<String, byte[]> producerRecord() {
        ProducerRecord<String, byte[]> made = new ProducerRecord<>(topic, key, value);
        headers.forEach((name, text) -> made.headers().add(name, text.getBytes(StandardCharsets.UTF_8)));
        return made;
    }

    /** Gives a message the form that Camel's component sends: one that nothing else of the exchange gets into. */
    void into(Message message) {
        message.removeHeaders("*");
        headers.forEach(message::setHeader);
        message.setHeader(KafkaConstants.OVERRIDE_TOPIC, topic);
        message.setHeader(KafkaConstants.KEY, key);
        message.setBody(value);
    }

    /** A header as text, or null. */
    static String text(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }
}
