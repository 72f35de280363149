package io.funcobserver.config;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SettingsTest {
    private static final String URL = "http://127.0.0.1:9529";

    @TempDir
    Path folder;

    @Test
    void hasTheDefaultsOfTheInterface() {
        Settings settings = with();
        assertThat(settings.text("func.site-name")).isNull();
        assertThat(settings.text("func.app-name")).isEqualTo("DataFluxFunc");
        assertThat(settings.number("func.queues")).isEqualTo(16);
        assertThat(settings.zone()).isEqualTo(ZoneId.systemDefault());
        assertThat(settings.tags()).isEmpty();
        assertThat(settings.number("func.redis.database")).isEqualTo(5);
        assertThat(settings.flag("target.gzip")).isTrue();
        assertThat(settings.size("batch.max-bytes")).isEqualTo(1048576);
        assertThat(settings.size("dead-letter.max-size")).isEqualTo(1L << 30);
        assertThat(settings.duration("measurement.cache-db-key.period")).isEqualTo(Duration.ofMinutes(5));
        assertThat(settings.duration("measurement.func-call.period")).isEqualTo(Duration.ofSeconds(1));
        assertThat(settings.duration("measurement.db-table.period")).isEqualTo(Duration.ofSeconds(60));
        assertThat(settings.text("records.start")).isEqualTo("now");
        assertThat(settings.size("log.split-bytes")).isEqualTo(100_000);
    }

    @Test
    void takesSetBeforeEnvironmentBeforeFile() throws IOException {
        Map<String, String> environment = Map.of("FUNC_SITE_NAME", "environment", "FUNC_APP_NAME", "environment");
        Path file = file("func.site-name=file\nfunc.app-name=file\nfunc.mysql.database=file\n");
        Settings settings = read(environment, file, "func.site-name=set").orThrow();
        assertThat(settings.text("func.site-name")).isEqualTo("set");
        assertThat(settings.text("func.app-name")).isEqualTo("environment");
        assertThat(settings.text("func.mysql.database")).isEqualTo("file");
        assertThat(settings.text("func.mysql.host")).isEqualTo("127.0.0.1");
    }

    @Test
    void namesTheEnvironmentVariableOfDashesAndDots() {
        Reading reading = read(Map.of("MEASUREMENT_CACHE_DB_KEY_MAX_PREFIXES", "7"), null);
        assertThat(reading.orThrow().number("measurement.cache-db-key.max-prefixes"))
                .isEqualTo(7);
    }

    @Test
    void takesTheLastOfTwoSets() {
        assertThat(with("func.queues=1", "func.queues=2").number("func.queues")).isEqualTo(2);
    }

    @Test
    void leavesOtherEnvironmentVariablesAlone() {
        Map<String, String> environment = Map.of("FUNC_UNKNOWN", "x", "CAMEL_MAIN_NAME", "y");
        assertThat(read(environment, null).orThrow().camel()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"func.site-name=杭州\n", "\uFEFFfunc.site-name=杭州\r\n"})
    void readsTheFileAsUtf8WithOrWithoutByteOrderMark(String content) throws IOException {
        assertThat(read(Map.of(), file(content)).orThrow().text("func.site-name"))
                .isEqualTo("杭州");
    }

    @Test
    void namesAFileThatIsNotUtf8() throws IOException {
        Path file = Files.write(folder.resolve("latin"), "func.site-name=é".getBytes(StandardCharsets.ISO_8859_1));
        assertProblem(read(Map.of(), file)).isEqualTo(file + ": is not UTF-8; save it as UTF-8");
    }

    @Test
    void namesAFileThatHoldsABrokenEscape() throws IOException {
        assertProblem(read(Map.of(), file("data.directory=C:\\users\n")))
                .contains("\\u that four hex digits do not follow");
    }

    /** With LC_ALL=C, Java makes such a character of each byte that is not ASCII. */
    @Test
    void refusesAValueThatLostItsCharactersOnTheWay() {
        assertThat(read(Map.of("FUNC_SITE_NAME", "\uFFFD\uFFFD"), null, "func.mysql.password=x\uFFFD")
                        .problems())
                .extracting(Object::toString)
                .satisfiesExactlyInAnyOrder(
                        site -> assertThat(site)
                                .startsWith("func.site-name: ")
                                .contains("(environment variable FUNC_SITE_NAME) lost characters on its way")
                                .contains("set LC_ALL=C.UTF-8"),
                        password -> assertThat(password).startsWith("func.mysql.password: the value lost characters"));
    }

    /** Camel's file endpoint would look elsewhere, or nowhere. */
    @ParameterizedTest
    @ValueSource(strings = {"a?b", "feature%2Fx", "{{x}}", "/data/${HOME}"})
    void refusesAFolderThatTheRoutesWouldReadOtherwise(String directory) {
        assertThat(read("data.directory=" + directory).problems())
                .singleElement()
                .asString()
                .startsWith("data.directory: \"" + directory + "\" holds one of");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{{x}}", "a${body}"})
    void refusesANameThatTheRoutesWouldReadOtherwise(String name) {
        assertThat(read("func.app-name=" + name).problems())
                .singleElement()
                .asString()
                .startsWith("func.app-name: \"" + name + "\" holds a control character, {{ or ${");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/var/lib/my data (1)+#é", "数据", "a{b}$c", "C:\\data"})
    void takesAFolderOfAnyOtherName(String directory) {
        assertThat(read("data.directory=" + directory).problems()).isEmpty();
    }

    @Test
    void passesCamelAndLoggingThrough() {
        Settings settings = with("camel.main.name=x", "logging.level.org.apache.camel=DEBUG");
        assertThat(settings.camel()).isEqualTo(Map.of("camel.main.name", "x"));
        assertThat(settings.logging()).isEqualTo(Map.of("logging.level.org.apache.camel", "DEBUG"));
    }

    @ParameterizedTest
    @CsvSource({
        "func.mysql.pasword, func.mysql.password",
        "func.sitename, func.site-name",
        "target.uri, target.url",
        "measurement.task-records.period, measurement.task-record.period",
        "spool.max_size, spool.max-size"
    })
    void suggestsTheNearestKnownKey(String key, String suggestion) {
        assertProblem(read(key + "=hunter2"))
                .isEqualTo(key + ": is not a known property; did you mean " + suggestion + "?");
    }

    @Test
    void suggestsNothingForAKeyThatIsNearNone() {
        assertProblem(read("nothing.like.it=x")).contains("see application.properties");
    }

    @Test
    void wantsATarget() {
        Reading reading = Settings.read(new SettingsSources(List.of(), Map.of(), null), List.of());
        assertThatThrownBy(reading::orThrow)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("target.url: is required; give the base URL of the receiver");
        assertThat(reading.withoutTarget().orThrow().text("target.url")).isNull();
    }

    @Test
    void collectsEveryProblem() throws IOException {
        Reading reading = read(
                Map.of("FUNC_MYSQL_PORT", "0"),
                file("func.queues=many\n"),
                "nonsense",
                "batch.max-delay=1",
                "target.url=");
        assertThat(reading.problems())
                .extracting(Reading.Problem::key)
                .containsExactlyInAnyOrder("func.queues", "func.mysql.port", "--set", "batch.max-delay", "target.url");
        assertThatThrownBy(reading::orThrow).hasMessageEndingWith("(and 4 more: see check)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "func.mysql.port=abc|func.mysql.port: \"abc\" is not a whole number; give a port from 1 to 65535",
                "func.mysql.port=65536|func.mysql.port: \"65536\" is out of range; give a port from 1 to 65535",
                "func.queues=-1|func.queues: \"-1\" is out of range; give a number from 0 to 1000",
                "func.queues=99999999999|func.queues: \"99999999999\" is out of range; give a number from 0 to 1000",
                "records.page-size=0|records.page-size: \"0\" is out of range; give a number from 1 to 1000000",
                "log.split-bytes=999|log.split-bytes: \"999\" is out of range; give a size from 1000 to 32MiB",
                "batch.max-bytes=1MB|batch.max-bytes: \"1MB\" is not a size; give one like 512KiB, 1MiB or 2GiB, or plain bytes",
                "retry.delay=60|retry.delay: \"60\" is not a duration; give one like 500ms, 5s, 2m or 1h",
                "retry.delay=0s|retry.delay: \"0s\" is no time at all; give a duration of 1ms or more",
                "retry.delay=501h|retry.delay: \"501h\" is too long; give a duration up to 500h",
                "target.gzip=yes|target.gzip: \"yes\" is neither true nor false; give one of them",
                "func.time-zone=Mars|func.time-zone: \"Mars\" is not a time zone; give one like Asia/Shanghai, UTC or +08:00",
                "func.mysql.host=db:3306|func.mysql.host: \"db:3306\" is not a host; give a name or an address alone, with no scheme, brackets or port",
                "records.start=yesterday|records.start: \"yesterday\" is no start of a tail; give now, beginning, or a seq (the rows after it are read)",
                "retry.delay=2m|retry.max-delay: is shorter than retry.delay; give a duration that is at least as long",
                "func.queues=|func.queues: the value is empty; give a value (number 0 to 1000), or leave the property out for its default 16",
                "target.url=http://u:p@h|target.url: the value holds a user name or password; take it out and give it as target.authorization (Basic …)",
                "target.metric-path=v1/write|target.metric-path: the value does not begin with /; give a path like /v1/write/metric, or nothing to send none of this category",
                "logging.level.x=loud|logging.level.x: \"loud\" is not a log level; give TRACE, DEBUG, INFO, WARN, ERROR or OFF"
            })
    void saysWhatIsWrongAndWhatToDo(String assignment, String problem) {
        assertProblem(read(assignment)).isEqualTo(problem);
    }

    @Test
    void namesTheVariableThatKubernetesSetsForAService() {
        assertProblem(read(Map.of("FUNC_MYSQL_PORT", "tcp://10.0.0.1:3306"), null))
                .contains("(environment variable FUNC_MYSQL_PORT)", "enableServiceLinks: false");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1:9529",
                "ftp://host",
                "http://",
                "http://host:99999",
                "http://user:hunter2@host",
                "http://user:hunter2@host_name",
                "http://host?token=hunter2#x",
                "http://host?token=hunter2 x",
                "hunter2"
            })
    void refusesWhatIsNoTargetAndRepeatsNothingOfIt(String url) {
        assertProblem(read("target.url=" + url))
                .startsWith("target.url: the value ")
                .contains(";")
                .doesNotContain("hunter2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://h", "https://h.example/base?token=tkn_x", "http://[::1]:9529", "HTTP://H:1"})
    void takesAbsoluteUrls(String url) {
        assertThat(read("target.url=" + url).orThrow().text("target.url")).isEqualTo(url);
    }

    @Test
    void neverRepeatsASecret() {
        Reading reading = read(
                "func.mysql.password=hunter2\u0001",
                "func.redis.password=hunter2\n",
                "target.authorization=hunter2\r\nX: y",
                "hunter2");
        assertThat(reading.problems()).hasSize(4);
        assertThat(reading.problems().toString()).doesNotContain("hunter2");
        assertThat(with("func.mysql.password=hunter2").toString()).doesNotContain("hunter2");
    }

    @Test
    void keepsTheSpacesOfAPasswordOnly() {
        Settings settings = with("func.mysql.password= a ", "func.mysql.username= b ");
        assertThat(settings.text("func.mysql.password")).isEqualTo(" a ");
        assertThat(settings.text("func.mysql.username")).isEqualTo("b");
    }

    @Test
    void takesAnEmptyPathAsAValue() {
        assertThat(with("target.metric-path=").text("target.metric-path")).isEmpty();
    }

    @Test
    void takesAnEmptyTextAsNone() {
        assertThat(read(Map.of("FUNC_SITE_NAME", ""), null).orThrow().text("func.site-name"))
                .isNull();
    }

    @Test
    void parsesTags() {
        assertThat(with("func.tags=region=hz, env=prod=1").tags())
                .containsExactly(Map.entry("region", "hz"), Map.entry("env", "prod=1"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a|is not a list of tags",
                "a=|is not a list of tags",
                "=a|is not a list of tags",
                "a=1,,b=2|is not a list of tags",
                "a=1,a=2|has tag a twice",
                "site_name=x|give func.site-name instead",
                "queue=1|which a measurement has already",
                "message_page_count=1|which a measurement has already",
                "edition=1|which a measurement has already",
                "bizMetric=1|which a measurement has already",
                "enabled_count=1|which a measurement has already",
                "source=x|which receivers keep for themselves",
                "a.b=1|that receivers would change",
                "a b=1|that receivers would change",
                "a=1\\|that no receiver takes"
            })
    void refusesTagsThatReceiversReject(String tags, String reason) {
        assertProblem(read("func.tags=" + tags)).contains(reason);
    }

    @Test
    void startsAfterAnySeqOfAnUnsignedColumn() {
        assertThat(with("records.start=18446744073709551615").text("records.start"))
                .isEqualTo("18446744073709551615");
        assertThat(read("records.start=18446744073709551616").problems()).hasSize(1);
    }

    @Test
    void knowsThePropertiesOfAMeasurementOfTheUser() {
        Settings settings = withGauge("measurement.my-gauge.enabled=false");
        assertThat(settings.flag("measurement.my-gauge.enabled")).isFalse();
        assertThat(settings.duration("measurement.my-gauge.period")).isEqualTo(Duration.ofSeconds(60));
        assertProblem(read("measurement.my-gauge.enabled=false")).contains("is not a known property");
    }

    @Test
    void autoIsTrueUnlessTheIntakeGetsTheMeasurementFromFunc() {
        Settings beside = withGauge("measurement.task-record.enabled=true");
        assertThat(beside.flag("measurement.func-call.enabled")).isTrue();
        assertThat(beside.effective()).containsEntry("measurement.func-call.enabled", "true");

        Settings behind = withGauge("measurement.task-record.enabled=true", "intake.enabled=true");
        assertThat(behind.effective())
                .containsEntry("measurement.func-call.enabled", "false")
                .containsEntry("measurement.cron-job.enabled", "false")
                .containsEntry("measurement.cache-db-key.enabled", "true")
                .containsEntry("measurement.task-record.enabled", "true")
                .containsEntry("measurement.my-gauge.enabled", "true");
        assertThat(behind.flag("measurement.func-call.enabled")).isFalse();
    }

    @Test
    void wantsBrokersForKafkaAndPassesTheRestOn() {
        assertProblem(read("spool=kafka")).startsWith("kafka.brokers: is required with spool=kafka; ");
        Map<String, String> environment = Map.of("KAFKA_SASL_JAAS_CONFIG", "x", "KAFKA_PORT", "tcp://10.0.0.1:9092");
        Settings settings = read(environment, null, "spool=kafka", "kafka.brokers=h:9092", "kafka.acks=all")
                .orThrow();
        assertThat(settings.kafka())
                .isEqualTo(Map.of("bootstrap.servers", "h:9092", "acks", "all", "sasl.jaas.config", "x"));
    }

    @Test
    void resolvesEveryPropertyForPlaceholders() {
        Map<String, String> effective = with("func.mysql.port=3307").effective();
        assertThat(effective)
                .containsOnlyKeys(Catalogue.standard().properties().stream()
                        .map(io.funcobserver.config.Property::key)
                        .toList())
                .containsEntry("func.mysql.port", "3307")
                .containsEntry("func.site-name", "")
                .containsEntry("func.time-zone", ZoneId.systemDefault().getId());
    }

    @Test
    void refusesAGetterOfTheWrongType() {
        assertThatThrownBy(() -> with().number("target.url")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> with().text("no.such")).isInstanceOf(IllegalArgumentException.class);
    }

    @Property
    void readsEveryDurationBackAsWritten(@ForAll @IntRange(min = 1, max = 1_800_000) int amount) {
        assertThat(Quantities.duration(amount + "ms", false)).isEqualTo(Duration.ofMillis(amount));
        assertThat(Quantities.duration(amount + "s", false)).isEqualTo(Duration.ofSeconds(amount));
    }

    @Property
    void readsEverySizeAsWritten(@ForAll @LongRange(max = 999_999_999L) long amount) {
        assertThat(Quantities.size(amount + "KiB")).isEqualTo(BigInteger.valueOf(amount * 1024));
        assertThat(Quantities.size(amount + "")).isEqualTo(BigInteger.valueOf(amount));
    }

    @Property
    void answersAnyTextWithAValueOrAProblem(@ForAll String text) {
        String[] assignments = Catalogue.standard().properties().stream()
                .map(property -> property.key() + "=" + text)
                .toArray(String[]::new);
        assertThat(read(assignments).problems())
                .allSatisfy(problem ->
                        assertThat(problem.toString()).doesNotContain("\n").contains("; "));
    }

    /** The target's URL is given, unless the assignments give it. */
    private static Reading read(String... assignments) {
        return read(Map.of(), null, assignments);
    }

    private static Reading read(Map<String, String> environment, Path file, String... assignments) {
        return Settings.read(new SettingsSources(withUrl(assignments), environment, file), List.of());
    }

    private static Settings with(String... assignments) {
        return read(assignments).orThrow();
    }

    /** Where the user has a measurement of that name. */
    private static Settings withGauge(String... assignments) {
        return Settings.read(new SettingsSources(withUrl(assignments), Map.of(), null), List.of("my-gauge"))
                .orThrow();
    }

    private static List<String> withUrl(String... assignments) {
        return Stream.concat(Stream.of("target.url=" + URL), Stream.of(assignments))
                .toList();
    }

    /** The one problem that there is. */
    private static AbstractStringAssert<?> assertProblem(Reading reading) {
        assertThat(reading.problems()).hasSize(1);
        return assertThat(reading.problems().get(0).toString());
    }

    private Path file(String content) throws IOException {
        return Files.writeString(folder.resolve("application.properties"), content);
    }
}
