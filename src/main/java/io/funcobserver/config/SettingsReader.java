package io.funcobserver.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Reads settings from their sources and collects all that is wrong with them. */
final class SettingsReader {
    private static final String LOGGING_LEVEL = "logging.level.";
    private static final Set<String> LEVELS = Set.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF");

    /** A value and where it was given, for the message. */
    private record Given(String value, String where) {}

    private final Catalogue catalogue;
    private final Map<String, Given> given = new TreeMap<>();
    private final Map<String, String> passedThrough = new TreeMap<>();
    private final List<Problem> problems = new ArrayList<>();

    SettingsReader(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    Reading read(SettingsSources sources) {
        file(sources);
        environment(sources.environment());
        assignments(sources.assignments());
        Map<String, Object> values = new HashMap<>();
        Map<String, String> texts = new LinkedHashMap<>();
        for (Property property : catalogue.properties()) {
            value(property, values, texts);
        }
        logLevels();
        retryDelays(values);
        return new Reading(new Settings(catalogue, values, texts, passedThrough), problems);
    }

    private void file(SettingsSources sources) {
        try {
            if (sources.file() == null) {
                return;
            }
            PropertiesFile.read(sources.file()).forEach((key, value) -> accept(key, value, ""));
        } catch (IllegalArgumentException e) {
            problems.add(new Problem(sources.file().toString(), e.getMessage()));
        }
    }

    private void environment(Map<String, String> environment) {
        for (Property property : catalogue.properties()) {
            String variable = property.environmentVariable();
            String value = environment.get(variable);
            if (value != null) {
                given.put(property.key(), new Given(value, " (environment variable " + variable + ")"));
            }
        }
    }

    private void assignments(List<String> assignments) {
        for (String assignment : assignments) {
            int equals = assignment.indexOf('=');
            if (equals < 1) {
                // Not repeated whole: it could be a password without its key.
                problems.add(new Problem("--set", "holds no key=value; give one like func.site-name=office"));
            } else {
                accept(assignment.substring(0, equals).strip(), assignment.substring(equals + 1), "");
            }
        }
    }

    private void accept(String key, String value, String where) {
        if (catalogue.find(key) != null) {
            given.put(key, new Given(value, where));
        } else if (key.startsWith("camel.") || key.startsWith("logging.")) {
            passedThrough.put(key, value);
        } else {
            problems.add(new Problem(key, "is not a known property; " + advice(key)));
        }
    }

    private void value(Property property, Map<String, Object> values, Map<String, String> texts) {
        Given from = given.get(property.key());
        // A password may begin or end with a space.
        String value = from == null
                ? property.fallback()
                : property.key().endsWith(".password")
                        ? from.value()
                        : from.value().strip();
        boolean none = value == null || (value.isEmpty() && !property.emptyIsValue());
        if (none && property.fallback() == null) {
            if (property.required()) {
                problems.add(new Problem(property.key(), "is required; give the " + property.description()));
            }
            return;
        }
        try {
            if (none) {
                throw new IllegalArgumentException(
                        "is empty; give " + article(property.type().name())
                                + ", or leave the property out for its default " + property.fallback());
            }
            values.put(property.key(), property.type().parse(value));
            texts.put(property.key(), value);
        } catch (IllegalArgumentException e) {
            String shown = property.secret() || none ? "the value" : '"' + printable(value) + '"';
            problems.add(new Problem(
                    property.key(), shown + (from == null ? "" : from.where()) + " " + e.getMessage() + links(value)));
        }
    }

    private void logLevels() {
        passedThrough.forEach((key, value) -> {
            if (key.startsWith(LOGGING_LEVEL) && !LEVELS.contains(value)) {
                problems.add(new Problem(
                        key,
                        '"' + printable(value) + "\" is not a log level; give TRACE, DEBUG, INFO, WARN, ERROR or OFF"));
            }
        });
    }

    private void retryDelays(Map<String, Object> values) {
        if (values.get("retry.delay") instanceof Duration first
                && values.get("retry.max-delay") instanceof Duration most
                && first.compareTo(most) > 0) {
            problems.add(new Problem(
                    "retry.max-delay", "is shorter than retry.delay; give a duration that is at least as long"));
        }
    }

    /** Kubernetes and Docker links set FUNC_MYSQL_PORT=tcp://… for a service named func-mysql. */
    private static String links(String value) {
        return value.startsWith("tcp://")
                ? "; Kubernetes sets this for a service of that name: set enableServiceLinks: false"
                : "";
    }

    private static String article(String type) {
        return type.startsWith("true") || type.startsWith("now") ? type : "a " + type;
    }

    private static String printable(String value) {
        String line = value.replaceAll("\\p{Cntrl}", " ");
        return line.length() <= 80 ? line : line.substring(0, line.offsetByCodePoints(0, 40)) + "…";
    }

    private String advice(String key) {
        Predicate<String> near = known -> distance(key, known) <= Math.max(2, known.length() / 4);
        return Stream.concat(
                        catalogue.properties().stream().map(Property::key),
                        Stream.of(LOGGING_LEVEL + key.substring(key.lastIndexOf('.') + 1)))
                .filter(near)
                .min(Comparator.comparingInt(known -> distance(key, known)))
                .map(known -> "did you mean " + known + "?")
                .orElse("see application.properties or the README for those that are");
    }

    /** Levenshtein's. */
    private static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
