package io.funcobserver.check;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.funcobserver.config.ConfigurationException;
import io.funcobserver.config.Settings;
import io.funcobserver.diagnosis.Failures;
import io.funcobserver.diagnosis.RedisDiagnosis;
import io.funcobserver.func.CallMeasurement;
import io.funcobserver.func.FuncCallCounts;
import io.funcobserver.func.FuncHeartbeat;
import io.funcobserver.func.FuncSettings;
import io.funcobserver.func.FuncTables;
import io.funcobserver.mysql.FuncMySql;
import io.funcobserver.redis.FuncRedis;
import io.funcobserver.redis.KeyScan;

/**
 * Looks whether a Func is there, and whether it is set so that its records can be seen and arrive once.
 *
 * <p>A server that cannot be reached is for the other probes to name.
 */
public final class FuncProbe extends Probe {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** How many entities a finding names. */
    private static final int NAMED = 5;

    /** How many functions' rates are looked at. */
    private static final int RATES = 500;

    private static final String UPLOAD = "Func's \"Self-Observability Data Upload\"";

    public FuncProbe() {
        super("func", "func.", "tls.", "measurement.", "records.", "intake.");
    }

    @Override
    protected void test(Settings settings, Findings found) {
        FuncSettings func = database(settings, found);
        redis(settings, func, found);
        if (found.all().isEmpty()) {
            found.warn("not looked at, since neither MySQL nor Redis can be read");
        }
    }

    /** Null where there is none, or none that can be looked at. */
    private static FuncSettings database(Settings settings, Findings found) {
        FuncSettings func;
        try (Connection connection = FuncMySql.connect(settings, TIMEOUT)) {
            func = FuncSettings.read(connection);
        } catch (SQLException | ConfigurationException e) {
            return null;
        }
        String database = settings.text("func.mysql.database");
        if (!func.isFunc()) {
            found.fail(database + " holds no table of Func; correct func.mysql.database");
            return null;
        }
        found.ok(database + " is a Func's database");
        if (readsFuncRecords(settings)) {
            records(settings, func, found);
        }
        upload(settings, func, found);
        return func;
    }

    private static boolean readsFuncRecords(Settings settings) {
        return Stream.of(CallMeasurement.values())
                .anyMatch(call -> settings.flag("measurement." + call.id() + ".enabled"));
    }

    private static void records(Settings settings, FuncSettings func, Findings found) {
        if (!func.localRecords()) {
            found.warn(
                    "\"Local Function Task Record\" is off in Func, so no record of a function can be read; switch it on there,"
                            + " or set intake.enabled=true and point " + UPLOAD + " here");
            return;
        }
        List<FuncSettings.Entity> none =
                func.entities().stream().filter(entity -> entity.limit() <= 0).toList();
        if (!none.isEmpty()) {
            found.warn("no record is kept of " + named(none) + "; " + onlyInLists(settings)
                    + "raise their task record limit in Func");
        }
    }

    private static String onlyInLists(Settings settings) {
        return settings.flag("records.buffers")
                ? "their records stand in Func's Redis list for some seconds only, and are lost while func-observer does not run; "
                : "their records never arrive; set records.buffers=true, or ";
    }

    private static void upload(Settings settings, FuncSettings func, Findings found) {
        FuncSettings.Upload upload = func.upload();
        if (settings.flag("intake.enabled")) {
            int port = settings.number("intake.port");
            if (upload == null) {
                found.warn("intake.enabled is on, but " + UPLOAD
                        + " is off; switch it on with the URL http://<this host>:" + port);
            } else if (port != 0 && upload.port() != port) {
                found.warn(UPLOAD + " goes to " + upload.address() + ", not to port " + port
                        + " of the intake; unless that leads here, give it the URL http://<this host>:"
                        + port);
            }
        } else if (upload != null) {
            found.warn(UPLOAD + " goes to " + upload.address()
                    + ": if that is where target.url leads, points arrive twice;"
                    + " switch it off there, or set intake.enabled=true and point it here");
        }
    }

    private static void redis(Settings settings, FuncSettings func, Findings found) {
        String app = settings.text("func.app-name");
        try (FuncRedis redis = FuncRedis.open(settings, TIMEOUT, TIMEOUT)) {
            if (settings.flag("records.buffers")) {
                buffers(redis, app, settings, found);
            }
            heartbeat(redis, app, settings, found);
            if (func != null && readsFuncRecords(settings) && func.localRecords()) {
                rates(redis, app, settings, func, found);
            }
        } catch (RuntimeException e) {
            if (Failures.mentions(e, "NOPERM")) {
                found.warn("the Redis user lacks a right to look at Func's heartbeat and counts; run "
                        + RedisDiagnosis.grant(settings));
            } else if (Failures.mentions(e, "WRONGTYPE")) {
                found.warn("Func's heartbeat and counts cannot be looked at: " + new RedisDiagnosis(settings).of(e));
            }
        }
    }

    private static void buffers(FuncRedis redis, String app, Settings settings, Findings found) {
        for (String key : FuncTables.lists(app)) {
            try {
                // Reads no entry, and needs the right to.
                redis.template().opsForList().range(key, 1, 0);
            } catch (RuntimeException e) {
                if (Failures.mentions(e, "NOPERM")) {
                    found.warn(
                            "the Redis user may not read Func's lists (LRANGE), so records come from the tables alone and what"
                                    + " Func trims at once is missed; run " + RedisDiagnosis.grant(settings));
                    return;
                }
                if (!Failures.mentions(e, "WRONGTYPE")) {
                    throw e;
                }
                found.warn(key + " is no list, so its records come from the table alone: "
                        + new RedisDiagnosis(settings).of(e));
            }
        }
    }

    private static void heartbeat(FuncRedis redis, String app, Settings settings, Findings found) {
        FuncHeartbeat heartbeat = FuncHeartbeat.read(
                redis.template(), new KeyScan(redis.template(), KeyScan.Pace.GENTLE, () -> false), app);
        String where = "database " + settings.text("func.redis.database") + " of Redis";
        switch (heartbeat.state()) {
            case BEATS -> found.ok("Func " + heartbeat.version() + " is alive under APP_NAME " + app);
            case OLDER -> found.ok(where + " holds keys of APP_NAME " + app);
            case STALE -> found.warn("Func's last heartbeat is more than a minute old; see whether Func runs");
            case OTHER_NAME ->
                found.warn(where + " holds keys of APP_NAME " + heartbeat.otherName() + " and none of " + app
                        + "; set func.app-name=" + heartbeat.otherName());
            case NONE ->
                found.warn(where + " holds no key of APP_NAME " + app
                        + "; correct func.redis.database and func.app-name, or start Func");
        }
    }

    private static void rates(FuncRedis redis, String app, Settings settings, FuncSettings func, Findings found) {
        FuncCallCounts counts = new FuncCallCounts(redis.template(), app, 0, () -> false);
        long minute = System.currentTimeMillis() / 60_000 * 60;
        Map<String, Long> busiest = new HashMap<>();
        func.functions().stream()
                .limit(RATES)
                .forEach(function -> busiest.put(
                        function,
                        counts.between(function, minute - 3600, minute).values().stream()
                                .mapToLong(Long::longValue)
                                .max()
                                .orElse(0)));
        List<FuncSettings.Entity> tooSmall = func.entities().stream()
                .filter(entity -> entity.limit() > 0
                        && busiest.getOrDefault(entity.funcId(), 0L) / 60.0 > entity.mostCallsPerSecond())
                .toList();
        if (!tooSmall.isEmpty()) {
            found.warn(
                    "Func keeps fewer records than are written within one of its flushes (20 s) of " + named(tooSmall)
                            + "; "
                            + onlyInLists(settings)
                            + "raise their task record limit in Func to 20 times their calls a second");
        }
    }

    private static String named(List<FuncSettings.Entity> entities) {
        String names = entities.stream()
                .limit(NAMED)
                .map(entity -> entity.kind() + ' ' + entity.id())
                .collect(Collectors.joining(", "));
        int more = entities.size() - NAMED;
        return more <= 0 ? names : names + " and " + more + " more";
    }
}
