package io.funcobserver.delivery;

import java.time.Duration;

/** The target did not take the lines now; to be tried again. Its message holds no secret. */
final class NotDelivered extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean misconfigured;
    private final Duration retryAfter;

    /** @param retryAfter how long the target asks to wait, or null */
    NotDelivered(String message, boolean misconfigured, Duration retryAfter) {
        super(message, null, false, false);
        this.misconfigured = misconfigured;
        this.retryAfter = retryAfter;
    }

    boolean misconfigured() {
        return misconfigured;
    }

    Duration retryAfter() {
        return retryAfter;
    }
}
