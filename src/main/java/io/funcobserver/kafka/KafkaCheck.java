package io.funcobserver.kafka;

import io.funcobserver.check.Findings;
import io.funcobserver.check.Probe;
import io.funcobserver.config.Settings;

/** Tests the brokers and the topics with {@code spool=kafka}; without it, loads nothing of Kafka and says nothing. */
public final class KafkaCheck extends Probe {
    public KafkaCheck() {
        super("Kafka", "spool", "kafka.", "dead-letter.max-size");
    }

    @Override
    protected void test(Settings settings, Findings found) {
        if (settings.text("spool").equals("kafka")) {
            new KafkaProbe(settings, found).test();
        }
    }
}
