package io.funcobserver.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.funcobserver.config.Catalogue;
import io.funcobserver.demo.Line;
import io.funcobserver.demo.LineParser;
import io.funcobserver.lineprotocol.DropListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What the pages in {@code docs/} say of measurements, metrics and classes is what there is. */
class ReferencePagesTest {
    private static final Path SOURCES = Path.of("src/main/java/io/funcobserver");
    private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:)([^)#\\s]*)(?:#([^)]*))?\\)");
    private static final Pattern KEY = Pattern.compile("^\\| `(\\w+)` \\| (\\w+) \\|", Pattern.MULTILINE);
    private static final Pattern EXAMPLE = Pattern.compile("^```\n(DFF_.*)\n```$", Pattern.MULTILINE);
    private static final Pattern REGISTERED =
            Pattern.compile("\\b(gauge|count)\\(\\s*\"([a-z_]+)\"", Pattern.MULTILINE);
    private static final Pattern METRIC = Pattern.compile("^\\| `(func_observer_\\w+)`", Pattern.MULTILINE);
    private static final Pattern PLACE = Pattern.compile("^\\| [0-9]+ \\| `([^`]+)` \\|", Pattern.MULTILINE);
    private static final Pattern NAMED = Pattern.compile("`([a-z]+/[A-Z]\\w+)`");
    private static final Map<String, Class<?>> TYPES =
            Map.of("integer", Long.class, "float", Double.class, "text", String.class, "boolean", Boolean.class);

    static List<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.list(Path.of("docs"))) {
            return Stream.concat(docs, Stream.of(Path.of("README.md"), Path.of("CHANGELOG.md")))
                    .filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void linksOnlyToWhatIsThere(Path page) throws IOException {
        for (MatchResult link : matches(LINK, Files.readString(page))) {
            Path linked = link.group(1).isEmpty() ? page : page.resolveSibling(link.group(1));
            assertThat(linked).exists();
            if (link.group(2) != null) {
                assertThat(anchors(linked)).as(link.group()).contains(link.group(2));
            }
        }
    }

    /** As GitHub makes them of headings. */
    private static List<String> anchors(Path page) throws IOException {
        return Files.readAllLines(page).stream()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("^#+ ", "")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\w -]", "")
                        .replace(' ', '-'))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("io.funcobserver.config.Catalogue#measurements")
    void describesEachMeasurementWithEveryKey(Catalogue.Measurement measurement) throws IOException {
        String section = section(measurement.name());
        assertThat(section).contains("route `" + measurement.id() + "`", "every `" + period(measurement) + "`");
        assertThat(kinds(section).keySet()).containsExactlyInAnyOrderElementsOf(measurement.keys());
    }

    @ParameterizedTest
    @MethodSource("io.funcobserver.config.Catalogue#measurements")
    void givesAnExampleOfEachMeasurement(Catalogue.Measurement measurement) throws IOException {
        String section = section(measurement.name());
        Map<String, String> kinds = kinds(section);
        List<MatchResult> examples = matches(EXAMPLE, section);
        assertThat(examples).hasSize(1);
        LineParser.Result parsed = LineParser.parse((examples.get(0).group(1) + '\n').getBytes(StandardCharsets.UTF_8));
        assertThat(parsed.errors()).isEmpty();
        Line line = parsed.lines().get(0);
        assertThat(line.measurement()).isEqualTo(measurement.name());
        Set<String> tags = new TreeSet<>(line.tags().keySet());
        tags.remove("site_name");
        assertThat(tags).isSubsetOf(having(kinds, "tag"::equals));
        assertThat(line.fields().keySet()).isNotEmpty().isSubsetOf(having(kinds, kind -> !kind.equals("tag")));
        line.fields().forEach((key, value) -> assertThat(value).as(key).isInstanceOf(TYPES.get(kinds.get(key))));
    }

    private static String period(Catalogue.Measurement measurement) {
        return measurement.period() == null
                ? Catalogue.standard()
                        .find("measurement." + measurement.id() + ".period")
                        .fallback()
                : measurement.period();
    }

    private static String section(String measurement) throws IOException {
        String page = Files.readString(Path.of("docs/measurements.md"));
        int begin = page.indexOf("\n## " + measurement + "\n");
        assertThat(begin).as(measurement).isNotNegative();
        return page.substring(begin + 1, page.indexOf("\n## ", begin + 1));
    }

    private static Map<String, String> kinds(String section) {
        Map<String, String> kinds = new LinkedHashMap<>();
        matches(KEY, section).forEach(key -> kinds.put(key.group(1), key.group(2)));
        return kinds;
    }

    private static Set<String> having(Map<String, String> kinds, Predicate<String> kind) {
        return kinds.keySet().stream().filter(key -> kind.test(kinds.get(key))).collect(Collectors.toSet());
    }

    @Test
    void describesEveryMetricAndNoOther() throws IOException {
        Set<String> registered = new TreeSet<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file :
                    files.filter(file -> file.toString().endsWith(".java")).toList()) {
                matches(REGISTERED, Files.readString(file))
                        .forEach(metric -> registered.add("func_observer_" + metric.group(2)
                                + (metric.group(1).equals("count") ? "_total" : "")));
            }
        }
        String page = Files.readString(Path.of("docs/metrics.md"));
        assertThat(matches(METRIC, page))
                .extracting(metric -> metric.group(1))
                .containsExactlyInAnyOrderElementsOf(registered)
                .hasSizeGreaterThan(10);
        for (DropListener.Reason reason : DropListener.Reason.values()) {
            assertThat(page).contains('`' + reason.label() + '`');
        }
    }

    @Test
    void theWalksNameEachFileOnceAndOnlyWhatIsThere() throws IOException {
        String page = Files.readString(Path.of("docs/architecture.md"));
        List<String> row = new ArrayList<>();
        List<String> upload = new ArrayList<>();
        int second = page.indexOf("## The walk of one upload");
        matches(PLACE, page).forEach(place -> (place.start() < second ? row : upload).add(place.group(1)));
        assertThat(row).doesNotHaveDuplicates().hasSizeGreaterThan(10);
        assertThat(upload).doesNotHaveDuplicates().isNotEmpty();
        Stream.concat(row.stream(), upload.stream())
                .map(place -> place.contains(".") ? Path.of("routes", place) : SOURCES.resolve(place + ".java"))
                .forEach(file -> assertThat(file).exists());
        matches(NAMED, page).forEach(name -> assertThat(SOURCES.resolve(name.group(1) + ".java"))
                .exists());
    }

    @Test
    void listsEveryPackage() throws IOException {
        Set<String> packages;
        try (Stream<Path> folders = Files.list(SOURCES)) {
            packages = folders.map(folder -> folder.getFileName().toString()).collect(Collectors.toSet());
        }
        String page = Files.readString(Path.of("docs/architecture.md"));
        String list = page.substring(page.indexOf("## Packages"));
        assertThat(matches(Pattern.compile("^\\| `(\\w+)` \\|", Pattern.MULTILINE), list))
                .extracting(name -> name.group(1))
                .containsExactlyInAnyOrderElementsOf(packages);
    }

    private static List<MatchResult> matches(Pattern pattern, String text) {
        return pattern.matcher(text).results().toList();
    }
}
