package io.funcobserver.deploy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.funcobserver.deploy.Telemetry.Measurement;

/** Finds what a query names that the product does not send. */
final class Query {
    private static final Pattern QUOTED = Pattern.compile("\"([^\"]+)\"");
    private static final Pattern ALIAS = Pattern.compile("AS \"([^\"]+)\"");
    private static final Pattern SELECTOR = Pattern.compile("\\b(up|DFF_\\w+|func_observer_\\w+)\\b(?:\\{([^}]*)})?");
    private static final Pattern MATCHER = Pattern.compile("(\\w+)\\s*[=!]~?\\s*\"");
    private static final Pattern GROUPING = Pattern.compile("\\b(?:by|on|without)\\s*\\(([^)]*)\\)");
    /** Of VictoriaMetrics' histograms. */
    private static final String BUCKET = "vmrange";

    private Query() {}

    /** The measurements and keys in an InfluxQL query that are not sent; all its identifiers are quoted. */
    static List<String> unknownInInfluxQl(String query, Telemetry telemetry) {
        Set<String> aliases = new HashSet<>();
        Matcher alias = ALIAS.matcher(query);
        while (alias.find()) {
            aliases.add(alias.group(1));
        }
        Set<String> keys = new HashSet<>();
        List<String> unknown = new ArrayList<>();
        List<String> others = new ArrayList<>();
        Matcher quoted = QUOTED.matcher(query);
        while (quoted.find()) {
            String name = quoted.group(1);
            Measurement measurement = telemetry.measurements().get(name);
            if (measurement != null) {
                keys.addAll(measurement.tags());
                keys.addAll(measurement.fields());
                keys.addAll(measurement.texts());
            } else {
                others.add(name);
            }
        }
        if (keys.isEmpty()) {
            unknown.add("no measurement");
        }
        others.stream()
                .filter(name -> !aliases.contains(name) && !keys.contains(name))
                .forEach(unknown::add);
        return unknown;
    }

    /** The metrics and labels in a PromQL or MetricsQL query that are not there. */
    static List<String> unknownInPromQl(String query, Telemetry telemetry) {
        List<String> unknown = new ArrayList<>();
        Set<String> labels = labels(query, telemetry);
        Matcher selector = SELECTOR.matcher(query);
        boolean any = false;
        while (selector.find()) {
            any = true;
            Optional<Set<String>> own = labelsOf(selector.group(1), telemetry);
            if (own.isEmpty()) {
                unknown.add(selector.group(1));
            } else if (selector.group(2) != null) {
                Matcher matcher = MATCHER.matcher(selector.group(2));
                while (matcher.find()) {
                    if (!own.get().contains(matcher.group(1))) {
                        unknown.add(selector.group(1) + "{" + matcher.group(1) + "}");
                    }
                }
            }
        }
        if (!any) {
            unknown.add("no metric");
        }
        Matcher grouping = GROUPING.matcher(query);
        while (grouping.find()) {
            for (String label : grouping.group(1).split(",")) {
                if (!labels.contains(label.strip()) && !label.strip().equals(BUCKET)) {
                    unknown.add("by (" + label.strip() + ")");
                }
            }
        }
        return unknown;
    }

    /** Every label that the metrics of a query have. */
    static Set<String> labels(String query, Telemetry telemetry) {
        Set<String> labels = new HashSet<>();
        Matcher selector = SELECTOR.matcher(query);
        while (selector.find()) {
            labelsOf(selector.group(1), telemetry).ifPresent(labels::addAll);
        }
        return labels;
    }

    private static Optional<Set<String>> labelsOf(String metric, Telemetry telemetry) {
        return metric.equals("up") ? Optional.of(Set.of("job", "instance")) : telemetry.labels(metric);
    }
}
