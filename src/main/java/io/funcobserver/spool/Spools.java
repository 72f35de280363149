package io.funcobserver.spool;

import java.io.IOException;
import java.util.Map;

import org.apache.camel.Variable;

/** The spools of all categories, for the route that serves each of them. */
public final class Spools {
    private final Map<Category, Spool> spools;

    public Spools(Map<Category, Spool> spools) {
        this.spools = Map.copyOf(spools);
    }

    public Spool of(Category category) {
        return spools.get(category);
    }

    /** {@link Spool#seal} in the spool of that category. */
    public SpoolFile seal(@Variable("spoolCategory") String category, @Variable("spoolName") String name)
            throws IOException {
        return of(Category.of(category)).seal(name);
    }

    /** {@link Spool#discard} in the spool of that category. */
    public void discard(@Variable("spoolCategory") String category, @Variable("spoolName") String name)
            throws IOException {
        of(Category.of(category)).discard(name);
    }
}
