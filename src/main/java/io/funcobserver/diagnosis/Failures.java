package io.funcobserver.diagnosis;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Looks through a failure and its causes. */
public final class Failures {
    /** Chains of causes can be circular. */
    private static final int DEEPEST = 20;

    private Failures() {}

    /** The failure, what it suppressed (Jedis puts the reason there), and its causes. */
    static List<Throwable> chain(Throwable failure) {
        List<Throwable> chain = new ArrayList<>();
        for (Throwable each = failure; each != null && chain.size() < DEEPEST; each = each.getCause()) {
            chain.add(each);
            chain.addAll(List.of(each.getSuppressed()));
        }
        return chain;
    }

    static boolean has(Throwable failure, Class<? extends Throwable> type) {
        return chain(failure).stream().anyMatch(type::isInstance);
    }

    /** Whether the message of it or of any of its causes has these words in it, in whatever case. */
    public static boolean mentions(Throwable failure, String words) {
        String sought = words.toLowerCase(Locale.ROOT);
        return chain(failure).stream()
                .map(Throwable::getMessage)
                .anyMatch(message ->
                        message != null && message.toLowerCase(Locale.ROOT).contains(sought));
    }

    /** The innermost message, in one line. */
    static String innermost(Throwable failure) {
        String message = failure.getClass().getSimpleName();
        for (Throwable each : chain(failure)) {
            if (each.getMessage() != null && !each.getMessage().isBlank()) {
                message = each.getMessage();
            }
        }
        return message.strip().replaceAll("\\s*[\\r\\n]+\\s*", " ");
    }
}
