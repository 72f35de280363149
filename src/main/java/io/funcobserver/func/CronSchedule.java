package io.funcobserver.func;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A cron expression of five fields, minute, hour, day of month, month and day of week, as croniter reads it, which is what
 * Func runs its cron jobs by.
 *
 * <p>Own code, since libraries read another dialect. Of 126 expressions that were compared with croniter, cron-utils 9.2
 * read 45 otherwise and Spring 35: ranges that wrap ({@code 22-2}, {@code fri-mon}), a range from a value to itself (the
 * whole field), steps beyond the field, {@code L}, {@code L5} and {@code 2#4}, {@code @daily}, and when day of month and
 * day of week are alternatives. And counting is arithmetic on bits here, where a search from one time to the next took
 * 30 ms for a job of every minute.
 *
 * <p>Not read: a sixth field, and croniter's {@code W}, {@code R} and {@code H}.
 */
public final class CronSchedule {
    private static final int MINUTES_OF_A_DAY = 24 * 60;

    private static final Map<String, String> ALIASES = Map.of(
            "@hourly", "0 * * * *",
            "@daily", "0 0 * * *",
            "@midnight", "0 0 * * *",
            "@weekly", "0 0 * * 0",
            "@monthly", "0 0 1 * *",
            "@yearly", "0 0 1 1 *",
            "@annually", "0 0 1 1 *");

    private static final List<String> MONTHS =
            List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
    private static final List<String> DAYS = List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat");

    private static final Pattern SPACE = Pattern.compile("\\s+");
    private static final Pattern RANGE = Pattern.compile("([a-z0-9]+)(?:-([a-z0-9]+))?(?:/([0-9]{1,9}))?");
    private static final Pattern NTH_DAY = Pattern.compile("([a-z0-9]+)#([1-5])");
    private static final Pattern LAST_DAY = Pattern.compile("l([0-7])");
    /** The bit of "the last one of the month", beside those of the first to the fifth. */
    private static final int LAST = 6;

    private final long minutes;
    private final long hours;
    private final long months;
    private final DaysOfMonth daysOfMonth;
    private final DaysOfWeek daysOfWeek;

    private record DaysOfMonth(long days, boolean last, boolean any) {
        boolean holds(LocalDate date) {
            return any
                    || (days >> date.getDayOfMonth() & 1) == 1
                    || last && date.getDayOfMonth() == date.lengthOfMonth();
        }
    }

    /** @param nth by day of the week, bits of the first to the fifth and of {@link #LAST}; null where none is named */
    private record DaysOfWeek(long days, int[] nth, boolean any) {
        boolean holds(LocalDate date) {
            int day = date.getDayOfWeek() == DayOfWeek.SUNDAY
                    ? 0
                    : date.getDayOfWeek().getValue();
            if (any || nth == null) {
                return any || (days >> day & 1) == 1;
            }
            boolean last = date.getDayOfMonth() + 7 > date.lengthOfMonth();
            return (nth[day] >> (date.getDayOfMonth() + 6) / 7 & 1) == 1 || last && (nth[day] >> LAST & 1) == 1;
        }
    }

    /** @throws IllegalArgumentException when croniter would refuse the expression, or it is one of those not read */
    public static CronSchedule parse(String expression) {
        String text = expression.strip().toLowerCase(Locale.ROOT);
        String[] fields = SPACE.split(ALIASES.getOrDefault(text, text));
        if (fields.length != 5) {
            throw new IllegalArgumentException("a cron expression has five fields, not " + fields.length);
        }
        return new CronSchedule(fields);
    }

    private CronSchedule(String[] fields) {
        minutes = new Field("minute", 0, 59, List.of()).read(fields[0]).values;
        hours = new Field("hour", 0, 23, List.of()).read(fields[1]).values;
        months = new Field("month", 1, 12, MONTHS).read(fields[3]).values;

        Field day = new Field("day of month", 1, 31, List.of()).read(fields[2]);
        Field weekday = new Field("day of week", 0, 6, DAYS).read(fields[4]);
        // All days by name are as good as a star only beside a star.
        boolean anyDay = day.any || fields[4].contains("*") && day.isWhole();
        boolean anyWeekday = weekday.any || fields[2].contains("*") && weekday.isWhole();
        daysOfMonth = new DaysOfMonth(day.values, day.last, anyDay);
        daysOfWeek = new DaysOfWeek(weekday.values, weekday.nth, anyWeekday);
    }

    /** How often it fires in the 24 hours after this moment, in UTC. */
    public int firingsWithinADay(OffsetDateTime after) {
        OffsetDateTime utc = after.withOffsetSameInstant(ZoneOffset.UTC);
        LocalTime time = utc.toLocalTime();
        int next = time.getHour() * 60 + time.getMinute() + 1;
        LocalDate today = utc.toLocalDate();
        return firings(today, next, MINUTES_OF_A_DAY) + firings(today.plusDays(1), 0, next);
    }

    /** @param from the first minute of the day that counts */
    private int firings(LocalDate date, int from, int to) {
        if (!holds(date)) {
            return 0;
        }
        int count = 0;
        for (int hour = 0; hour < 24; hour++) {
            if ((hours >> hour & 1) == 1) {
                long counted = minutes & bits(from - hour * 60, 59) & bits(0, to - 1 - hour * 60);
                count += Long.bitCount(counted);
            }
        }
        return count;
    }

    private boolean holds(LocalDate date) {
        if ((months >> date.getMonthValue() & 1) == 0) {
            return false;
        }
        // Where both are given, either will do; but one week of the month has the last word.
        if (daysOfWeek.nth != null) {
            return daysOfWeek.holds(date);
        }
        boolean either = !daysOfMonth.any && !daysOfWeek.any;
        return either
                ? daysOfMonth.holds(date) || daysOfWeek.holds(date)
                : daysOfMonth.holds(date) && daysOfWeek.holds(date);
    }

    /** The bits from the first to the last, as far as they are within 0 to 59. */
    private static long bits(int first, int last) {
        int from = Math.max(first, 0);
        int to = Math.min(last, 59);
        return from > to ? 0 : -1L >>> 63 - to & -1L << from;
    }

    /** What one field says. */
    private static final class Field {
        private final String name;
        private final int min;
        private final int max;
        private final List<String> names;

        private long values;
        private boolean any;
        private boolean last;
        private int[] nth;

        Field(String name, int min, int max, List<String> names) {
            this.name = name;
            this.min = min;
            this.max = max;
            this.names = names;
        }

        Field read(String text) {
            if (text.equals("?") && (isDay() || isWeekday())) {
                any = true;
            } else {
                for (String element : text.split(",", -1)) {
                    element(element);
                }
            }
            if (any) {
                values = bits(min, max);
            }
            if (nth != null && values != 0) {
                throw new IllegalArgumentException(name + " has days of every week and of one week: " + text);
            }
            return this;
        }

        private boolean isDay() {
            return min == 1 && max == 31;
        }

        private boolean isWeekday() {
            return names == DAYS;
        }

        boolean isWhole() {
            return values == bits(min, max);
        }

        private void element(String text) {
            if (text.equals("*")) {
                any = true;
            } else if (isDay() && text.equals("l")) {
                last = true;
            } else if (!(isWeekday() && oneWeek(text))) {
                range(text);
            }
        }

        /** Reads {@code 2#4}, the fourth Tuesday, and {@code l2}, the last one. */
        private boolean oneWeek(String text) {
            Matcher matcher = NTH_DAY.matcher(text);
            Matcher lastOne = LAST_DAY.matcher(text);
            if (!matcher.matches() && !lastOne.matches()) {
                return false;
            }
            if (nth == null) {
                nth = new int[7];
            }
            if (matcher.matches()) {
                nth[value(matcher.group(1))] |= 1 << Integer.parseInt(matcher.group(2));
            } else {
                nth[value(lastOne.group(1))] |= 1 << LAST;
            }
            return true;
        }

        private void range(String text) {
            boolean star = text.startsWith("*/");
            Matcher matcher = RANGE.matcher(star ? min + "-" + max + text.substring(1) : text);
            if (!matcher.matches()) {
                throw refused(text);
            }
            int from = value(matcher.group(1));
            boolean open = matcher.group(2) == null;
            if (open && matcher.group(3) == null) {
                add(from);
                return;
            }
            int step = matcher.group(3) == null ? 1 : Integer.parseInt(matcher.group(3));
            if (step == 0) {
                throw refused(text);
            }
            int to = open || isDay() && matcher.group(2).equals("l") ? max : value(matcher.group(2));
            addAll(from, to, step, open);
        }

        /** @param open whether there is a step and no end: the end is that of the field */
        private void addAll(int from, int to, int step, boolean open) {
            if (from < to) {
                add(from, to, step);
            } else if (from > to) {
                int newest = add(from, max, step);
                int skipped = max - newest;
                boolean passedTheEnd = newest - min + step > max - min + 1 && skipped < step;
                add(passedTheEnd ? min + step - skipped : min, to, step);
            } else if (open) {
                add(from);
            } else {
                add(min, max, step);
            }
        }

        /** @return the last value that was added */
        private int add(int from, int to, int step) {
            int added = from;
            for (long value = from; value <= to; value += step) {
                added = (int) value;
                add(added);
            }
            return added;
        }

        private void add(int value) {
            values |= 1L << value;
        }

        private int value(String text) {
            int named = names.indexOf(text);
            if (named >= 0) {
                return named + min;
            }
            if (!text.matches("[0-9]{1,9}")) {
                throw refused(text);
            }
            int value = Integer.parseInt(text);
            if (isWeekday() && value == 7) {
                return 0;
            }
            if (value < min || value > max) {
                throw refused(text);
            }
            return value;
        }

        private IllegalArgumentException refused(String text) {
            return new IllegalArgumentException(name + " cannot be " + text);
        }
    }
}
