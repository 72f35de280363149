package io.funcobserver.lineprotocol;

import java.util.Locale;

/** The two kinds of points a receiver tells apart; each has a spool, a path and a delivery of its own. */
public enum Category {
    METRIC,
    LOGGING;

    /** As it stands in folder names, properties and labels. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException for anything but {@code metric} and {@code logging} */
    public static Category of(String id) {
        for (Category category : values()) {
            if (category.id().equals(id)) {
                return category;
            }
        }
        throw new IllegalArgumentException("category \"" + id + "\" is neither metric nor logging");
    }
}
