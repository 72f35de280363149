package io.funcobserver.lineprotocol;

import java.util.Locale;

/** Is told of every value that could not go out as it was. */
@FunctionalInterface
public interface DropListener {
    /** Why a value was left out or changed; the label {@code reason} of {@code func_observer_values_dropped_total}. */
    enum Reason {
        /** A number that a signed 64-bit integer or a finite double cannot hold; left out. */
        OVERFLOW,
        /** A key, tag value, text or set of tags above what receivers take; cut at a character boundary or left out. */
        CUT,
        /** A time that is 0, missing, or not 64-bit nanoseconds; the time of reading stands in for it. */
        TIME,
        /** A point without any field; not sent. */
        NO_FIELD,
        /** An entry of a list that is no record: no JSON object, or without an id; passed over. */
        MALFORMED,
        /** An entry of a list that is larger than what is read of one; passed over. */
        TOO_LARGE;

        private final String label = name().toLowerCase(Locale.ROOT);

        public String label() {
            return label;
        }
    }

    void dropped(Reason reason);
}
