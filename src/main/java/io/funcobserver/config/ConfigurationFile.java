package io.funcobserver.config;

import java.util.Map;

/** The text of an {@code application.properties} with every property, its default and a line on it. */
public final class ConfigurationFile {
    private static final String HEAD = """
            # Every property, at its default. Take away the # of a line to change it.
            #
            # The command line (--set key=value) and the environment (FUNC_MYSQL_PASSWORD for
            # func.mysql.password) come before this file. Durations: 500ms, 5s, 2m, 1h. Sizes: 512KiB,
            # 1MiB, 2GiB. A backslash in a value is written \\\\. Properties of Camel (camel.*) and of
            # logging (logging.level.<logger>=DEBUG) may stand here too.
            """;

    private ConfigurationFile() {}

    /** @param given values that the file sets; those of the other properties of the catalogue are commented out */
    public static String of(Catalogue catalogue, Map<String, String> given) {
        StringBuilder text = new StringBuilder(HEAD);
        String group = "";
        for (Property property : catalogue.properties()) {
            if (!property.group().equals(group)) {
                group = property.group();
                text.append("\n# ---- ").append(group).append('\n');
            }
            String value = given.get(property.key());
            String fallback = property.fallback() == null ? "" : property.fallback();
            text.append("\n# ")
                    .append(property.required() ? "Required: " : "")
                    .append(property.description())
                    .append(value == null ? "\n#" : "\n")
                    .append(property.key())
                    .append('=')
                    .append(value == null ? fallback : escaped(value))
                    .append('\n');
        }
        return text.toString();
    }

    /** As {@link java.util.Properties} reads it back. */
    private static String escaped(String value) {
        String escaped = value.replace("\\", "\\\\");
        return escaped.startsWith(" ") ? '\\' + escaped : escaped;
    }
}
