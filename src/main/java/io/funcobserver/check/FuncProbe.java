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
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.core.StringRedisTemplate;

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
        Look look = new Look(settings, found);
        look.database();
        look.redis();
        if (found.all().isEmpty()) {
            found.warn("not looked at, since neither MySQL nor Redis can be read");
        }
    }

    private static final class Look {
        private final Settings settings;
        private final Findings found;
        private final String app;
        private final boolean readsCalls;

        /** Null where there is no Func, or none that can be looked at. */
        private FuncSettings func;

        Look(Settings settings, Findings found) {
            this.settings = settings;
            this.found = found;
            this.app = settings.text("func.app-name");
            this.readsCalls = Stream.of(CallMeasurement.values()).anyMatch(call -> call.isRead(settings));
        }

        void database() {
            FuncSettings there;
            try (Connection connection = FuncMySql.connect(settings, TIMEOUT)) {
                there = FuncSettings.read(connection);
            } catch (SQLException | DataAccessException | ConfigurationException e) {
                return;
            }
            String database = settings.text("func.mysql.database");
            if (!there.isFunc()) {
                found.fail(database + " holds no table of Func; correct func.mysql.database");
                return;
            }
            func = there;
            found.ok(database + " is a Func's database");
            if (readsCalls) {
                records();
            }
            upload(func.upload());
        }

        private void records() {
            if (!func.localRecords()) {
                found.warn(
                        "\"Local Function Task Record\" is off in Func, so no record of a function can be read; switch it on there,"
                                + " or set intake.enabled=true and point " + UPLOAD + " here");
                return;
            }
            List<FuncSettings.Entity> none = func.entities().stream()
                    .filter(entity -> entity.limit() <= 0)
                    .toList();
            if (!none.isEmpty()) {
                found.warn("no record is kept of " + named(none) + "; " + onlyInLists()
                        + "raise their task record limit in Func");
            }
        }

        private String onlyInLists() {
            return settings.flag("records.buffers")
                    ? "their records stand in Func's Redis list for some seconds only, and are lost while func-observer does not run; "
                    : "their records never arrive; set records.buffers=true, or ";
        }

        /** @param upload null while it is off */
        private void upload(FuncSettings.Upload upload) {
            int port = settings.number("intake.port");
            if (!settings.flag("intake.enabled")) {
                if (upload != null) {
                    found.warn(UPLOAD + " goes to " + upload.address()
                            + ": if that is where target.url leads, points arrive twice;"
                            + " switch it off there, or set intake.enabled=true and point it here");
                }
            } else if (upload == null) {
                found.warn("intake.enabled is on, but " + UPLOAD
                        + " is off; switch it on with the URL http://<this host>:" + port);
            } else if (port != 0 && upload.port() != port) {
                found.warn(UPLOAD + " goes to " + upload.address() + ", not to port " + port
                        + " of the intake; unless that leads here, give it the URL http://<this host>:" + port);
            }
        }

        void redis() {
            try (FuncRedis redis = FuncRedis.open(settings, TIMEOUT, TIMEOUT)) {
                if (settings.flag("records.buffers")) {
                    FuncTables.lists(app).forEach(key -> list(redis.template(), key));
                }
                heartbeat(redis.template());
                if (func != null && readsCalls && func.localRecords()) {
                    rates(new FuncCallCounts(redis.template(), app, 0, () -> false));
                }
            } catch (RuntimeException e) {
                warn("Func's heartbeat and counts cannot be looked at", e);
            }
        }

        private void list(StringRedisTemplate redis, String key) {
            try {
                // Reads no entry, and needs the right to.
                redis.opsForList().range(key, 1, 0);
            } catch (RuntimeException e) {
                warn(
                        key
                                + " cannot be read, so what Func trims at once is missed and its records come from the table alone",
                        e);
            }
        }

        /** Of what Redis refuses; a server that does not answer is not said here once more. */
        private void warn(String what, RuntimeException e) {
            if (Failures.mentions(e, "NOPERM", "WRONGTYPE")) {
                found.warn(what + ": " + new RedisDiagnosis(settings).of(e));
            }
        }

        private void heartbeat(StringRedisTemplate redis) {
            FuncHeartbeat heartbeat =
                    FuncHeartbeat.read(redis, new KeyScan(redis, KeyScan.Pace.GENTLE, () -> false), app);
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

        /** In the busiest minute of the last hour. */
        private void rates(FuncCallCounts counts) {
            long minute = System.currentTimeMillis() / 60_000 * 60;
            Map<String, Long> busiest = new HashMap<>();
            for (String function : func.functions().stream().limit(RATES).toList()) {
                counts.between(function, minute - 3600, minute)
                        .forEach((time, calls) -> busiest.merge(function, calls, Math::max));
            }
            List<FuncSettings.Entity> tooSmall = func.entities().stream()
                    .filter(entity -> entity.limit() > 0
                            && busiest.getOrDefault(entity.funcId(), 0L) / 60.0 > entity.mostCallsPerSecond())
                    .toList();
            if (!tooSmall.isEmpty()) {
                found.warn("Func keeps fewer records than are written within one of its flushes (20 s) of "
                        + named(tooSmall) + "; " + onlyInLists()
                        + "raise their task record limit in Func to 20 times their calls a second");
            }
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
