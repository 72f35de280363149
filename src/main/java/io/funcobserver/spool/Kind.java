package io.funcobserver.spool;

import java.util.Locale;

/** What may happen to lines when the spool is full. */
public enum Kind {
    /** Samples: the oldest are dropped. */
    GAUGE,
    /** Records: never dropped; their sender waits. */
    RECORD;

    /** As it stands in file names. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
