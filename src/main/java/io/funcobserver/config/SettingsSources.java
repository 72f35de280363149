package io.funcobserver.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Where settings come from; the first that has a property decides it.
 *
 * @param assignments the {@code key=value} of each {@code --set}
 * @param environment environment variables by name
 * @param file a properties file in UTF-8, which may be absent; null for none
 */
public record SettingsSources(List<String> assignments, Map<String, String> environment, Path file) {
    private static final Path FILE = Path.of("application.properties");

    /**
     * Properties of a program that has us for a part, which the environment comes before.
     *
     * @param properties values as they stand; a password may hold what looks like a placeholder
     */
    public static SettingsSources ofHost(Map<String, String> properties) {
        List<String> assignments = properties.entrySet().stream()
                .filter(property -> !System.getenv().containsKey(Property.environmentVariable(property.getKey())))
                .map(property -> property.getKey() + '=' + property.getValue())
                .toList();
        return new SettingsSources(assignments, System.getenv(), null);
    }

    /** The command line, this process's environment, and {@code application.properties} in the working directory. */
    public static SettingsSources ofProcess(List<String> assignments) {
        return new SettingsSources(assignments, System.getenv(), FILE);
    }
}
