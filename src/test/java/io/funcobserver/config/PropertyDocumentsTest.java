package io.funcobserver.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Written anew from the catalogue with {@code -Ddocuments.write}. */
class PropertyDocumentsTest {
    private static final Path FILE = Path.of("application.properties");
    private static final Path PAGE = Path.of("docs", "properties.md");
    private static final String HEAD = """
            # Properties

            From the command line (`--set key=value`), the environment (`FUNC_MYSQL_PASSWORD` for `func.mysql.password`),
            `application.properties` in the working directory, and the defaults below: the first that has a property decides.
            Durations are `500ms`, `5s`, `2m`, `1h`; sizes `512KiB`, `1MiB`, `2GiB`.

            Properties of Camel (`camel.*`), of logging (`logging.level.<logger>=DEBUG`) and, with `spool=kafka`, of Kafka's
            clients (`kafka.*`) are passed on; any other unknown one is refused, with the nearest known one named. Of the
            environment, Kafka's clients get `KAFKA_SASL_…`, `KAFKA_SSL_…` and `KAFKA_SECURITY_…`.

            Several targets: `targets=a,b` and a `target.a.url` and `target.b.url`. Whatever else stands under `target.*` can
            be given for one of them in the same way (`target.a.gzip=false`) and is otherwise the same for all, but
            `target.authorization`, which each has for itself.

            Written from `src/main/resources/io/funcobserver/config/properties.yaml`.
            """;

    @Test
    void theFileListsExactlyTheCatalogueAtItsDefaults() throws IOException {
        String text = ConfigurationFile.of(Catalogue.standard(), Map.of());
        write(FILE, text);
        assertThat(Files.readString(FILE)).isEqualTo(text);
    }

    @Test
    void thePageListsExactlyTheCatalogue() throws IOException {
        Map<String, List<Property>> groups = Catalogue.standard().properties().stream()
                .collect(Collectors.groupingBy(Property::group, LinkedHashMap::new, Collectors.toList()));
        StringBuilder text = new StringBuilder(HEAD);
        groups.forEach((group, properties) -> {
            text.append("\n## ").append(group).append("\n\n| property | default | type | |\n|---|---|---|---|\n");
            properties.forEach(property -> text.append(row(property)).append('\n'));
        });
        write(PAGE, text.toString());
        assertThat(Files.readString(PAGE)).isEqualTo(text.toString());
    }

    @Test
    void theFileChangesNothingAsItIs() {
        SettingsSources sources = new SettingsSources(List.of("target.url=http://h"), Map.of(), FILE);
        assertThat(Settings.read(sources, List.of()).orThrow().effective())
                .isEqualTo(Settings.of(Map.of("target.url", "http://h")).effective());
    }

    @Test
    void everyLineOfTheFileMayBeUncommented() throws IOException {
        List<String> assignments = Files.readAllLines(FILE).stream()
                .filter(line -> line.matches("#[a-z][a-z0-9.-]*=.*"))
                .map(line -> line.substring(1))
                .toList();
        assertThat(assignments).hasSameSizeAs(Catalogue.standard().properties());
        assertThat(Settings.read(new SettingsSources(assignments, Map.of(), null), List.of())
                        .withoutTarget()
                        .problems())
                .isEmpty();
    }

    @Test
    void aWrittenValueIsReadBack() throws IOException {
        Map<String, String> given = Map.of(
                "target.url", "http://h?token=a=b#",
                "func.mysql.password", " \\u p#:=!\\ ",
                "func.site-name", "杭州");
        given.forEach((key, value) -> {
            java.util.Properties read = new java.util.Properties();
            try {
                read.load(new java.io.StringReader(ConfigurationFile.of(Catalogue.standard(), given)));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            assertThat(read.getProperty(key)).isEqualTo(value);
            assertThat(read).hasSize(3);
        });
    }

    private static String row(Property property) {
        boolean none = property.fallback() == null || property.fallback().isEmpty();
        String fallback = none ? property.required() ? "none: required" : "none" : '`' + property.fallback() + '`';
        return "| `" + property.key() + "` | " + fallback + " | "
                + property.type().name() + " | " + property.description() + " |";
    }

    private static void write(Path file, String text) throws IOException {
        if (System.getProperty("documents.write") != null) {
            Files.writeString(file, text);
        }
    }
}
