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

    /** The command line, this process's environment, and {@code application.properties} in the working directory. */
    public static SettingsSources ofProcess(List<String> assignments) {
        return new SettingsSources(assignments, System.getenv(), FILE);
    }
}
