package io.funcobserver.deploy;

import java.io.File;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The libraries on the class path: Maven takes one version of each artifact, but not of what belongs together. */
class LibrariesTest {
    private static final Pattern JAR =
            Pattern.compile("(.+?)-(\\d[\\w.]*?(?:[.-](?:Final|RELEASE|jre))?)(?:-[a-z][\\w-]*)?\\.jar");

    private final Map<String, Set<String>> versions = versions();

    /** By artifact. */
    private static Map<String, Set<String>> versions() {
        Map<String, Set<String>> versions = new TreeMap<>();
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        Arrays.stream(path.split(File.pathSeparator))
                .map(entry -> JAR.matcher(new File(entry).getName()))
                .filter(Matcher::matches)
                .forEach(jar -> versions.computeIfAbsent(jar.group(1), artifact -> new TreeSet<>())
                        .add(jar.group(2)));
        return versions;
    }

    @Test
    void noneIsThereInTwoVersions() {
        assertThat(versions)
                .hasSizeGreaterThan(50)
                .allSatisfy((artifact, its) -> assertThat(its).as(artifact).hasSize(1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "netty-(?!tcnative).*",
                "vertx-(?!grpc).*",
                "spring-(aop|beans|context|core|expression|jcl|jdbc|tx|oxm).*",
                "spring-data-(keyvalue|commons|redis)",
                "jackson-(core|databind|datatype.*|module.*|dataformat.*)",
                "camel-(?!k-).*",
                "micrometer-.*",
                "httpcore5.*",
                "slf4j-.*",
                "logback-.*"
            })
    void whatBelongsTogetherHasOneVersion(String family) {
        Map<String, Set<String>> members = new TreeMap<>(versions);
        members.keySet().removeIf(artifact -> !artifact.matches(family));
        Set<String> all = new TreeSet<>();
        members.values().forEach(all::addAll);
        assertThat(all).as(members.toString()).hasSize(1);
    }
}
