package io.funcobserver.app;

import io.funcobserver.config.Catalogue;
import io.funcobserver.config.Property;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Ordered;
import org.apache.camel.spi.PropertiesSource;

/**
 * The defaults of every property for the placeholders in route files, so that these run in any Camel that has the jar.
 *
 * <p>Camel finds this by {@code META-INF/services/org/apache/camel/properties-source-factory}, and asks it last.
 */
public final class Defaults implements PropertiesSource, CamelContextAware, Ordered {
    private final Catalogue catalogue = Catalogue.standard();
    private CamelContext camel;

    @Override
    public String getName() {
        return "func-observer";
    }

    @Override
    public String getProperty(String name) {
        if (isGivenInitially(name)) {
            return null;
        }
        return switch (name) {
            case "routes.measurements" -> "classpath:routes/measurements";
            case "sampling.runs" -> "0";
            default -> {
                Property property = catalogue.find(name);
                String fallback = property == null || property.secret() ? null : property.fallback();
                yield "auto".equals(fallback) ? FuncObserverPlugin.of(camel).automatic(name) : fallback;
            }
        };
    }

    /** Camel asks its initial properties after every source. */
    private boolean isGivenInitially(String name) {
        return camel != null
                && camel.getPropertiesComponent()
                        instanceof org.apache.camel.component.properties.PropertiesComponent given
                && given.getInitialProperties() != null
                && given.getInitialProperties().containsKey(name);
    }

    @Override
    public void setCamelContext(CamelContext camel) {
        this.camel = camel;
    }

    @Override
    public CamelContext getCamelContext() {
        return camel;
    }

    @Override
    public int getOrder() {
        return Ordered.LOWEST;
    }
}
