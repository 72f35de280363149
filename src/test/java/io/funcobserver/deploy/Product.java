package io.funcobserver.deploy;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.funcobserver.config.Catalogue;
import io.funcobserver.config.Property;

/** What of the product the files in {@code deploy/} rely on. */
final class Product {
    static final String LIVE = "/observe/health/live";
    static final String READY = "/observe/health/ready";
    static final String METRICS = "/observe/metrics";
    static final int OBSERVE_PORT =
            Integer.parseInt(Catalogue.standard().find("observe.port").fallback());

    static final int INTAKE_PORT =
            Integer.parseInt(Catalogue.standard().find("intake.port").fallback());

    /** Every property by the environment variable that gives it. */
    static final Map<String, Property> VARIABLES = Catalogue.standard().properties().stream()
            .collect(Collectors.toUnmodifiableMap(Property::environmentVariable, Function.identity()));

    private Product() {}
}
