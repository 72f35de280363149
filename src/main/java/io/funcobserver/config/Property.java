package io.funcobserver.config;

import java.util.Locale;

/**
 * A property that the product knows.
 *
 * @param group the heading it stands below in {@code application.properties}
 * @param fallback the value where none is given; null where there is none then
 * @param inheritsFrom the property whose value holds where none is given, in the place of the fallback; null for none
 * @param required whether a value must be given
 * @param secret whether its value must never be shown
 * @param description one line for the user
 */
public record Property(
        String group,
        String key,
        PropertyType type,
        String fallback,
        String inheritsFrom,
        boolean required,
        boolean secret,
        String description) {

    public String environmentVariable() {
        return environmentVariable(key);
    }

    /** {@code FUNC_MYSQL_PASSWORD} for {@code func.mysql.password}. */
    static String environmentVariable(String key) {
        return key.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }

    /** The same of another key, with another origin of what is not given. */
    Property as(String otherKey, String otherInheritsFrom, boolean isRequired) {
        return new Property(group, otherKey, type, fallback, otherInheritsFrom, isRequired, secret, description);
    }
}
