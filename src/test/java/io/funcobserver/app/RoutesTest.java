package io.funcobserver.app;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.funcobserver.config.Catalogue;
import io.funcobserver.config.Property;
import io.funcobserver.config.Reading;
import io.funcobserver.config.Settings;
import io.funcobserver.config.SettingsSources;
import org.apache.camel.dsl.yaml.YamlRoutesBuilderLoader;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The conventions of routes/, over every file there. */
class RoutesTest {
    private static final Path ROUTES = Path.of("routes");
    private static final Pattern KEBAB = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*(-\\{\\{category}})?");
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{([^{}:]+)(:[^{}]*)?}}");
    private static final Pattern SECRET = Pattern.compile("(?i)(password|token|authorization|secret)\\s*[:=]");
    private static final Pattern SENTENCE = Pattern.compile("[A-Z][^.]*(\\.[a-z][^.]*)*\\.?");
    /** What the product sets beside its properties (func-observer.properties, CamelProperties), and what Camel gives each kamelet. */
    private static final Set<String> INTERNAL = Set.of("routes.measurements", "sampling.runs", "parentRouteId");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonSchema SCHEMA = schema();

    static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(ROUTES)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }

    static List<Path> kamelets() throws IOException {
        return files().stream()
                .filter(file -> file.toString().endsWith(".kamelet.yaml"))
                .toList();
    }

    static List<Path> measurements() throws IOException {
        return files().stream()
                .filter(file -> file.getParent().endsWith("measurements"))
                .toList();
    }

    /** Those that have a route in them, or a template of one. */
    static List<Path> routes() throws IOException {
        return files().stream()
                .filter(file -> !file.endsWith("sources.camel.yaml"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("routes")
    void isLoadedByCamel(Path file) throws Exception {
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            camel.getPropertiesComponent().addOverrideProperty("data.directory", "data");
            Settings.of(Map.of("target.url", "http://h", "kafka.brokers", "h:9092"))
                    .effective()
                    .forEach((key, value) ->
                            camel.getPropertiesComponent().addOverrideProperty(key, value.isEmpty() ? "x" : value));
            camel.build();
            Resource resource = ResourceHelper.resolveResource(camel, "file:" + file);
            PluginHelper.getRoutesLoader(camel).loadRoutes(resource);
            int loaded = camel.getRouteDefinitions().size()
                    + camel.getRouteTemplateDefinitions().size();
            assertThat(loaded).isPositive();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void isCanonicalByCamelsSchema(Path file) throws Exception {
        JsonNode content = JSON.valueToTree(yaml(file));
        if (file.toString().endsWith(".kamelet.yaml")) {
            JsonNode template = content.at("/spec/template");
            JsonNode route = template.has("route")
                    ? template.get("route")
                    : JSON.createObjectNode().set("from", template.get("from"));
            content = JSON.createArrayNode().add(JSON.createObjectNode().set("route", route));
        }
        // The schema does not know of placeholders.
        JsonNode whole = content;
        assertThat(SCHEMA.validate(content))
                .filteredOn(problem -> !whole.at(problem.getInstanceLocation()
                                .toString()
                                .replaceAll("^\\$|]", "")
                                .replaceAll("[\\[.]", "/"))
                        .asText()
                        .contains("{{"))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("routes")
    void describesEachRouteInOneSentenceBelowAComment(Path file) throws Exception {
        List<String> lines = Files.readAllLines(file);
        assertThat(lines.get(0)).startsWith("# ");
        for (int i = 1; i < lines.size(); i++) {
            if (lines.get(i).matches("- (route|routeTemplate|routeConfiguration):")) {
                assertThat(lines.get(i - 1)).as("above line %d", i + 1).startsWith("# ");
            }
        }
        List<String> descriptions = new ArrayList<>();
        walk(yaml(file), (key, value) -> {
            if (value instanceof Map<?, ?> map
                    && (key.equals("route") && map.containsKey("id") || key.equals("definition"))) {
                assertThat(map.get("description"))
                        .as("description of %s", map.get("id"))
                        .isNotNull();
            }
            if (key.equals("description")) {
                descriptions.add(value.toString());
            }
        });
        assertThat(descriptions).isNotEmpty().allSatisfy(text -> assertThat(text)
                .matches(SENTENCE));
    }

    @ParameterizedTest
    @MethodSource("files")
    void namesEachOutboundStepInKebabCase(Path file) throws Exception {
        walk(yaml(file), (key, value) -> {
            if ((key.equals("to") || key.equals("bean")) && value instanceof Map<?, ?> step) {
                assertThat(step.get("id")).as("id of %s", step).isNotNull();
            }
            if (key.equals("id")) {
                assertThat(value.toString()).matches(KEBAB);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("files")
    void holdsNoSecret(Path file) throws Exception {
        assertThat(Files.readString(file)).doesNotContainPattern(SECRET);
    }

    @ParameterizedTest
    @MethodSource("files")
    void namesOnlyDocumentedProperties(Path file) throws Exception {
        Set<String> known = new TreeSet<>(INTERNAL);
        Catalogue.standard().properties().stream().map(Property::key).forEach(known::add);
        Object content = yaml(file);
        walk(content, (key, value) -> {
            if (key.equals("properties") && value instanceof Map<?, ?> parameters) {
                parameters.keySet().forEach(name -> known.add(name.toString()));
            }
            if (key.equals("name") && value instanceof String name) {
                known.add(name);
            }
        });
        Matcher placeholder = PLACEHOLDER.matcher(Files.readString(file).replace("{{name}}", "func-call"));
        while (placeholder.find()) {
            assertThat(known).contains(placeholder.group(1));
        }
    }

    @ParameterizedTest
    @MethodSource("kamelets")
    void kameletExplainsEachParameter(Path file) throws Exception {
        Map<?, ?> kamelet = (Map<?, ?>) yaml(file);
        String name = (String) ((Map<?, ?>) kamelet.get("metadata")).get("name");
        assertThat(file.getFileName()).hasToString(name + ".kamelet.yaml");
        String kind = ((Map<?, ?>) ((Map<?, ?>) kamelet.get("metadata")).get("labels"))
                .get("camel.apache.org/kamelet.type")
                .toString();
        assertThat(name).endsWith("-" + kind);
        assertThat(kind).isIn("source", "action", "sink");
        Set<String> needed = new TreeSet<>(Set.of("camel:core", "camel:kamelet"));
        walk(((Map<?, ?>) kamelet.get("spec")).get("template"), (key, value) -> {
            if (key.equals("uri")) {
                needed.add("camel:" + value.toString().replaceAll(":.*", ""));
            } else if (key.equals("bean")) {
                needed.add("camel:bean");
            }
        });
        List<?> dependencies = (List<?>) ((Map<?, ?>) kamelet.get("spec")).get("dependencies");
        assertThat(dependencies.stream().map(Object::toString).toList()).containsExactlyInAnyOrderElementsOf(needed);
        String template = ((Map<?, ?>) kamelet.get("spec")).get("template").toString();
        Map<?, ?> definition = (Map<?, ?>) ((Map<?, ?>) kamelet.get("spec")).get("definition");
        assertThat(definition.get("title")).isNotNull();
        assertThat(definition.get("description").toString()).matches(SENTENCE);
        Object required = definition.get("required");
        if (required != null) {
            assertThat(((Map<?, ?>) definition.get("properties")).keySet().containsAll((List<?>) required))
                    .isTrue();
        }
        ((Map<?, ?>) definition.get("properties")).forEach((parameter, about) -> {
            Map<?, ?> facts = (Map<?, ?>) about;
            assertThat(facts.get("title")).as("title of %s", parameter).isNotNull();
            assertThat(template).as("use of %s", parameter).contains("{{" + parameter + "}}");
            assertThat(facts.get("type")).as("type of %s", parameter).isNotNull();
            assertThat(facts.get("description").toString()).matches(SENTENCE);
            assertThat(Stream.of("default", "example").anyMatch(facts::containsKey))
                    .as("default or example of %s", parameter)
                    .isTrue();
        });
    }

    /** So that replacing the name in a copy makes every id its own. */
    @ParameterizedTest
    @MethodSource("measurements")
    void measurementAndItsStepsHaveTheNameOfTheFile(Path file) throws Exception {
        String name = file.getFileName().toString().replace(".camel.yaml", "");
        List<?> content = (List<?>) yaml(file);
        assertThat(content).hasSize(1);
        Map<?, ?> route = (Map<?, ?>) ((Map<?, ?>) content.get(0)).get("route");
        assertThat(route.get("id")).isEqualTo(name);
        walk(content, (key, value) -> {
            if (key.equals("id")) {
                assertThat(value.toString()).contains(name);
            }
        });
        assertThat(Catalogue.standardRouteIds()).contains(name);
    }

    @Test
    void jarRunsWhatTheFolderHolds() throws Exception {
        RouteFiles jar = RouteFiles.in(Path.of("there-is-no-such-folder"));
        Set<String> inJar = Stream.concat(jar.all("file").stream(), jar.all("kafka").stream())
                .map(resource -> resource.replace("classpath:", ""))
                .collect(Collectors.toSet());
        Set<String> inFolder = files().stream().map(Path::toString).collect(Collectors.toSet());
        assertThat(inJar).isEqualTo(inFolder);
        assertThat(RouteFiles.in(ROUTES).ids()).containsExactlyInAnyOrderElementsOf(Catalogue.standardRouteIds());
    }

    /** Delivery has a route file too, and no period. */
    @Test
    void onlyMeasurementsAreSwitchedOnAndOff() {
        SettingsSources given = new SettingsSources(
                List.of("target.url=http://h", "measurement.delivery.enabled=true"), Map.of(), null);
        Reading reading = Settings.read(given, RouteFiles.in(ROUTES).ids());
        assertThatThrownBy(reading::orThrow).hasMessageContaining("measurement.delivery.enabled");
    }

    private static Object yaml(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return new Load(LoadSettings.builder().build()).loadFromInputStream(in);
        }
    }

    private static void walk(Object node, BiConsumer<String, Object> visitor) {
        if (node instanceof Map<?, ?> map) {
            map.forEach((key, value) -> {
                visitor.accept(key.toString(), value);
                walk(value, visitor);
            });
        } else if (node instanceof List<?> list) {
            list.forEach(item -> walk(item, visitor));
        }
    }

    private static JsonSchema schema() {
        try (InputStream in = YamlRoutesBuilderLoader.class.getResourceAsStream("/schema/camelYamlDsl.json")) {
            return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4).getSchema(JSON.readTree(in));
        } catch (IOException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
