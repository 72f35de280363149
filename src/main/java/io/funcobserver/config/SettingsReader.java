package io.funcobserver.config;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.funcobserver.config.Reading.Problem;

/** Reads settings from their sources and collects all that is wrong with them. */
final class SettingsReader {
    private static final String LOGGING_LEVEL = "logging.level.";
    private static final Set<String> LEVELS = Set.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF");
    private static final Set<String> PASSED_THROUGH = Set.of("camel", "logging", "kafka");
    private static final Pattern OF_A_TARGET = Pattern.compile("target\\.([^.]+)\\.([^.]+)");

    /** Of the variables that begin with KAFKA_ only these are Kafka's own: Kubernetes sets KAFKA_PORT and the like. */
    private static final Pattern KAFKA_SECURITY = Pattern.compile("KAFKA_(SASL|SSL|SECURITY)_[A-Z0-9_]+");

    /** What Java makes of a byte that is no character of the locale, in the environment and on the command line. */
    private static final char LOST = '\uFFFD';

    /** A value and where it was given, for the message. */
    private record Given(String value, String where) {}

    private final SettingsSources sources;
    private final Map<String, Given> given = new TreeMap<>();
    private final Map<String, String> passedThrough = new TreeMap<>();
    private final List<Problem> problems = new ArrayList<>();
    private final Map<String, Object> values = new HashMap<>();
    private final Map<String, String> texts = new LinkedHashMap<>();

    SettingsReader(SettingsSources sources) {
        this.sources = sources;
    }

    Reading read(Collection<String> routeIds) {
        file(sources.file());
        environment(Catalogue.standard().find("targets"));
        Catalogue catalogue = Catalogue.with(routeIds, targets());
        catalogue.properties().forEach(this::environment);
        kafkaSecurity();
        sources.assigned().forEach((key, value) -> given.put(key, new Given(value, "")));

        given.forEach((key, from) -> {
            if (catalogue.find(key) == null) {
                passThrough(key, from.value(), catalogue);
            }
        });
        catalogue.properties().forEach(this::value);
        catalogue.properties().stream()
                .filter(property -> property.type().isAuto())
                .forEach(this::auto);
        contradictions();
        return new Reading(new Settings(catalogue, values, texts, passedThrough), problems, nothingGiven(catalogue));
    }

    /** Then all that is wrong is what is missing. */
    private boolean nothingGiven(Catalogue catalogue) {
        return given.isEmpty() && problems.stream().allMatch(problem -> catalogue.find(problem.key()) != null);
    }

    private void problem(String key, String text) {
        problems.add(new Problem(key, text));
    }

    private void file(Path file) {
        Properties properties = new Properties();
        try {
            if (file != null) {
                String text = Files.readString(file);
                properties.load(new StringReader(text.startsWith("\uFEFF") ? text.substring(1) : text));
            }
        } catch (NoSuchFileException e) {
            return;
        } catch (CharacterCodingException e) {
            problem(file.toString(), "is not UTF-8; save it as UTF-8");
        } catch (IllegalArgumentException e) {
            problem(file.toString(), "has a \\u that four hex digits do not follow; write \\\\ for a backslash");
        } catch (IOException e) {
            problem(file.toString(), "cannot be read (" + e.getClass().getSimpleName() + "); make it a readable file");
        }
        properties.stringPropertyNames().forEach(key -> given.put(key, new Given(properties.getProperty(key), "")));
    }

    private void environment(Property property) {
        String variable = property.environmentVariable();
        String value = sources.environment().get(variable);
        if (value != null) {
            given.put(property.key(), new Given(value, " (environment variable " + variable + ")"));
        }
    }

    private void kafkaSecurity() {
        sources.environment().forEach((variable, value) -> {
            if (KAFKA_SECURITY.matcher(variable).matches()) {
                given.put(variable.toLowerCase(Locale.ROOT).replace('_', '.'), new Given(value, ""));
            }
        });
    }

    /** The names in {@code targets}, which decide what further properties there are; none where they are malformed. */
    private List<String> targets() {
        Given from = given.get("targets");
        String names = sources.assigned().getOrDefault("targets", from == null ? "" : from.value());
        try {
            return names.isBlank() ? List.of() : PropertyType.names(names);
        } catch (IllegalArgumentException e) {
            return List.of();
        }
    }

    private void passThrough(String key, String value, Catalogue catalogue) {
        Matcher target = OF_A_TARGET.matcher(key);
        if (key.equals(SettingsSources.MALFORMED)) {
            problem(key, "holds no key=value; give one like func.site-name=office");
        } else if (PASSED_THROUGH.stream().anyMatch(prefix -> key.startsWith(prefix + '.'))) {
            passedThrough.put(key, value);
            if (key.startsWith(LOGGING_LEVEL) && !LEVELS.contains(value)) {
                problem(
                        key,
                        '"' + printable(value) + "\" is not a log level; give TRACE, DEBUG, INFO, WARN, ERROR or OFF");
            }
        } else if (target.matches() && catalogue.find("target." + target.group(2)) != null) {
            problem(
                    key,
                    "is of a target that targets does not name; add " + printable(target.group(1))
                            + " to targets, or give target." + target.group(2));
        } else {
            problem(printable(key), "is not a known property; " + advice(key, catalogue));
        }
    }

    private void value(Property property) {
        Given from = given.get(property.key());
        String fallback = property.inheritsFrom() == null ? property.fallback() : texts.get(property.inheritsFrom());
        String value = from == null
                ? fallback
                : property.type().keepsSpaces() ? from.value() : from.value().strip();
        boolean none = value == null || (value.isEmpty() && !property.type().emptyIsValue());
        if (none && fallback == null) {
            if (property.required()) {
                problem(property.key(), "is required; give the " + property.description());
            }
            return;
        }
        try {
            if (value != null && value.indexOf(LOST) >= 0) {
                throw new IllegalArgumentException("lost characters on its way, since the locale of this process is not"
                        + " UTF-8; set LC_ALL=C.UTF-8, or give it in application.properties, which is read as UTF-8");
            }
            if (none) {
                throw new IllegalArgumentException("is empty; give a value ("
                        + property.type().name() + "), or leave the property out for its default " + fallback);
            }
            values.put(property.key(), property.type().parse(value));
            texts.put(property.key(), value);
        } catch (IllegalArgumentException e) {
            String shown = property.secret() || none ? "the value" : '"' + printable(value) + '"';
            problem(property.key(), shown + (from == null ? "" : from.where()) + " " + e.getMessage() + links(value));
        }
    }

    /** What Func uploads to the intake need not be read again. */
    private void auto(Property property) {
        if ("auto".equals(texts.get(property.key())) && Boolean.TRUE.equals(values.get("intake.enabled"))) {
            boolean uploaded = Catalogue.measurements().stream()
                    .anyMatch(measurement -> measurement.uploaded()
                            && property.key().equals("measurement." + measurement.id() + ".enabled"));
            values.put(property.key(), !uploaded);
        }
        texts.computeIfPresent(property.key(), (key, text) -> String.valueOf(values.get(key)));
    }

    private void contradictions() {
        if (values.get("retry.delay") instanceof Duration first
                && values.get("retry.max-delay") instanceof Duration most
                && first.compareTo(most) > 0) {
            problem("retry.max-delay", "is shorter than retry.delay; give a duration that is at least as long");
        }
        if ("kafka".equals(values.get("spool")) && !values.containsKey("kafka.brokers")) {
            problem("kafka.brokers", "is required with spool=kafka; give them as host:port,host:port");
        }
        for (String single : List.of("url", "authorization")) {
            if (values.containsKey("targets") && values.containsKey("target." + single)) {
                problem(
                        "target." + single,
                        "is given beside targets; give target.<name>." + single
                                + " for each name in targets, or leave targets out");
            }
        }
    }

    /** Kubernetes and Docker links set FUNC_MYSQL_PORT=tcp://… for a service named func-mysql. */
    private static String links(String value) {
        return value.startsWith("tcp://")
                ? "; Kubernetes sets this for a service of that name: set enableServiceLinks: false"
                : "";
    }

    private static String printable(String value) {
        String line = value.replaceAll("\\p{Cntrl}", " ");
        return line.length() <= 80 ? line : line.substring(0, line.offsetByCodePoints(0, 40)) + "…";
    }

    private static String advice(String key, Catalogue catalogue) {
        return Stream.concat(
                        catalogue.properties().stream().map(Property::key),
                        Stream.of(LOGGING_LEVEL + key.substring(key.lastIndexOf('.') + 1)))
                .filter(known -> distance(key, known) <= Math.max(2, known.length() / 4))
                .min(Comparator.comparingInt(known -> distance(key, known)))
                .map(known -> "did you mean " + known + "?")
                .orElse("see application.properties or docs/properties.md for those that are");
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
