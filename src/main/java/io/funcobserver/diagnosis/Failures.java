package io.funcobserver.diagnosis;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

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

    /** Whether it or any of its causes is of one of these types. */
    static boolean has(Throwable failure, Class<?>... types) {
        return chain(failure).stream().anyMatch(each -> Stream.of(types).anyMatch(type -> type.isInstance(each)));
    }

    /** Whether the message of it or of any of its causes has one of these phrases in it, in whatever case. */
    public static boolean mentions(Throwable failure, String... phrases) {
        return chain(failure).stream()
                .map(each -> String.valueOf(each.getMessage()).toLowerCase(Locale.ROOT))
                .anyMatch(message ->
                        Stream.of(phrases).anyMatch(phrase -> message.contains(phrase.toLowerCase(Locale.ROOT))));
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
