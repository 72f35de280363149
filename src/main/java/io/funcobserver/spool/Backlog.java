package io.funcobserver.spool;

import io.funcobserver.config.TargetSettings;
import io.funcobserver.lineprotocol.Category;

/** The requests of one category that wait for one target. */
public interface Backlog {
    String target();

    Category category();

    /** How many requests wait. */
    long requests();

    /** How health names what concerns it; the name of the only target is left out. */
    default String label() {
        return category().id() + (target().equals(TargetSettings.MAIN) ? "" : "." + target());
    }
}
