package io.funcobserver.observe.status;

import java.util.Locale;

/** How a call ended, in the words of the tag {@code task_status}. */
enum CallStatus {
    SUCCESS,
    FAILURE,
    TIMEOUT,
    SKIP,
    EXPIRE,
    OTHER;

    private final String id = name().toLowerCase(Locale.ROOT);

    static CallStatus of(String status) {
        return switch (status == null ? "" : status) {
            case "success" -> SUCCESS;
            case "failure" -> FAILURE;
            case "timeout" -> TIMEOUT;
            case "skip" -> SKIP;
            case "expire" -> EXPIRE;
            default -> OTHER;
        };
    }

    String id() {
        return id;
    }

    boolean isFailing() {
        return this == FAILURE || this == TIMEOUT;
    }
}
