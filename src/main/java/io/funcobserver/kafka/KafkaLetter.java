package io.funcobserver.kafka;

import java.util.Objects;

import io.funcobserver.delivery.DeadLetterReport;
import io.funcobserver.delivery.DeadLetters;
import io.funcobserver.delivery.Replay;
import io.funcobserver.lineprotocol.Category;
import io.funcobserver.observe.Destination;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A dead letter as its message says.
 *
 * @param report null where it is missing or damaged
 * @param offset of the message, which tells it from an older one of the same key
 */
record KafkaLetter(Replay.Letter id, DeadLetterReport report, long lines, long offset) {
    /** Of its message. */
    static String key(Replay.Letter id) {
        return id.destination().target() + '/' + id.destination().category().id() + '/' + id.name();
    }

    /** Null where it is none: anyone may write into a topic. */
    static KafkaLetter of(ConsumerRecord<String, byte[]> message) {
        String[] path = Objects.requireNonNullElse(message.key(), "").split("/", 3);
        if (path.length < 3) {
            return null;
        }
        String lines = RequestMessage.text(message.headers(), RequestMessage.LINES);
        try {
            return new KafkaLetter(
                    new Replay.Letter(new Destination(path[0], Category.of(path[1])), path[2]),
                    DeadLetterReport.parse(RequestMessage.text(message.headers(), KafkaDeadLetters.REPORT)),
                    lines == null ? 0 : Long.parseLong(lines),
                    message.offset());
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    DeadLetters.Entry entry() {
        return DeadLetters.Entry.of(id, report, lines);
    }
}
