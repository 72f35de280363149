package io.funcobserver.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.funcobserver.config.Catalogue;
import io.funcobserver.diagnosis.RedisDiagnosis;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ReadmeTest {
    private static final Path README = Path.of("README.md");
    private static final int LONGEST = 200;
    private static final Pattern PROPERTY = Pattern.compile(
            "(?:^|[`\\s])((?:func|target|targets|intake|observe|records)(?:\\.[a-z][a-z.-]*)?)=", Pattern.MULTILINE);

    @Test
    void isShort() throws IOException {
        assertThat(Files.readAllLines(README)).hasSizeLessThanOrEqualTo(LONGEST);
    }

    @Test
    void itsPicturesAreSmallAndShown() throws IOException {
        String pages = Files.readString(README) + Files.readString(Path.of("docs/status-api.md"));
        try (Stream<Path> pictures = Files.list(Path.of("docs/images"))) {
            assertThat(pictures).hasSizeGreaterThanOrEqualTo(2).allSatisfy(picture -> {
                assertThat(pages).contains("images/" + picture.getFileName());
                assertThat(Files.size(picture)).isLessThan(300_000);
            });
        }
    }

    @Test
    void namesTestsThatAreThere() throws IOException {
        List<String> named = Pattern.compile("`([A-Z][A-Za-z]+Test)(?:\\.([A-Za-z0-9]+))?`")
                .matcher(Files.readString(README))
                .results()
                .map(match -> match.group(1) + (match.group(2) == null ? "" : "." + match.group(2)))
                .toList();
        assertThat(named).isNotEmpty().allSatisfy(name -> {
            String[] parts = name.split("\\.");
            assertThat(sources(parts[0])).as(name).anySatisfy(source -> assertThat(source)
                    .contains("void " + (parts.length > 1 ? parts[1] + "(" : "")));
        });
    }

    @Test
    void setsOnlyPropertiesThatThereAre() throws IOException {
        Catalogue catalogue = Catalogue.with(List.of(), List.of("datakit", "influx"));
        assertThat(PROPERTY.matcher(Files.readString(README)).results().map(match -> match.group(1)))
                .isNotEmpty()
                .allSatisfy(key -> assertThat(catalogue.find(key)).as(key).isNotNull());
    }

    @Test
    void grantsInRedisWhatCheckAsksFor() throws IOException {
        assertThat(Files.readString(README))
                .contains(
                        " -@all " + RedisDiagnosis.RIGHTS + "\n",
                        "ACL SETUSER func_observer " + RedisDiagnosis.RIGHTS_OF_NOTICES + "\n");
    }

    /** Two packages may each have a test of one name. */
    private static List<String> sources(String testClass) throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            List<Path> found =
                    files.filter(file -> file.endsWith(testClass + ".java")).toList();
            return found.stream().map(ReadmeTest::read).toList();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
