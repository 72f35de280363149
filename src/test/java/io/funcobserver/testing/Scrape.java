package io.funcobserver.testing;

import java.util.Arrays;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What {@code /observe/metrics} said. */
public record Scrape(String text) {
    /**
     * The sum of all series of that name with these labels, 0 where there is none.
     *
     * @param labels each like {@code category="metric"}
     */
    public double value(String name, String... labels) {
        return series(name, labels)
                .mapToDouble(found -> Double.parseDouble(found.group(2)))
                .sum();
    }

    /** Whether there is a series of that name with these labels. */
    public boolean has(String name, String... labels) {
        return series(name, labels).findAny().isPresent();
    }

    private Stream<MatchResult> series(String name, String... labels) {
        return Pattern.compile("(?m)^func_observer_" + Pattern.quote(name) + "(\\{.*\\})? (\\S+)$")
                .matcher(text)
                .results()
                .filter(found -> Arrays.stream(labels)
                        .allMatch(label ->
                                found.group(1) != null && found.group(1).contains(label)));
    }
}
