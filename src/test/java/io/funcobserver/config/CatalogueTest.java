package io.funcobserver.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CatalogueTest {
    private static final Path FILE = Path.of("application.properties");

    @Test
    void theFileListsExactlyTheCatalogueAtItsDefaults() throws IOException {
        Pattern line = Pattern.compile("#([a-z][a-z0-9.-]*=.*)");
        List<String> listed = Files.readAllLines(FILE).stream()
                .map(line::matcher)
                .filter(Matcher::matches)
                .map(matcher -> matcher.group(1))
                .toList();
        assertThat(listed)
                .containsExactlyElementsOf(Catalogue.standard().properties().stream()
                        .map(property ->
                                property.key() + "=" + (property.fallback() == null ? "" : property.fallback()))
                        .toList());
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
        assertThat(Settings.read(new SettingsSources(assignments, Map.of(), null), List.of())
                        .withoutTarget()
                        .problems())
                .isEmpty();
    }

    @Test
    void everyPropertyHasOneVariableAndOneLineOfDescription() {
        List<Property> properties = Catalogue.standard().properties();
        assertThat(properties).extracting(Property::environmentVariable).doesNotHaveDuplicates();
        assertThat(properties)
                .extracting(Property::description)
                .allSatisfy(text -> assertThat(text).isNotBlank().doesNotContain("\n"));
    }

    @Test
    void reservesNoKeyTwice() {
        assertThat(ReservedKeys.MEASUREMENTS).doesNotContainAnyElementsOf(ReservedKeys.RECEIVERS);
    }
}
