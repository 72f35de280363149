package io.funcobserver.kafka;

import java.util.List;

import io.funcobserver.check.Finding;
import io.funcobserver.check.Probe;
import io.funcobserver.config.Settings;

/** Tests the brokers and the topics with {@code spool=kafka}; without it, loads nothing of Kafka and says nothing. */
public final class KafkaCheck implements Probe {
    @Override
    public String subject() {
        return "Kafka";
    }

    @Override
    public List<String> properties() {
        return List.of("spool", "kafka.", "dead-letter.max-size");
    }

    @Override
    public List<Finding> test(Settings settings) {
        return settings.text("spool").equals("kafka") ? new KafkaProbe(settings).test() : List.of();
    }
}
