package io.funcobserver.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.funcobserver.testing.Slow;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

@Slow
class DashboardsTest {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final Pattern LABEL_VALUES = Pattern.compile("label_values\\((\\w+), (\\w+)\\)");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{?(\\w+)");

    private static Telemetry telemetry;

    @BeforeAll
    static void watch() throws Exception {
        telemetry = Telemetry.seen();
    }

    static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("deploy", "grafana"))) {
            return files.sorted().toList();
        }
    }

    @Test
    void productAnswersItsProbes() {
        assertThat(telemetry.health())
                .containsOnlyKeys(Product.LIVE, Product.READY)
                .allSatisfy((path, status) -> assertThat(status).as(path).isEqualTo(200));
    }

    @Test
    void identifiersAreUnique() throws IOException {
        List<String> uids = new ArrayList<>();
        List<String> titles = new ArrayList<>();
        for (Path file : files()) {
            uids.add(read(file).path("uid").asText());
            titles.add(read(file).path("title").asText());
        }
        assertThat(uids).doesNotHaveDuplicates().doesNotContain("");
        assertThat(titles).doesNotHaveDuplicates().doesNotContain("");
        assertThat(files()).hasSize(3);
    }

    @ParameterizedTest
    @MethodSource("files")
    void panelsHaveIdentifiersAndPlacesOfTheirOwn(Path file) throws IOException {
        Set<Integer> ids = new HashSet<>();
        Set<String> cells = new HashSet<>();
        for (JsonNode panel : read(file).path("panels")) {
            assertThat(ids.add(panel.path("id").asInt()))
                    .as(panel.path("title").asText())
                    .isTrue();
            assertThat(panel.path("title").asText()).isNotBlank();
            JsonNode place = panel.path("gridPos");
            assertThat(place.path("x").asInt() + place.path("w").asInt()).isLessThanOrEqualTo(24);
            for (int x = 0; x < place.path("w").asInt(); x++) {
                for (int y = 0; y < place.path("h").asInt(); y++) {
                    String cell = (place.path("x").asInt() + x) + "/"
                            + (place.path("y").asInt() + y);
                    assertThat(cells.add(cell)).as(panel.path("title").asText()).isTrue();
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void queriesNameOnlyWhatTheProductSends(Path file) throws IOException {
        JsonNode dashboard = read(file);
        List<String> unknown = new ArrayList<>();
        int queries = 0;
        for (JsonNode panel : dashboard.path("panels")) {
            for (JsonNode target : panel.path("targets")) {
                queries++;
                String title = panel.path("title").asText() + ": ";
                boolean influx = target.at("/datasource/type").asText().equals("influxdb");
                List<String> found = influx
                        ? Query.unknownInInfluxQl(target.path("query").asText(), telemetry)
                        : Query.unknownInPromQl(target.path("expr").asText(), telemetry);
                found.forEach(name -> unknown.add(title + name));
            }
        }
        assertThat(unknown).isEmpty();
        assertThat(queries).isGreaterThan(10);
    }

    @ParameterizedTest
    @MethodSource("files")
    void variablesAreFilledFromWhatTheProductSends(Path file) throws IOException {
        for (JsonNode variable : read(file).at("/templating/list")) {
            String definition = variable.path("definition").asText();
            if (definition.startsWith("SHOW TAG VALUES")) {
                assertThat(Query.unknownInInfluxQl(definition, telemetry)).isEmpty();
            } else if (!definition.isEmpty()) {
                Matcher values = LABEL_VALUES.matcher(definition);
                assertThat(values.matches()).as(definition).isTrue();
                assertThat(telemetry.labels(values.group(1)))
                        .hasValueSatisfying(labels -> assertThat(labels).contains(values.group(2)));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void variablesAreDeclared(Path file) throws IOException {
        JsonNode dashboard = read(file);
        Set<String> declared = new HashSet<>(dashboard.at("/templating/list").findValuesAsText("name"));
        declared.addAll(Set.of("timeFilter", "tag_func_id", "col"));
        Matcher variable = VARIABLE.matcher(dashboard.path("panels").toString());
        while (variable.find()) {
            String name = variable.group(1);
            assertThat(declared.contains(name) || name.startsWith("__") || name.startsWith("tag_"))
                    .as(name)
                    .isTrue();
        }
    }

    @Test
    void metricsOfInfluxDbAreAskedForNumbersOnly() throws IOException {
        for (JsonNode panel :
                read(Path.of("deploy", "grafana", "func-influxql.json")).path("panels")) {
            for (JsonNode target : panel.path("targets")) {
                boolean records = target.path("query").asText().matches(".*FROM \"DFF_(task_record|service_info).*");
                assertThat(target.at("/datasource/uid").asText()).isEqualTo(records ? "${records}" : "${metrics}");
            }
        }
    }

    @Test
    void everyMeasurementIsShown() throws IOException {
        String influxQl = Files.readString(Path.of("deploy", "grafana", "func-influxql.json"));
        assertThat(telemetry.measurements().keySet()).hasSize(11).allSatisfy(name -> assertThat(influxQl)
                .contains("\\\"" + name + "\\\""));
    }

    @Test
    void everyOwnMetricIsShown() throws IOException {
        String dashboard = Files.readString(Path.of("deploy", "grafana", "func-observer.json"));
        assertThat(telemetry.metrics().keySet()).isNotEmpty().allSatisfy(name -> assertThat(dashboard)
                .contains(name + "{"));
    }

    @Test
    void unknownNamesAreFound() {
        assertThat(Query.unknownInInfluxQl("SELECT \"run_cots\" FROM \"DFF_func_call\"", telemetry))
                .containsExactly("run_cots");
        assertThat(Query.unknownInInfluxQl("SELECT \"length\" FROM \"DFF_worker_queues\"", telemetry))
                .contains("DFF_worker_queues");
        assertThat(Query.unknownInPromQl("sum by (queues) (DFF_worker_queue_length{site=\"x\"})", telemetry))
                .containsExactly("DFF_worker_queue_length{site}", "by (queues)");
        assertThat(Query.unknownInPromQl("func_observer_lag_row", telemetry)).containsExactly("func_observer_lag_row");
    }

    private static JsonNode read(Path file) throws IOException {
        return JSON.readTree(Files.readString(file));
    }
}
