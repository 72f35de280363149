package io.funcobserver.delivery;

import java.util.regex.Pattern;

import io.funcobserver.observe.Destination;

/**
 * Names a dead letter.
 *
 * @param destination that its lines were for
 * @param name tells it from every other one there; in the order of writing
 */
public record DeadLetterId(Destination destination, String name) {
    private static final Pattern ENDING = Pattern.compile("\\.(lp|json)$");

    /** @param given a name, with or without folder and ending */
    boolean isNamed(String given) {
        String[] path = given.split("[/\\\\]");
        int last = path.length - 1;
        return last >= 0
                && ENDING.matcher(path[last]).replaceAll("").equals(name)
                && (last < 1
                        || path[last - 1].isEmpty()
                        || path[last - 1].equals(destination.category().id()))
                && (last < 2 || path[last - 2].equals(destination.target()) || path[last - 2].equals("dead-letter"));
    }
}
