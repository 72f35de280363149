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

    @Override
    public String toString() {
        return String.format("%-5s %-15s %s", level.name().toLowerCase(Locale.ROOT), subject, text);
    }
}
