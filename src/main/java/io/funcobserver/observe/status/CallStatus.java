package io.funcobserver.observe.status;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How a call ended, in the words of the tag {@code task_status}. */
enum CallStatus {
    SUCCESS,
    FAILURE,
    TIMEOUT,
    SKIP,
    EXPIRE,
    OTHER;

    private static final Map<String, CallStatus> BY_ID =
            Stream.of(values()).collect(Collectors.toMap(CallStatus::id, status -> status));

    private final String id = name().toLowerCase(Locale.ROOT);

    static CallStatus of(String status) {
        return BY_ID.getOrDefault(status, OTHER);
    }

    String id() {
        return id;
    }

    boolean isFailing() {
        return this == FAILURE || this == TIMEOUT;
    }
}
