package io.funcobserver.config;

import java.util.Locale;

/**
 * A property that the product knows.
 *
 * @param group the heading it stands below in {@code application.properties}
 * @param fallback the value where none is given; null where there is none then
 * @param required whether a value must be given
 * @param secret whether its value must never be shown
 * @param description one line for the user
 */
public record Property(
        String group,
        String key,
        PropertyType<?> type,
        String fallback,
        boolean required,
        boolean secret,
        String description) {

    /** {@code FUNC_MYSQL_PASSWORD} for {@code func.mysql.password}. */
    public String environmentVariable() {
        return key.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }

    /** Whether an empty value says something of its own, other than "none". */
    boolean emptyIsValue() {
        return type.name().equals("path");
    }
}
