package io.funcobserver.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.funcobserver.config.Catalogue;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class PagesTest {
    private static final Pattern HEADING = Pattern.compile("^## (.*)$", Pattern.MULTILINE);
    private static final Pattern PROPERTY = Pattern.compile(
            "(?:^|[`\\s])((?:func|target|observe|spool|dead-letter|measurement|records|data|batch|retry)"
                    + "\\.[a-z][a-z.-]*)(?==|`)",
            Pattern.MULTILINE);
    private static final Pattern VARIABLE = Pattern.compile("\\b((?:FUNC|TARGET|OBSERVE|DATA)_[A-Z_]+)\\b");
    private static final Pattern FILE = Pattern.compile("\\bdeploy/[\\w./-]*\\w");

    @ParameterizedTest
    @ValueSource(strings = {"systemd", "docker", "kubernetes", "camel-k", "dashboards"})
    void goesFromWhatIsNeededToHowToSeeThatItWorks(String page) throws IOException {
        List<String> headings = found(HEADING, page);
        assertThat(headings).startsWith("What you need").endsWith("Upgrade", "Uninstall", "Sizing", "What was tried");
        assertThat(headings).contains("See that it works");
    }

    @ParameterizedTest
    @ValueSource(strings = {"systemd", "docker", "kubernetes", "camel-k", "dashboards"})
    void namesOnlyWhatIsThere(String page) throws IOException {
        assertThat(found(PROPERTY, page))
                .isNotEmpty()
                .allSatisfy(key ->
                        assertThat(Catalogue.standard().find(key)).as(key).isNotNull());
        assertThat(found(VARIABLE, page))
                .allSatisfy(name -> assertThat(Product.VARIABLES).containsKey(name));
        assertThat(found(FILE, page))
                .allSatisfy(file -> assertThat(Path.of(file)).exists());
    }

    private static List<String> found(Pattern pattern, String page) throws IOException {
        Matcher matcher = pattern.matcher(Files.readString(Path.of("docs", page + ".md")));
        return matcher.results()
                .map(result -> result.groupCount() == 0 ? result.group() : result.group(1))
                .toList();
    }
}
