package io.funcobserver.check;

import java.util.Locale;

/**
 * One line of {@code check}.
 *
 * @param subject what was tested
 * @param text what was found, and unless all is well what to do about it
 */
public record Finding(Level level, String subject, String text) {
    /** How a finding counts. */
    public enum Level {
        OK,
        /** Works now, and may not for ever; does not count as a failure. */
        WARN,
        FAIL
    }

    public static Finding ok(String subject, String text) {
        return new Finding(Level.OK, subject, text);
    }

    public static Finding warn(String subject, String text) {
        return new Finding(Level.WARN, subject, text);
    }

    public static Finding fail(String subject, String text) {
        return new Finding(Level.FAIL, subject, text);
    }

    @Override
    public String toString() {
        return String.format("%-5s %-15s %s", level.name().toLowerCase(Locale.ROOT), subject, text);
    }
}
