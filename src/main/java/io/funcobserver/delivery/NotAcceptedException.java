package io.funcobserver.delivery;

import java.time.Duration;

/** The target did not take the lines now; the same request is made again. Its message holds no secret. */
final class NotAcceptedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Duration retryAfter;

    /** @param retryAfter how long the target asks to wait, or null */
    NotAcceptedException(String message, Duration retryAfter) {
        super(message, null, false, false);
        this.retryAfter = retryAfter;
    }

    Duration retryAfter() {
        return retryAfter;
    }
}
