package io.funcobserver.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.funcobserver.config.Settings;
import io.funcobserver.testing.Slow;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

@Slow
class AlertsTest {
    private static final Path FOLDER = Path.of("deploy", "prometheus");
    private static final Pattern LABEL = Pattern.compile("\\$labels\\.(\\w+)");

    record Rules(List<Group> groups) {}

    record Group(String name, List<Rule> rules) {}

    record Rule(
            String alert,
            String expr,
            @JsonProperty("for") String duration,
            Map<String, String> labels,
            Map<String, String> annotations) {}

    private static Telemetry telemetry;

    @BeforeAll
    static void watch() throws Exception {
        telemetry = Telemetry.seen();
    }

    private static List<Rule> rules(String name) throws IOException {
        String yaml = Files.readString(FOLDER.resolve(name + ".rules.yaml"));
        return StrictYaml.to(Rules.class, StrictYaml.tree(yaml)).groups().stream()
                .flatMap(group -> group.rules().stream())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"func", "func-observer"})
    void alertsWatchOnlyWhatTheProductSends(String name) throws IOException {
        assertThat(rules(name)).isNotEmpty().allSatisfy(rule -> {
            assertThat(Query.unknownInPromQl(rule.expr(), telemetry))
                    .as(rule.alert())
                    .isEmpty();
            Set<String> labels = Query.labels(rule.expr(), telemetry);
            Matcher label = LABEL.matcher(rule.annotations().toString());
            while (label.find()) {
                assertThat(labels).as(rule.alert()).contains(label.group(1));
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"func", "func-observer"})
    void alertsSayWhatToDoAndAreTested(String name) throws IOException {
        String tests = Files.readString(FOLDER.resolve(name + ".test.yaml"));
        assertThat(rules(name)).allSatisfy(rule -> {
            assertThat(rule.labels().get("severity")).isIn("critical", "warning", "info");
            assertThat(rule.annotations()).containsOnlyKeys("summary", "description");
            assertThat(tests).contains(rule.alert());
        });
    }

    @Test
    void alertNamesAreUnique() throws IOException {
        List<String> names = new ArrayList<>();
        Stream.concat(rules("func").stream(), rules("func-observer").stream())
                .map(Rule::alert)
                .forEach(names::add);
        assertThat(new HashSet<>(names)).hasSameSizeAs(names);
    }

    @Test
    void everyLossRaisesAnAlert() throws IOException {
        String expressions =
                rules("func-observer").stream().map(Rule::expr).toList().toString();
        assertThat(expressions)
                .contains(
                        "func_observer_rows_missed_total",
                        "func_observer_points_dropped_total",
                        "func_observer_values_dropped_total",
                        "func_observer_dead_letter_lines_total");
    }

    @Test
    void spoolAlertKnowsTheDefaultSize() throws IOException {
        long size = Settings.of(Map.of("target.url", "http://127.0.0.1:9529")).size("spool.max-size");
        assertThat(rules("func-observer"))
                .filteredOn(rule -> rule.alert().equals("FuncObserverSpoolFills"))
                .extracting(Rule::expr)
                .containsExactly("func_observer_spool_bytes > 0.75 * " + (size >> 30) + " * 1024 * 1024 * 1024");
    }
}
