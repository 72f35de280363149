package io.funcobserver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What the packages of the product may know of one another, by their imports. */
class PackagesTest {
    private static final Path JAVA = Path.of("src/main/java");
    private static final Pattern IMPORT =
            Pattern.compile("^import (?:static )?(io\\.funcobserver(?:\\.[a-z]+)+)\\.[A-Z]", Pattern.MULTILINE);

    /** Func's measurements, tables, keys and lists. */
    private static final Pattern FUNC = Pattern.compile("\"[^\"\n]*(DFF_|biz_|(worker|monitor|global)#)");

    @Test
    void noPackageKnowsOneThatKnowsIt() throws IOException {
        Map<String, Set<String>> known = new TreeMap<>();
        for (Path file : files()) {
            Set<String> imported = known.computeIfAbsent(packageOf(file), p -> new TreeSet<>());
            Matcher imports = IMPORT.matcher(Files.readString(file));
            while (imports.find()) {
                imported.add(imports.group(1));
            }
            imported.remove(packageOf(file));
        }
        assertThat(known.keySet())
                .filteredOn(name -> reach(name, known).contains(name))
                .isEmpty();
    }

    @Test
    void onlyFuncKnowsFunc() throws IOException {
        assertThat(files())
                .filteredOn(file -> !packageOf(file).equals("io.funcobserver.func"))
                .allSatisfy(file -> assertThat(Files.readString(file)).doesNotContainPattern(FUNC));
    }

    /** Every package that is known by way of others. */
    private static Set<String> reach(String name, Map<String, Set<String>> known) {
        Set<String> reached = new TreeSet<>();
        Deque<String> open = new ArrayDeque<>(known.get(name));
        while (!open.isEmpty()) {
            String next = open.remove();
            if (reached.add(next)) {
                open.addAll(known.getOrDefault(next, Set.of()));
            }
        }
        return reached;
    }

    private static String packageOf(Path file) {
        return JAVA.relativize(file.getParent()).toString().replace('/', '.');
    }

    private static Iterable<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(JAVA)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }
}
