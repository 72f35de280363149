package io.funcobserver.kafka;

import java.util.Objects;

import io.funcobserver.delivery.DeadLetterId;
import io.funcobserver.delivery.DeadLetterReport;
import io.funcobserver.delivery.DeadLetters;
import io.funcobserver.lineprotocol.Category;
import io.funcobserver.observe.Destination;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A dead letter as its message says.
 *
 * @param offset of the message, which tells it from an older one of the same key
 */
record KafkaLetter(DeadLetters.Entry entry, long offset) {
    /** Of its message. */
    static String key(DeadLetterId id) {
        return id.destination().target() + '/' + id.destination().category().id() + '/' + id.name();
    }

    /** Null where it is none: anyone may write into a topic. */
    static KafkaLetter of(ConsumerRecord<String, byte[]> message) {
        String[] path = Objects.requireNonNullElse(message.key(), "").split("/", 3);
        if (path.length < 3) {
            return null;
        }
        String lines = RequestMessage.text(message.headers(), RequestMessage.LINES);
        String report = RequestMessage.text(message.headers(), RequestMessage.REPORT);
        try {
            DeadLetterId id = new DeadLetterId(new Destination(path[0], Category.of(path[1])), path[2]);
            long count = lines == null ? 0 : Long.parseLong(lines);
            return new KafkaLetter(new DeadLetters.Entry(id, DeadLetterReport.parse(report, count)), message.offset());
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    DeadLetterId id() {
        return entry.id();
    }
}
