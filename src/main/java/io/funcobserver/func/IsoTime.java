package io.funcobserver.func;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** Writes UNIX milliseconds as ISO-8601 with milliseconds and offset: {@code 2025-10-09T16:53:20.000+08:00}. */
final class IsoTime {
    private static final int MAX_YEAR = 9999;
    private static final int OFFSET_AT = "2025-10-09T16:53:20.000".length();

    private final ZoneId zone;

    IsoTime(ZoneId zone) {
        this.zone = zone;
    }

    /** @return ASCII; null for 0, and for a year that four digits do not hold */
    byte[] format(long millis) {
        if (millis == 0) {
            return null;
        }
        Instant instant = Instant.ofEpochMilli(millis);
        ZoneOffset offset = zone.getRules().getOffset(instant);
        LocalDateTime local = LocalDateTime.ofEpochSecond(instant.getEpochSecond(), instant.getNano(), offset);
        if (local.getYear() < 0 || local.getYear() > MAX_YEAR) {
            return null;
        }
        String offsetText = offset.equals(ZoneOffset.UTC) ? "+00:00" : offset.getId();
        byte[] text = new byte[OFFSET_AT + offsetText.length()];
        digits(text, 0, 4, local.getYear());
        text[4] = '-';
        digits(text, 5, 2, local.getMonthValue());
        text[7] = '-';
        digits(text, 8, 2, local.getDayOfMonth());
        text[10] = 'T';
        digits(text, 11, 2, local.getHour());
        text[13] = ':';
        digits(text, 14, 2, local.getMinute());
        text[16] = ':';
        digits(text, 17, 2, local.getSecond());
        text[19] = '.';
        digits(text, 20, 3, local.getNano() / 1_000_000);
        byte[] offsetBytes = offsetText.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(offsetBytes, 0, text, OFFSET_AT, offsetBytes.length);
        return text;
    }

    private static void digits(byte[] text, int at, int count, int value) {
        int rest = value;
        for (int i = at + count - 1; i >= at; i--) {
            text[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }
}
