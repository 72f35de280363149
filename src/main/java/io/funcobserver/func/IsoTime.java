package io.funcobserver.func;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Writes UNIX milliseconds as ISO-8601 with milliseconds and offset: {@code 2025-10-09T16:53:20.000+08:00}.
 *
 * <p>A second is formatted once: the times of a page are close together. May be used by several threads.
 */
final class IsoTime {
    private static final DateTimeFormatter SECOND =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.'000'xxxxx", Locale.ROOT);
    private static final int FRACTION_AT = "2025-10-09T16:53:20.".length();
    private static final int MAX_YEAR = 9999;
    private static final int SECONDS_KEPT = 64;

    private final ZoneId zone;
    private final Second[] known = new Second[SECONDS_KEPT];

    /** @param text null for a year that four digits do not hold */
    private record Second(long epoch, byte[] text) {}

    IsoTime(ZoneId zone) {
        this.zone = zone;
    }

    /** @return ASCII; null for 0, and for a year that four digits do not hold */
    byte[] format(long millis) {
        byte[] second = second(Math.floorDiv(millis, 1000L));
        if (millis == 0 || second == null) {
            return null;
        }
        byte[] text = second.clone();
        int fraction = Math.floorMod(millis, 1000);
        text[FRACTION_AT] += (byte) (fraction / 100);
        text[FRACTION_AT + 1] += (byte) (fraction / 10 % 10);
        text[FRACTION_AT + 2] += (byte) (fraction % 10);
        return text;
    }

    private byte[] second(long epoch) {
        int slot = (int) epoch & SECONDS_KEPT - 1;
        Second there = known[slot];
        if (there == null || there.epoch != epoch) {
            ZonedDateTime local = Instant.ofEpochSecond(epoch).atZone(zone);
            boolean fits = local.getYear() >= 0 && local.getYear() <= MAX_YEAR;
            there = new Second(epoch, fits ? SECOND.format(local).getBytes(StandardCharsets.US_ASCII) : null);
            known[slot] = there;
        }
        return there.text;
    }
}
