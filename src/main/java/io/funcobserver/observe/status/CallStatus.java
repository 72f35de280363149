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

    static CallStatus of(String status) {
        for (CallStatus one : values()) {
            if (one.id().equals(status)) {
                return one;
            }
        }
        return OTHER;
    }

    String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean isFailing() {
        return this == FAILURE || this == TIMEOUT;
    }
}
