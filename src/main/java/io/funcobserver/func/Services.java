package io.funcobserver.func;

import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** Func's processes, as their heartbeats in a Redis hash tell of them. */
public final class Services {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern PROCESS = Pattern.compile("hostname:(.*):pid:([^:]*)", Pattern.DOTALL);
    private static final long OLDEST_SECONDS = 60;
    /** Characters; a heartbeat has some hundred, a cron expression less. As objects, JSON takes many times its length in memory. */
    private static final int LONGEST = 64 << 10;

    private final Clock clock;

    public Services() {
        this(Clock.systemUTC());
    }

    Services(Clock clock) {
        this.clock = clock;
    }

    /**
     * One row for each process that has given a sign of life within a minute.
     *
     * @param heartbeats by {@code hostname:<h>:pid:<p>}, in JSON, each with its time {@code ts} in UNIX seconds; anything
     *     else is passed over
     */
    public List<Map<String, Object>> rows(Map<String, String> heartbeats) {
        long oldest = clock.instant().getEpochSecond() - OLDEST_SECONDS;
        List<Map<String, Object>> rows = new ArrayList<>();
        heartbeats.forEach((field, value) -> {
            Matcher process = PROCESS.matcher(field);
            JsonNode heartbeat = json(value);
            if (process.matches() && heartbeat.path("ts").asDouble() >= oldest) {
                rows.add(row(process.group(1), process.group(2), heartbeat));
            }
        });
        return rows;
    }

    private static Map<String, Object> row(String hostname, String pid, JsonNode heartbeat) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("name", text(heartbeat.get("name")));
        row.put("version", text(heartbeat.get("version")));
        row.put("edition", text(heartbeat.get("edition")));
        row.put("pid", pid);
        row.put("hostname", hostname);
        JsonNode uptime = heartbeat.path("uptime");
        row.put("uptime", uptime.isNumber() && uptime.canConvertToLong() ? (Object) uptime.longValue() : null);
        row.put("message", "");
        return row;
    }

    private static String text(JsonNode node) {
        return node == null || node.isNull() ? null : node.asText();
    }

    /** What Func keeps as JSON in a hash; a missing node where that is nothing, no JSON, or far too long. */
    static JsonNode json(String text) {
        try {
            return text == null || text.length() > LONGEST ? JSON.missingNode() : JSON.readTree(text);
        } catch (JsonProcessingException e) {
            return JSON.missingNode();
        }
    }
}
