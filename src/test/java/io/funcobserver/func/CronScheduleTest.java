package io.funcobserver.func;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.springframework.scheduling.support.CronExpression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class CronScheduleTest {
    private static final Path CRONITER = Path.of("src", "test", "resources", "func", "croniter.txt");
    private static final List<OffsetDateTime> MOMENTS = List.of(
            OffsetDateTime.parse("2026-11-23T23:35:20Z"),
            OffsetDateTime.parse("2026-02-27T12:00:00Z"),
            OffsetDateTime.parse("2028-02-28T06:00:00Z"));

    @Test
    void firesAsOftenAsCroniterSays() throws IOException {
        List<String> expected = Files.readAllLines(CRONITER).stream()
                .filter(line -> !line.startsWith("#"))
                .toList();
        List<String> actual = new ArrayList<>();
        for (String line : expected) {
            String expression = line.substring(0, line.indexOf('|'));
            actual.add(expression + "|"
                    + MOMENTS.stream()
                            .map(moment -> firings(expression, moment))
                            .collect(Collectors.joining("|")));
        }
        assertThat(actual).containsExactlyElementsOf(expected);
    }

    /** Where the dialects agree, another implementation has to come to the same number. */
    @Property(tries = 200)
    void agreesWithSpringOnPlainFields(
            @ForAll @IntRange(max = 59) int minute,
            @ForAll @IntRange(min = 1, max = 59) int step,
            @ForAll @IntRange(max = 22) int hour,
            @ForAll @IntRange(min = 1, max = 31) int day,
            @ForAll @IntRange(min = 2, max = 6) int weekday,
            @ForAll boolean byWeek,
            @ForAll @LongRange(min = 1_700_000_000, max = 1_900_000_000) long second) {
        String days = byWeek ? "* * 1-" + weekday : Math.min(day, 20) + "-31 * *";
        String expression = minute + ",*/" + step + " 0-" + (hour + 1) + "," + hour + " " + days;
        OffsetDateTime after = OffsetDateTime.ofInstant(Instant.ofEpochSecond(second), ZoneOffset.UTC);
        CronExpression spring = CronExpression.parse("0 " + expression);
        int expected = 0;
        for (OffsetDateTime next = spring.next(after);
                next != null && !next.isAfter(after.plusDays(1));
                next = spring.next(next)) {
            expected++;
        }
        assertThat(CronSchedule.parse(expression).firingsWithinADay(after)).isEqualTo(expected);
    }

    @Test
    void refusesWhatHasNotFiveFields() {
        for (String expression : List.of("", " ", "* * * *", "* * * * * *", "0 0 12 * * ?", "@reboot", "\u0000")) {
            assertThatIllegalArgumentException()
                    .as(expression)
                    .isThrownBy(() -> CronSchedule.parse(expression))
                    .withMessageContaining("five fields");
        }
    }

    @Property
    void refusesAnythingElseInItsOwnWords(@ForAll String text) {
        try {
            CronSchedule.parse(text + " * * * *").firingsWithinADay(MOMENTS.get(0));
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }

    private static String firings(String expression, OffsetDateTime after) {
        try {
            return Integer.toString(CronSchedule.parse(expression).firingsWithinADay(after));
        } catch (IllegalArgumentException e) {
            return "!";
        }
    }
}
