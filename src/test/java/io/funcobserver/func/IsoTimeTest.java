package io.funcobserver.func;

import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.ZoneId;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class IsoTimeTest {
    @ParameterizedTest
    @CsvSource({
        "Asia/Shanghai, 1760000000000, 2025-10-09T16:53:20.000+08:00",
        "UTC, 1760000000007, 2025-10-09T08:53:20.007+00:00",
        "Z, 1, 1970-01-01T00:00:00.001+00:00",
        "Asia/Kolkata, 1760000000000, 2025-10-09T14:23:20.000+05:30",
        "America/St_Johns, 1760000000000, 2025-10-09T06:23:20.000-02:30",
        "Europe/Berlin, 1761438600000, 2025-10-26T02:30:00.000+02:00",
        "Europe/Berlin, 1761442200000, 2025-10-26T02:30:00.000+01:00",
        "Africa/Monrovia, 1, 1969-12-31T23:15:30.001-00:44:30",
        "UTC, 253402300799999, 9999-12-31T23:59:59.999+00:00",
        "UTC, -1, 1969-12-31T23:59:59.999+00:00",
        // Half an hour off, and at half past two the clocks go from one half-hour offset to another.
        "America/St_Johns, 1762057799999, 2025-11-02T01:59:59.999-02:30",
        "America/St_Johns, 1762057800000, 2025-11-02T01:00:00.000-03:30",
        "America/St_Johns, 1741498199999, 2025-03-09T01:59:59.999-03:30",
        "America/St_Johns, 1741498200000, 2025-03-09T03:00:00.000-02:30",
        // Daylight saving of half an hour.
        "Australia/Lord_Howe, 1743865199999, 2025-04-06T01:59:59.999+11:00",
        "Australia/Lord_Howe, 1743865200000, 2025-04-06T01:30:00.000+10:30",
        "Asia/Kathmandu, 1760000000000, 2025-10-09T14:38:20.000+05:45",
        "Europe/Berlin, 7273756800001, 2200-07-01T02:00:00.001+02:00",
        "Europe/Berlin, 1, 1970-01-01T01:00:00.001+01:00"
    })
    void writesTheLocalTimeWithItsOffset(String zone, long millis, String expected) {
        assertThat(new String(new IsoTime(ZoneId.of(zone)).format(millis), StandardCharsets.US_ASCII))
                .isEqualTo(expected);
        assertThat(OffsetDateTime.parse(expected).toInstant().toEpochMilli()).isEqualTo(millis);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 253402300800000L, 9223372036854L * 1000, Long.MAX_VALUE, Long.MIN_VALUE})
    void leavesOutZeroAndYearsOfMoreDigits(long millis) {
        assertThat(new IsoTime(ZoneId.of("UTC")).format(millis)).isNull();
    }

    @Test
    void looksAtTheYearInItsZone() {
        assertThat(new IsoTime(ZoneId.of("Asia/Shanghai")).format(253402300799999L))
                .isNull();
    }
}
