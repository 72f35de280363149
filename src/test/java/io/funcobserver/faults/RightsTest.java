package io.funcobserver.faults;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.funcobserver.config.Catalogue;
import io.funcobserver.demo.EmbeddedMariaDb;
import io.funcobserver.demo.EmbeddedRedis;
import io.funcobserver.demo.FuncDatabase;
import io.funcobserver.demo.FuncSchema;
import io.funcobserver.demo.FuncSimulator;
import io.funcobserver.demo.Receiver;
import io.funcobserver.demo.RedisDatabase;
import io.funcobserver.testing.ProductProcess;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestInstallation;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The documented rights are enough for everything, and nothing is ever written. */
@Slow
class RightsTest {
    /** As the README has it. */
    private static final String[] ACL = {
        "SETUSER",
        "func-observer",
        "on",
        ">redis-password",
        "~*",
        "resetchannels",
        "-@all",
        "+select",
        "+info",
        "+scan",
        "+type",
        "+llen",
        "+lrange",
        "+zcard",
        "+zrangebyscore",
        "+hgetall",
        "+client|id",
        "+client|tracking",
        "+subscribe",
        "&__redis__:invalidate"
    };

    @Test
    void theDocumentedRightsAreEnoughAndNothingIsWritten() throws Exception {
        try (EmbeddedMariaDb mysql = EmbeddedMariaDb.started();
                EmbeddedRedis redis = EmbeddedRedis.started();
                TestInstallation site = new TestInstallation(
                        FuncDatabase.create(mysql.server(), "func", FuncSchema.V6),
                        new RedisDatabase(redis.server(), 5),
                        Receiver.started())) {
            FuncDatabase func = site.database;
            RedisDatabase cache = site.redis;
            new FuncSimulator(func, cache, FuncSimulator.Settings.test()).insert(50);
            try (Jedis jedis = cache.connect()) {
                jedis.lpush("DataFluxFunc-worker#workerQueue@3", "task");
                jedis.set("DataFluxFunc-user#session@me", "x");
                jedis.hset(
                        "DataFluxFunc-monitor#heartbeat@serviceInfo",
                        "hostname:node-1:pid:17",
                        "{\"ts\":" + System.currentTimeMillis() / 1000 + ",\"name\":\"server\",\"uptime\":12}");
                jedis.sendCommand(() -> "ACL".getBytes(java.nio.charset.StandardCharsets.US_ASCII), ACL);
            }
            func.execute(
                    "CREATE USER 'func-observer'@'%' IDENTIFIED BY 'mysql-password'",
                    "GRANT SELECT ON `func`.* TO 'func-observer'@'%'");

            site.set("func.mysql.username", "func-observer")
                    .set("func.mysql.password", "mysql-password")
                    .set("func.redis.username", "func-observer")
                    .set("func.redis.password", "redis-password");
            Map<String, Long> before = statements(mysql);
            Map<String, Long> commandsBefore = commands(cache);
            site.start();
            for (Catalogue.Measurement measurement : Catalogue.measurements()) {
                site.receiver.awaitAccepted(measurement.name(), 1);
            }
            await().until(site::isUp);
            site.stop();
            ProductProcess check = site.command("check");
            assertThat(check.exitCode()).as(check.output()).isZero();

            assertThat(grown(before, statements(mysql)))
                    .containsKey("Com_select")
                    .containsOnlyKeys(READING.stream()
                            .filter(grown(before, statements(mysql))::containsKey)
                            .toList());
            assertThat(grown(commandsBefore, commands(cache)).keySet())
                    .contains("llen", "zcard", "hgetall", "info", "scan")
                    // ACL is the test's own.
                    .isSubsetOf(
                            "client",
                            "acl",
                            "auth",
                            "select",
                            "info",
                            "llen",
                            "lrange",
                            "subscribe",
                            "scan",
                            "type",
                            "zcard",
                            "zrangebyscore",
                            "hgetall");
        }
    }

    /** What may be counted: reading, and what the driver says about its own session. */
    private static final List<String> READING = List.of(
            "Com_select",
            "Com_set_option",
            "Com_change_db",
            "Com_show_status",
            "Com_show_variables",
            "Com_stmt_prepare",
            "Com_stmt_close",
            "Com_admin_commands");

    private static Map<String, Long> statements(EmbeddedMariaDb mysql) throws Exception {
        Map<String, Long> counts = new TreeMap<>();
        try (Connection connection = mysql.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SHOW GLOBAL STATUS LIKE 'Com\\_%'")) {
            while (rows.next()) {
                counts.put(rows.getString(1), rows.getLong(2));
            }
        }
        return counts;
    }

    private static Map<String, Long> commands(RedisDatabase redis) {
        Map<String, Long> counts = new TreeMap<>();
        try (Jedis jedis = redis.connect()) {
            jedis.info("commandstats")
                    .lines()
                    .filter(line -> line.startsWith("cmdstat_"))
                    .forEach(line -> {
                        String name = line.substring("cmdstat_".length(), line.indexOf(':'));
                        counts.put(name, Long.parseLong(line.replaceAll("[^:]*:calls=(\\d+).*", "$1")));
                    });
        }
        return counts;
    }

    private static Map<String, Long> grown(Map<String, Long> before, Map<String, Long> after) {
        Map<String, Long> grown = new TreeMap<>();
        after.forEach((name, count) -> {
            long more = count - before.getOrDefault(name, 0L);
            if (more > 0) {
                grown.put(name, more);
            }
        });
        return grown;
    }
}
