package io.funcobserver.kafka;

/** Kafka takes no lines now: their sender keeps them, and comes again. */
public final class KafkaUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    KafkaUnavailableException(String reason) {
        super(reason, null, false, false);
    }
}
