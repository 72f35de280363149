package io.funcobserver.func;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How often Func's cron jobs fire.
 *
 * <p>A job's expression is the one set for a while by a function, else the one that its function fixes, else its own. The
 * first stands in a Redis hash by the job's id, {@code {"expireTime": unix s, "value": expression}}; another such hash
 * holds the jobs that pause, with the UNIX second at which each goes on.
 */
public final class CronJobs {
    private static final Logger LOG = LoggerFactory.getLogger(CronJobs.class);
    private static final double HOURS = 24;
    /** Characters; a cron expression has some ten. */
    private static final int LONGEST_EXPRESSION = 1000;

    private static final int UNREADABLE = -1;

    private final Clock clock;
    private int unreadable;

    public CronJobs() {
        this(Clock.systemUTC());
    }

    CronJobs(Clock clock) {
        this.clock = clock;
    }

    /**
     * Counts for the coming 24 hours.
     *
     * @param jobs the enabled ones, however many, one at a time: {@code id}, {@code cron_expr}, and {@code
     *     fixed_cron_expr}, which their function's settings may hold
     * @param paused by id
     * @param dynamic by id
     * @return one row, or none where there is no job
     */
    public List<Map<String, Object>> triggerCounts(
            Iterator<Map<String, Object>> jobs, Map<String, String> paused, Map<String, String> dynamic) {
        if (!jobs.hasNext()) {
            return List.of();
        }
        Instant now = clock.instant();
        // Many jobs share an expression.
        Map<String, Integer> firings = new HashMap<>();
        long perDay = 0;
        int refused = 0;
        while (jobs.hasNext()) {
            Map<String, Object> job = jobs.next();
            String id = String.valueOf(job.get("id"));
            if (isLater(paused.get(id), now)) {
                continue;
            }
            String expression = expression(job, dynamic.get(id), now);
            int count = expression.length() > LONGEST_EXPRESSION
                    ? UNREADABLE
                    : firings.computeIfAbsent(expression, text -> firings(text, now));
            perDay += Math.max(count, 0);
            refused += count < 0 ? 1 : 0;
        }
        report(refused);
        return List.of(row(perDay));
    }

    private static Map<String, Object> row(long perDay) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("bizMetric", "cronJobTriggerCount");
        row.put("trigger_count_per_day", (double) perDay);
        row.put("trigger_count_per_hour", rounded(perDay / HOURS));
        row.put("trigger_count_per_minute", rounded(perDay / HOURS / 60));
        row.put("trigger_count_per_second", rounded(perDay / HOURS / 3600));
        return row;
    }

    private static double rounded(double count) {
        return new BigDecimal(count).setScale(1, RoundingMode.HALF_EVEN).doubleValue();
    }

    private static String expression(Map<String, Object> job, String dynamic, Instant now) {
        JsonNode set = Services.json(dynamic);
        if (isLater(set.path("expireTime").asText(), now) && !text(set, "value").isBlank()) {
            return text(set, "value");
        }
        Object fixed = job.get("fixed_cron_expr");
        return fixed == null || fixed.toString().isBlank() ? String.valueOf(job.get("cron_expr")) : fixed.toString();
    }

    private static String text(JsonNode object, String name) {
        return object.path(name).isTextual() ? object.get(name).textValue() : "";
    }

    private static boolean isLater(String unixSeconds, Instant now) {
        try {
            return unixSeconds != null && Double.parseDouble(unixSeconds) > now.getEpochSecond();
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /** @return {@link #UNREADABLE} for an expression that Func cannot read either */
    private static int firings(String expression, Instant now) {
        try {
            return CronSchedule.parse(expression).firingsWithinADay(OffsetDateTime.ofInstant(now, ZoneOffset.UTC));
        } catch (IllegalArgumentException e) {
            return UNREADABLE;
        }
    }

    private void report(int refused) {
        if (refused > unreadable) {
            LOG.warn(
                    "{} enabled cron jobs of Func have an expression that cannot be read; they count as never",
                    refused);
        }
        unreadable = refused;
    }
}
