package io.funcobserver.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ReadmeTest {
    private static final Path README = Path.of("README.md");
    private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:|#)([^)#]+)");

    @Test
    void linksOnlyToWhatIsThere() throws IOException {
        Matcher link = LINK.matcher(Files.readString(README));
        while (link.find()) {
            assertThat(Path.of(link.group(1))).exists();
        }
    }

    @Test
    void namesTestsThatAreThere() throws IOException {
        List<String> named = Pattern.compile("`([A-Z][A-Za-z]+Test)(?:\\.([A-Za-z]+))?`")
                .matcher(Files.readString(README))
                .results()
                .map(match -> match.group(1) + (match.group(2) == null ? "" : "." + match.group(2)))
                .toList();
        assertThat(named).isNotEmpty().allSatisfy(name -> {
            String[] parts = name.split("\\.");
            try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
                Path source = files.filter(file -> file.endsWith(parts[0] + ".java"))
                        .findFirst()
                        .orElseThrow();
                assertThat(Files.readString(source)).contains("void " + (parts.length > 1 ? parts[1] + "(" : ""));
            }
        });
    }
}
