package io.funcobserver.faults;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code /observe/metrics} said. */
record Scrape(String text) {
    /**
     * The value of the first series of that name with these labels, 0 where there is none.
     *
     * @param labels each like {@code category="metric"}
     */
    double value(String name, String... labels) {
        Matcher series = Pattern.compile("(?m)^func_observer_" + Pattern.quote(name) + "(\\{.*\\})? (\\S+)$")
                .matcher(text);
        while (series.find()) {
            String found = series.group(1) == null ? "" : series.group(1);
            if (Arrays.stream(labels).allMatch(found::contains)) {
                return Double.parseDouble(series.group(2));
            }
        }
        return 0;
    }
}
