package io.funcobserver.kafka;

/** How large messages may become, in bytes. */
final class MessageSizes {
    /** The most that a topic takes unless it is told otherwise: Kafka's own default. */
    static final int DEFAULT_TOPIC = 1_048_588;

    /** Of a topic that takes less, nothing is expected: its lines wait, instead of being dropped as too large. */
    static final int SMALLEST_TOPIC = 256 << 10;

    /** What the topics take that the product creates. */
    static final int CREATED_TOPIC = 4 << 20;

    /** Kept free for the key, the headers, and what Kafka adds. */
    static final int OVERHEAD = 16 << 10;

    /** A dead letter holds a request's lines and why they were rejected. */
    static final int DEAD_LETTER_TOPIC = CREATED_TOPIC + (1 << 20);

    /** The topics decide what is too large, not the producer. */
    static final int LARGEST_REQUEST = 64 << 20;

    /** How much a consumer has ready. */
    static final int FETCHED = 8 << 20;

    private MessageSizes() {}
}
