package io.funcobserver.check;

import java.time.Clock;
import java.util.List;

import io.funcobserver.config.Settings;
import io.funcobserver.demo.EmbeddedRedis;
import io.funcobserver.demo.FuncDatabase;
import io.funcobserver.demo.FuncSchema;
import io.funcobserver.demo.RedisDatabase;
import io.funcobserver.demo.Servers;
import io.funcobserver.diagnosis.RedisDiagnosis;
import io.funcobserver.observe.HealthState;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

import static org.assertj.core.api.Assertions.assertThat;

@Slow
class FuncProbeTest {
    private static final String HEARTBEAT = "DataFluxFunc-monitor#heartbeat@serviceInfo";
    private static final String COUNTS = "DataFluxFunc-monitor#monitor@systemMetrics:metric:funcCallCount:funcId:";

    private FuncDatabase mySql;
    private RedisDatabase redis;

    @BeforeEach
    void start() throws Exception {
        mySql = Servers.newDatabase(FuncSchema.V6);
        redis = Servers.newRedisDatabase();
        mySql.execute(
                "DROP TABLE IF EXISTS wat_main_system_setting",
                "CREATE TABLE wat_main_system_setting (id VARCHAR(256) PRIMARY KEY, value JSON)",
                "DROP TABLE IF EXISTS biz_main_sync_api",
                "CREATE TABLE biz_main_sync_api (id VARCHAR(65), funcId VARCHAR(256), taskRecordLimit INT NULL, isDisabled TINYINT(1) DEFAULT 0)",
                "DROP TABLE IF EXISTS biz_main_cron_job",
                "CREATE TABLE biz_main_cron_job (id VARCHAR(65), funcId VARCHAR(256), taskRecordLimit INT NULL, isDisabled TINYINT(1) DEFAULT 0)");
        beat(System.currentTimeMillis() / 1000);
    }

    @AfterEach
    void stop() throws Exception {
        mySql.close();
    }

    @Test
    void allIsWellWithAFuncThatKeepsItsRecords() throws Exception {
        mySql.execute("INSERT INTO biz_main_sync_api VALUES ('a', 's__f', 100, 0), ('off', 's__f', 0, 1)");
        count("s__f", 5 * 60);
        assertThat(texts(settings()))
                .containsExactly(
                        "ok    func            " + mySql.name() + " is a Func's database",
                        "ok    func            Func 6.1.2 is alive under APP_NAME DataFluxFunc");
    }

    @Test
    void namesADatabaseThatIsNotFuncs() throws Exception {
        try (var connection = mySql.server().connect();
                var statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + mySql.name() + "_other");
            assertThat(texts(settings().set("func.mysql.database", mySql.name() + "_other")))
                    .contains("fail  func            " + mySql.name()
                            + "_other holds no table of Func; correct func.mysql.database");
            statement.execute("DROP DATABASE " + mySql.name() + "_other");
        }
    }

    @Test
    void namesTheAppNameThatTheKeysHave() {
        try (Jedis jedis = redis.connect()) {
            jedis.del(HEARTBEAT);
            assertThat(only(settings())).contains("holds no key of APP_NAME DataFluxFunc; correct func.redis.database");
            jedis.lpush("MyFunc-worker#workerQueue@0", "x");
            assertThat(only(settings())).endsWith("set func.app-name=MyFunc");
            jedis.lpush("DataFluxFunc-worker#workerQueue@0", "x");
            assertThat(texts(settings()).get(1)).contains("holds keys of APP_NAME DataFluxFunc");
        }
    }

    @Test
    void seesAHeartbeatThatHasStopped() {
        beat(System.currentTimeMillis() / 1000 - 61);
        assertThat(only(settings())).contains("more than a minute old");
    }

    @Test
    void saysThatRecordsAreOffAndWhatToDo() throws Exception {
        mySql.execute("INSERT INTO wat_main_system_setting VALUES ('LOCAL_FUNC_TASK_RECORD_ENABLED', 'false')");
        assertThat(only(settings()))
                .contains("\"Local Function Task Record\" is off")
                .contains("intake.enabled=true");
        assertThat(texts(settings().set("intake.enabled", true)).toString()).doesNotContain("Local Function");
    }

    @Test
    void namesEntitiesThatKeepTooFewRecords() throws Exception {
        mySql.execute(
                "INSERT INTO biz_main_sync_api VALUES ('none', 's__f', 0, 0), ('null', 's__f', NULL, 0), ('few', 's__busy', 100, 0)",
                "INSERT INTO biz_main_cron_job VALUES ('enough', 's__busy', 500, 0)");
        count("s__busy", 6 * 60);
        assertThat(warnings(settings()))
                .satisfiesExactly(
                        none -> assertThat(none)
                                .startsWith(
                                        "no record is kept of sync api none, sync api null; their records stand in"),
                        few -> assertThat(few).contains("(20 s) of sync api few; "));
        assertThat(warnings(settings().set("records.buffers", false)).get(0)).contains("their records never arrive");
    }

    @Test
    void saysWhereFuncsOwnUploadGoesWithoutItsToken() throws Exception {
        mySql.execute("INSERT INTO wat_main_system_setting VALUES ('GUANCE_DATA_UPLOAD_ENABLED', 'true'),"
                + " ('GUANCE_DATA_UPLOAD_URL', '\"https://u:hunter2@openway.example.com/x?token=hunter2\"')");
        assertThat(only(settings()))
                .contains("goes to https://openway.example.com:443: if that is")
                .contains("points arrive twice")
                .doesNotContain("hunter2");
        TestSettings intake = settings().set("intake.enabled", true);
        assertThat(only(intake)).contains("not to port 9528 of the intake").doesNotContain("hunter2");
        mySql.execute("UPDATE wat_main_system_setting SET value = '\"http://h:9528?token=x\"' WHERE id LIKE '%URL'");
        assertThat(warnings(intake)).isEmpty();
        mySql.execute("UPDATE wat_main_system_setting SET value = 'false' WHERE id LIKE '%ENABLED'");
        assertThat(only(intake)).contains("is off; switch it on with the URL http://<this host>:9528");
    }

    @Test
    void readsTheSettingsOfOlderVersions() throws Exception {
        mySql.execute(
                "DROP TABLE wat_main_system_setting",
                "CREATE TABLE wat_main_system_config (id VARCHAR(256) PRIMARY KEY, value JSON)",
                "INSERT INTO wat_main_system_config VALUES ('CUSTOM_GUANCE_DATA_UPLOAD_ENABLED', 'true'),"
                        + " ('CUSTOM_GUANCE_DATA_UPLOAD_URL', '\"http://h:1\"')");
        assertThat(only(settings())).contains("http://h:1");
    }

    @Test
    void aUserWhoMayNotReadTheListsIsToldTheGrant() throws Exception {
        try (EmbeddedRedis own =
                EmbeddedRedis.started("user half on >half-secret ~* -@all +select +info +llen +scan")) {
            TestSettings settings = settings()
                    .set("func.redis.port", own.port())
                    .set("func.redis.username", "half")
                    .set("func.redis.password", "half-secret");
            assertThat(warnings(settings).toString())
                    .contains("dataBuffer@taskRecordFunc cannot be read, so what Func trims at once is missed")
                    .contains("run ACL SETUSER half ~* " + RedisDiagnosis.RIGHTS);
        }
    }

    @Test
    void namesKeysThatAreOfAnotherType() {
        try (Jedis jedis = redis.connect()) {
            jedis.set("DataFluxFunc-worker#dataBuffer@taskRecord", "no list");
            jedis.del(HEARTBEAT);
            jedis.set(HEARTBEAT, "no hash");
        }
        assertThat(warnings(settings()))
                .satisfiesExactly(
                        text -> assertThat(text)
                                .contains(
                                        "DataFluxFunc-worker#dataBuffer@taskRecord cannot be read, so what Func trims at once is missed and its records come from the"
                                                + " table alone: the key is of another type than Func gives it; see what"
                                                + " else writes to database"),
                        text -> assertThat(text).contains("Func's heartbeat and counts cannot be looked at"));
    }

    @Test
    void warnsInHealthWhileTheProductRunsAndNoLonger() throws Exception {
        HealthState health = new HealthState(Clock.systemUTC());
        FuncWatch watch = new FuncWatch(settings().build(), health);
        mySql.execute("INSERT INTO wat_main_system_setting VALUES ('LOCAL_FUNC_TASK_RECORD_ENABLED', 'false')");
        watch.look();
        assertThat(health.all()).isEmpty();
        assertThat(health.warnings().get("func").reason()).contains("is off in Func");
        mySql.execute("DELETE FROM wat_main_system_setting");
        watch.look();
        assertThat(health.warnings()).isEmpty();
    }

    @Test
    void saysNothingOfAFindingThatAStopCutShort() {
        HealthState health = new HealthState(Clock.systemUTC());
        Thread.currentThread().interrupt();
        new FuncWatch(settings().build(), health).look();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(health.warnings()).isEmpty();
    }

    private void beat(long seconds) {
        try (Jedis jedis = redis.connect()) {
            jedis.hset(
                    HEARTBEAT,
                    "hostname:h:pid:1",
                    "{\"ts\": " + seconds + ", \"name\": \"server\", \"version\": \"6.1.2\", \"uptime\": 3}");
        }
    }

    private void count(String function, int callsInAMinute) {
        long minute = System.currentTimeMillis() / 60_000 * 60 - 120;
        try (Jedis jedis = redis.connect()) {
            jedis.zadd(COUNTS + function + ':', minute, minute + "," + callsInAMinute);
        }
    }

    private TestSettings settings() {
        return new TestSettings().mySql(mySql).redis(redis);
    }

    private static String only(TestSettings settings) {
        List<String> warnings = warnings(settings);
        assertThat(warnings).hasSize(1);
        return warnings.get(0);
    }

    private static List<String> warnings(TestSettings settings) {
        return new FuncProbe()
                .test(settings.build()).stream()
                        .filter(finding -> finding.level() == Finding.Level.WARN)
                        .map(Finding::text)
                        .toList();
    }

    private static List<String> texts(TestSettings settings) {
        Settings built = settings.build();
        return new FuncProbe().test(built).stream().map(Finding::toString).toList();
    }
}
