package io.funcobserver.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class TargetSettingsTest {
    @Test
    void theOneTargetIsCalledMain() {
        assertThat(read("target.url=http://h?token=x", "target.timeout=3s")
                        .orThrow()
                        .targets())
                .containsExactly(new TargetSettings(
                        "main",
                        "target.",
                        "http://h?token=x",
                        "/v1/write/metric",
                        "/v1/write/logging",
                        null,
                        true,
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(3)));
    }

    @Test
    void eachNamedTargetHasItsOwnAndWhatIsCommonToAll() {
        Settings settings = read(
                        "targets=datakit, influx-2",
                        "target.gzip=false",
                        "target.datakit.url=http://a",
                        "target.datakit.gzip=true",
                        "target.influx-2.url=http://b",
                        "target.influx-2.authorization=Token x",
                        "target.influx-2.metric-path=/api/v2/write?bucket=f",
                        "target.influx-2.logging-path=")
                .orThrow();
        Duration five = Duration.ofSeconds(5);
        Duration thirty = Duration.ofSeconds(30);
        assertThat(settings.targets())
                .containsExactly(
                        new TargetSettings(
                                "datakit",
                                "target.datakit.",
                                "http://a",
                                "/v1/write/metric",
                                "/v1/write/logging",
                                null,
                                true,
                                five,
                                thirty),
                        new TargetSettings(
                                "influx-2",
                                "target.influx-2.",
                                "http://b",
                                "/api/v2/write?bucket=f",
                                "",
                                "Token x",
                                false,
                                five,
                                thirty));
        assertThat(settings.effective()).containsEntry("target.influx-2.timeout", "30s");
    }

    @Test
    void namedTargetsMayComeFromTheEnvironment() {
        Map<String, String> environment =
                Map.of("TARGETS", "a,b-c", "TARGET_A_URL", "http://a", "TARGET_B_C_URL", "http://b");
        assertThat(Settings.read(new SettingsSources(List.of(), environment, null), List.of())
                        .orThrow()
                        .targets())
                .extracting(TargetSettings::url)
                .containsExactly("http://a", "http://b");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "targets=a|target.a.url: is required; give the base URL",
                "targets=a target.a.url=x|target.a.url: the value does not begin with http://",
                "targets=a target.a.url=http://a target.b.url=http://b|target.b.url: is of a target that targets does not name; add b to targets, or give target.url",
                "target.url=http://a target.b.url=http://b|target.b.url: is of a target that targets does not name",
                "targets=a target.a.url=http://a target.url=http://b|target.url: is given beside targets; give target.<name>.url",
                "targets=a target.a.url=http://a target.authorization=hunter2|target.authorization: is given beside targets",
                "targets=a target.a.url=http://a target.a.uri=http://b|target.a.uri: is not a known property; did you mean target.a.url?",
                "targets=a target.a.url=http://a target.a.gzip=no|target.a.gzip: \"no\" is neither true nor false",
            })
    void refusesWhatDoesNotFitTogetherInOneLine(String given, String problem) {
        assertThat(read(given.split(" ")).problems())
                .singleElement()
                .asString()
                .startsWith(problem)
                .doesNotContain("hunter2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"A", "a,a", "a,,b", "a b", "../x", "a.b", ",", "x123456789012345678901234567890123", "a_b"})
    void refusesNamesThatFoldersAndLabelsCannotHave(String names) {
        assertThat(read("targets=" + names).problems())
                .extracting(Reading.Problem::key)
                .contains("targets");
    }

    @Test
    void commandsThatSendNothingNeedNoTarget() {
        assertThat(read("targets=a,b").withoutTarget().orThrow().targets())
                .extracting(TargetSettings::url)
                .containsOnlyNulls();
    }

    @Test
    void masksTheSecretsOfEveryTarget() {
        Settings settings = read(
                        "targets=a,b",
                        "target.a.url=http://a?token=secret-a",
                        "target.b.url=http://b",
                        "target.b.authorization=Token secret-b",
                        "target.b.metric-path=/w?p=secret-c")
                .orThrow();
        assertThat(Secrets.of(settings).mask("secret-a secret-b secret-c")).isEqualTo("*** *** ***");
        assertThat(settings.targets().toString()).doesNotContain("secret");
    }

    private static Reading read(String... assignments) {
        return Settings.read(new SettingsSources(List.of(assignments), Map.of(), null), List.of());
    }
}
