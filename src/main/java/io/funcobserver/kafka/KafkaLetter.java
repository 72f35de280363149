package io.funcobserver.kafka;

import java.util.Objects;
import java.util.regex.Pattern;

import io.funcobserver.delivery.DeadLetterReport;
import io.funcobserver.delivery.DeadLetters;
import io.funcobserver.lineprotocol.Category;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A dead letter as its message says.
 *
 * @param key of the message: target, category and name
 * @param report null where it is missing or damaged
 * @param offset of the message, which tells it from an older one of the same key
 */
record KafkaLetter(
        String key, String target, Category category, String name, DeadLetterReport report, long lines, long offset) {
    private static final Pattern ENDING = Pattern.compile("\\.(lp|json)$");

    static String key(String target, Category category, String name) {
        return target + '/' + category.id() + '/' + name;
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
                    message.key(),
                    path[0],
                    Category.of(path[1]),
                    path[2],
                    DeadLetterReport.parse(RequestMessage.text(message.headers(), KafkaDeadLetters.REPORT)),
                    lines == null ? 0 : Long.parseLong(lines),
                    message.offset());
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    DeadLetters.Entry entry() {
        return report == null
                ? new DeadLetters.Entry(name, target, category, lines, "", 0, "unknown: its report is missing", "")
                : new DeadLetters.Entry(
                        name,
                        target,
                        category,
                        lines,
                        Objects.requireNonNullElse(report.when(), ""),
                        report.status(),
                        Objects.requireNonNullElse(report.reason(), "unknown: its report does not say"),
                        Objects.requireNonNullElse(report.answer(), ""));
    }

    /** @param given a name, with or without target, category and ending */
    boolean isNamed(String given) {
        String[] path = given.split("[/\\\\]");
        String last =
                path.length == 0 ? "" : ENDING.matcher(path[path.length - 1]).replaceAll("");
        return last.equals(name)
                && (path.length < 2 || path[path.length - 2].equals(category.id()))
                && (path.length < 3 || path[path.length - 3].equals(target));
    }
}
