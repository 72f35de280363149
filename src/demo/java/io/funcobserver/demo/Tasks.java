package io.funcobserver.demo;

import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

/** Makes up finished tasks as a busy Func has them: rows of its two tables, by column name. */
final class Tasks {
    /** Something that calls functions, and how many records of its calls Func keeps. */
    private record Caller(String origin, String originId, int limit) {}

    private static final int LARGE_LOG_BYTES = 300_000;
    private static final int ONE_LARGE_LOG_IN = 1000;
    private static final List<String> INTERNAL = List.of(
            "Main.AutoClean",
            "Main.ReloadScripts",
            "Main.CheckDataBuffer",
            "Internal.FlushDataBuffer",
            "Internal.SystemMetric");
    private static final List<String> CITIES = List.of("上海", "杭州", "広島", "Zürich", "São Paulo", "Отрадное");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final FuncSchema schema;
    private final Random random;
    private final Clock clock;
    private final List<Caller> callers = callers();

    Tasks(FuncSchema schema, Random random, Clock clock) {
        this.schema = schema;
        this.random = random;
        this.clock = clock;
    }

    /** How many records Func keeps for calls of this origin, by its defaults. */
    static int limit(String origin) {
        return switch (origin) {
            case "direct", "integration", "connector" -> 1000;
            case "cronJob", "crontab" -> 500;
            default -> 100;
        };
    }

    /** A row of {@link FuncSchema#TASK_RECORD}. */
    Map<String, Object> internalTask() {
        Map<String, Object> row = task(false);
        row.put("name", pick(INTERNAL));
        row.put("kwargsJSON", json(Map.of("force", random.nextBoolean())));
        row.put("resultJSON", row.get("status").equals("success") ? json(Map.of("count", random.nextInt(100))) : null);
        return row;
    }

    /** A row of {@link FuncSchema#TASK_RECORD_FUNC}. */
    Map<String, Object> funcCall() {
        Caller caller = pick(callers);
        boolean cron = caller.origin().equals("cronJob") || caller.origin().equals("crontab");
        Map<String, Object> row = task(cron);
        String script = "demo__" + (cron ? "checks" : "api");
        String func = script + "." + (cron ? "run" : "hello") + random.nextInt(4);
        row.put("rootTaskId", random.nextInt(5) == 0 ? id() : "ROOT");
        row.put("scriptSetId", "demo");
        row.put("scriptId", script);
        row.put("funcId", func);
        row.put("origin", caller.origin());
        row.put("originId", caller.originId());
        row.put(schema.cronColumn(), cron ? "*/5 * * * *" : null);
        row.put("callChainJSON", json(List.of(func)));
        row.put("funcCallKwargsJSON", json(kwargs(caller)));
        row.put("printLogsTEXT", printLogs());
        row.put("returnValueJSON", row.get("status").equals("success") ? json(Map.of("城市", pick(CITIES))) : null);
        return row;
    }

    private Map<String, Object> task(boolean onTheSecond) {
        Map<String, Object> row = new LinkedHashMap<>();
        String status = status();
        long now = clock.millis();
        long trigger = onTheSecond ? now / 1000 * 1000 : now - random.nextInt(500);
        boolean started = !status.equals("skip") && !status.equals("expire") && !status.equals("pending");
        long start = trigger + random.nextInt(40);
        row.put("id", id());
        row.put("triggerTimeMs", trigger);
        row.put("startTimeMs", started ? start : 0);
        row.put("endTimeMs", started ? start + 1 + (long) (random.nextDouble() * random.nextInt(2000)) : 0);
        row.put("delay", 0);
        row.put("queue", random.nextInt(10));
        row.put("timeout", 30);
        row.put("expires", 3600);
        row.put("ignoreResult", random.nextInt(3) == 0);
        row.put("status", status);
        row.put("exceptionType", schema == FuncSchema.V6 ? null : "");
        if (status.equals("failure") || status.equals("timeout")) {
            boolean timeout = status.equals("timeout");
            String type = timeout ? "TaskTimeout" : "KeyError";
            String text = timeout ? "Task ran longer than 30 s" : "'没有这个键 \"host\"'";
            row.put("exceptionType", type);
            row.put("exceptionTEXT", text);
            row.put("tracebackTEXT", traceback(type, text));
        }
        if (schema.hasUnixTimes()) {
            row.put("createTime", now / 1000);
            row.put("updateTime", now / 1000);
        }
        return row;
    }

    private static String traceback(String type, String text) {
        return "Traceback (most recent call last):\n"
                + "  File \"demo__checks\", line 12, in run\n"
                + "    return query(\"df.cpu\", tags={\"path\": \"C:\\\\data\"})\n"
                + "  File \"demo__lib\", line 40, in query\n"
                + "    raise " + type + "(" + text + ")\n"
                + type + ": " + text;
    }

    private Map<String, Object> kwargs(Caller caller) {
        Map<String, Object> kwargs = new LinkedHashMap<>();
        kwargs.put("city", pick(CITIES));
        kwargs.put("note", "a \"quoted\" word, a back\\slash and\na second line");
        if (caller.origin().equals("cronJob") || caller.origin().equals("integration")) {
            kwargs.put("workspace_uuid", "wksp_" + hex(4));
            kwargs.put("monitor_opt", Map.of("id", "monitor_" + random.nextInt(9), "name", "磁盘检查"));
            kwargs.put("checker_opt", Map.of("id", "rul_" + random.nextInt(30), "interval", 60));
        }
        return kwargs;
    }

    private String printLogs() {
        if (random.nextInt(10) == 0) {
            return null;
        }
        boolean large = random.nextInt(ONE_LARGE_LOG_IN) == 0;
        int size = large ? LARGE_LOG_BYTES : random.nextInt(600);
        StringBuilder log = new StringBuilder();
        for (int i = 1; log.length() < size; i++) {
            log.append("[+").append(i * 3L).append("ms] ").append(pick(CITIES)).append(": 处理了 ");
            log.append(random.nextInt(1000)).append(" 条, level=\"info\"\n");
        }
        return log.toString();
    }

    private String status() {
        int percent = random.nextInt(100);
        return percent < 80
                ? "success"
                : percent < 87
                        ? "failure"
                        : percent < 91 ? "timeout" : percent < 95 ? "skip" : percent < 98 ? "expire" : "pending";
    }

    /** The share of an origin in the list is its share of the calls. */
    private static List<Caller> callers() {
        List<Caller> callers = new ArrayList<>();
        add(callers, "cronJob", "cron-", 8);
        add(callers, "syncAPI", "sapi-", 6);
        add(callers, "asyncAPI", "aapi-", 4);
        add(callers, "direct", "direct-", 1);
        add(callers, "integration", "autoRun-", 1);
        add(callers, "connector", "connector-", 1);
        add(callers, "authLink", "auln-", 1);
        add(callers, "crontab", "cron-old-", 1);
        add(callers, "batch", "bat-", 1);
        return List.copyOf(callers);
    }

    private static void add(List<Caller> callers, String origin, String prefix, int count) {
        for (int i = 1; i <= count; i++) {
            callers.add(new Caller(origin, prefix + i, limit(origin)));
        }
    }

    /** How many records are kept for each caller. */
    Map<String, Integer> limits() {
        Map<String, Integer> limits = new LinkedHashMap<>();
        callers.forEach(caller -> limits.put(caller.originId(), caller.limit()));
        return limits;
    }

    private String id() {
        return "task-" + hex(12);
    }

    private String hex(int digits) {
        StringBuilder hex = new StringBuilder();
        for (int i = 0; i < digits; i++) {
            hex.append(Character.forDigit(random.nextInt(16), 16));
        }
        return hex.toString();
    }

    private <T> T pick(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    private static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
