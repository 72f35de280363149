package io.funcobserver.lineprotocol;

/** The two kinds of points a receiver tells apart; each has a spool, a path and a delivery of its own. */
public enum Category {
    METRIC("metric"),
    LOGGING("logging");

    private final String id;

    Category(String id) {
        this.id = id;
    }

    /** As it stands in folder names, properties and labels. */
    public String id() {
        return id;
    }

    /** @throws IllegalArgumentException for anything but {@code metric} and {@code logging} */
    public static Category of(String id) {
        for (Category category : values()) {
            if (category.id.equals(id)) {
                return category;
            }
        }
        throw new IllegalArgumentException("category \"" + id + "\" is neither metric nor logging");
    }
}
