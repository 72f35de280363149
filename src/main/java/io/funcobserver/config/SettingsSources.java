package io.funcobserver.config;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where settings come from; the first that has a property decides it.
 *
 * @param assigned by {@code --set}, or by a program that has us for a part: values as they stand
 * @param environment environment variables by name
 * @param file a properties file in UTF-8, which may be absent; null for none
 */
public record SettingsSources(Map<String, String> assigned, Map<String, String> environment, Path file) {
    private static final Path FILE = Path.of("application.properties");

    /** Stands for an assignment that is none, and is not repeated: it could be a password without its key. */
    static final String MALFORMED = "--set";

    /** The same, with the {@code key=value} of each {@code --set}, of which the last one of a key counts. */
    public SettingsSources(List<String> assignments, Map<String, String> environment, Path file) {
        this(parsed(assignments), environment, file);
    }

    private static Map<String, String> parsed(List<String> assignments) {
        Map<String, String> parsed = new LinkedHashMap<>();
        for (String assignment : assignments) {
            int equals = assignment.indexOf('=');
            parsed.put(
                    equals < 1 ? MALFORMED : assignment.substring(0, equals).strip(), assignment.substring(equals + 1));
        }
        return parsed;
    }

    /** Properties of a program that has us for a part, which the environment comes before. */
    public static SettingsSources ofHost(Map<String, String> properties) {
        Map<String, String> own = new LinkedHashMap<>(properties);
        own.keySet().removeIf(key -> System.getenv().containsKey(Property.environmentVariable(key)));
        return new SettingsSources(own, System.getenv(), null);
    }

    /** The command line, this process's environment, and {@code application.properties} in the working directory. */
    public static SettingsSources ofProcess(List<String> assignments) {
        return new SettingsSources(assignments, System.getenv(), FILE);
    }
}
