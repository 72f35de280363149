package io.funcobserver.func;

import java.util.function.Predicate;

/** Shows the keys of a Redis, each at least once, however many there are. */
@FunctionalInterface
public interface Keys {
    /** @param goesOn is shown a key, and says whether it wants to see more */
    void forEach(Predicate<String> goesOn);
}
