package io.funcobserver.check;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
import io.funcobserver.mysql.MySqlConnector;
import io.funcobserver.redis.FuncRedis;
import io.funcobserver.redis.KeyScan;

/**
 * Looks whether a Func is there, and whether it is set so that its records can be seen and arrive once.
 *
 * <p>A server that cannot be reached is for the other probes to name.
 */
public final class FuncProbe implements Probe {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** How many entities a finding names. */
    private static final int NAMED = 5;

    /** How many functions' rates are looked at. */
    private static final int RATES = 500;

    private static final String UPLOAD = "Func's \"Self-Observability Data Upload\"";

    @Override
    public String subject() {
        return "func";
    }

    @Override
    public List<String> properties() {
        return List.of("func.", "tls.", "measurement.", "records.", "intake.");
    }

    @Override
    public List<Finding> test(Settings settings) {
        List<Finding> findings = new ArrayList<>();
        FuncSettings func = database(settings, findings);
        redis(settings, func, findings);
        return findings.isEmpty()
                ? List.of(Finding.warn(subject(), "not looked at, since neither MySQL nor Redis can be read"))
                : findings;
    }

    private FuncSettings database(Settings settings, List<Finding> findings) {
        try (Connection connection =
                MySqlConnector.of(settings, TIMEOUT, TIMEOUT).getConnection()) {
            FuncSettings func = FuncSettings.read(connection);
            String database = settings.text("func.mysql.database");
            if (!func.isFunc()) {
                findings.add(
                        Finding.fail(subject(), database + " holds no table of Func; correct func.mysql.database"));
                return null;
            }
            List<Finding> found = new ArrayList<>();
            if (readsFuncRecords(settings)) {
                records(settings, func, found);
            }
            upload(settings, func, found);
            findings.add(Finding.ok(subject(), database + " is a Func's database"));
            findings.addAll(found);
            return func;
        } catch (SQLException | ConfigurationException e) {
            return null;
        }
    }

    private static boolean readsFuncRecords(Settings settings) {
        return Stream.of(CallMeasurement.values())
                .anyMatch(call -> settings.flag("measurement." + call.id() + ".enabled"));
    }

    private void records(Settings settings, FuncSettings func, List<Finding> findings) {
        if (!func.localRecords()) {
            findings.add(Finding.warn(
                    subject(),
                    "\"Local Function Task Record\" is off in Func, so no record of a function can be read; switch it on there,"
                            + " or set intake.enabled=true and point " + UPLOAD + " here"));
            return;
        }
        List<FuncSettings.Entity> none =
                func.entities().stream().filter(entity -> entity.limit() <= 0).toList();
        if (!none.isEmpty()) {
            findings.add(Finding.warn(
                    subject(),
                    "no record is kept of " + named(none) + "; " + onlyInLists(settings)
                            + "raise their task record limit in Func"));
        }
    }

    private static String onlyInLists(Settings settings) {
        return settings.flag("records.buffers")
                ? "their records stand in Func's Redis list for some seconds only, and are lost while func-observer does not run; "
                : "their records never arrive; set records.buffers=true, or ";
    }

    private void upload(Settings settings, FuncSettings func, List<Finding> findings) {
        FuncSettings.Upload upload = func.upload();
        if (settings.flag("intake.enabled")) {
            int port = settings.number("intake.port");
            if (upload == null) {
                findings.add(Finding.warn(
                        subject(),
                        "intake.enabled is on, but " + UPLOAD + " is off; switch it on with the URL http://<this host>:"
                                + port));
            } else if (port != 0 && upload.port() != port) {
                findings.add(Finding.warn(
                        subject(),
                        UPLOAD + " goes to " + upload.address() + ", not to port " + port
                                + " of the intake; unless that leads here, give it the URL http://<this host>:"
                                + port));
            }
        } else if (upload != null) {
            findings.add(Finding.warn(
                    subject(),
                    UPLOAD + " goes to " + upload.address()
                            + ": if that is where target.url leads, points arrive twice;"
                            + " switch it off there, or set intake.enabled=true and point it here"));
        }
    }

    private void redis(Settings settings, FuncSettings func, List<Finding> findings) {
        String app = settings.text("func.app-name");
        try (FuncRedis redis = FuncRedis.open(settings, TIMEOUT, TIMEOUT)) {
            if (settings.flag("records.buffers")) {
                buffers(redis, app, settings, findings);
            }
            heartbeat(redis, app, settings, findings);
            if (func != null && readsFuncRecords(settings) && func.localRecords()) {
                rates(redis, app, settings, func, findings);
            }
        } catch (RuntimeException e) {
            if (Failures.mentions(e, "NOPERM")) {
                findings.add(Finding.warn(
                        subject(),
                        "the Redis user lacks a right to look at Func's heartbeat and counts; run "
                                + RedisDiagnosis.grant(settings)));
            } else if (Failures.mentions(e, "WRONGTYPE")) {
                findings.add(Finding.warn(
                        subject(),
                        "Func's heartbeat and counts cannot be looked at: " + new RedisDiagnosis(settings).of(e)));
            }
        }
    }

    private void buffers(FuncRedis redis, String app, Settings settings, List<Finding> findings) {
        for (String key : FuncTables.lists(app)) {
            try {
                // Reads no entry, and needs the right to.
                redis.template().opsForList().range(key, 1, 0);
            } catch (RuntimeException e) {
                if (Failures.mentions(e, "NOPERM")) {
                    findings.add(Finding.warn(
                            subject(),
                            "the Redis user may not read Func's lists (LRANGE), so records come from the tables alone and what"
                                    + " Func trims at once is missed; run " + RedisDiagnosis.grant(settings)));
                    return;
                }
                if (!Failures.mentions(e, "WRONGTYPE")) {
                    throw e;
                }
                findings.add(Finding.warn(
                        subject(),
                        key + " is no list, so its records come from the table alone: "
                                + new RedisDiagnosis(settings).of(e)));
            }
        }
    }

    private void heartbeat(FuncRedis redis, String app, Settings settings, List<Finding> findings) {
        FuncHeartbeat heartbeat = FuncHeartbeat.read(
                redis.template(), new KeyScan(redis.template(), KeyScan.Pace.GENTLE, () -> false), app);
        String where = "database " + settings.text("func.redis.database") + " of Redis";
        findings.add(
                switch (heartbeat.state()) {
                    case BEATS ->
                        Finding.ok(subject(), "Func " + heartbeat.version() + " is alive under APP_NAME " + app);
                    case OLDER -> Finding.ok(subject(), where + " holds keys of APP_NAME " + app);
                    case STALE ->
                        Finding.warn(
                                subject(), "Func's last heartbeat is more than a minute old; see whether Func runs");
                    case OTHER_NAME ->
                        Finding.warn(
                                subject(),
                                where + " holds keys of APP_NAME " + heartbeat.otherName() + " and none of " + app
                                        + "; set func.app-name=" + heartbeat.otherName());
                    case NONE ->
                        Finding.warn(
                                subject(),
                                where + " holds no key of APP_NAME " + app
                                        + "; correct func.redis.database and func.app-name, or start Func");
                });
    }

    private void rates(FuncRedis redis, String app, Settings settings, FuncSettings func, List<Finding> findings) {
        FuncCallCounts counts = new FuncCallCounts(redis.template(), app, 0, () -> false);
        long minute = System.currentTimeMillis() / 60_000 * 60;
        List<FuncSettings.Entity> tooSmall = new ArrayList<>();
        Map<String, Long> busiest = new HashMap<>();
        func.functions().stream()
                .limit(RATES)
                .forEach(function -> busiest.put(
                        function,
                        counts.between(function, minute - 3600, minute).values().stream()
                                .mapToLong(Long::longValue)
                                .max()
                                .orElse(0)));
        for (FuncSettings.Entity entity : func.entities()) {
            Long calls = entity.limit() > 0 ? busiest.get(entity.funcId()) : null;
            if (calls != null && calls / 60.0 > entity.mostCallsPerSecond()) {
                tooSmall.add(entity);
            }
        }
        if (!tooSmall.isEmpty()) {
            findings.add(Finding.warn(
                    subject(),
                    "Func keeps fewer records than are written within one of its flushes (20 s) of " + named(tooSmall)
                            + "; "
                            + onlyInLists(settings)
                            + "raise their task record limit in Func to 20 times their calls a second"));
        }
    }

    private static String named(List<FuncSettings.Entity> entities) {
        String names = entities.stream()
                .limit(NAMED)
                .map(entity -> entity.kind() + ' ' + entity.id())
                .reduce((left, right) -> left + ", " + right)
                .orElse("");
        int more = entities.size() - NAMED;
        return more <= 0 ? names : names + " and " + more + " more";
    }
}
