package io.funcobserver.diagnosis;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

import org.apache.camel.CamelExchangeException;
import org.apache.camel.RuntimeCamelException;

/** Says what lies behind an exception in one line. */
public final class Causes {
    private static final int LONGEST = 500;

    private Causes() {}

    /** The messages from the outermost that says something to the root, each once; at most 500 characters. */
    public static String oneLine(Throwable error) {
        return oneLine(error, UnaryOperator.identity());
    }

    /** @param mask takes secrets out, before the line is cut */
    static String oneLine(Throwable error, UnaryOperator<String> mask) {
        List<String> messages = new ArrayList<>();
        for (Throwable cause = error; cause != null && messages.size() < 4; cause = cause.getCause()) {
            boolean wrapper = cause.getCause() != null
                    && (cause instanceof CamelExchangeException || cause instanceof RuntimeCamelException);
            String message = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
            message = message.strip().replaceAll("\\s+", " ");
            if (!wrapper && !contained(messages, message)) {
                messages.removeIf(message::contains);
                messages.add(message);
            }
        }
        String line = mask.apply(String.join(": ", messages));
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
    }

    private static boolean contained(List<String> messages, String message) {
        return messages.stream().anyMatch(said -> said.contains(message));
    }
}
