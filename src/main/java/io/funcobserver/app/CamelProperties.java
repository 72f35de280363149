package io.funcobserver.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Properties;

import io.funcobserver.config.ConfigurationException;
import io.funcobserver.config.Settings;
import io.funcobserver.diagnosis.Causes;
import org.apache.camel.PropertyBindingException;
import org.apache.camel.main.Main;
import org.apache.camel.util.ObjectHelper;

/** What Camel is told: its own options ({@code func-observer.properties}), and every setting for the placeholders in routes. */
final class CamelProperties {
    private static final String OPTIONS = "/func-observer.properties";

    private final Properties properties = new Properties();

    private CamelProperties(Settings settings, RouteFiles routes, List<String> files, int runs) {
        set("sampling.runs", Integer.toString(runs));
        set("routes.measurements", routes.queries());
        // No route needs a secret, and Camel would take a password with braces for a placeholder.
        settings.catalogue().properties().stream()
                .filter(property -> !property.secret())
                .forEach(property -> set(property.key(), settings.effective().get(property.key())));
        load();
        // The settings know the environment already; what Camel finds there, or among the JVM's, comes behind them.
        set("camel.component.properties.environment-variable-mode", "1");
        set("camel.component.properties.system-properties-mode", "1");
        set("camel.main.routes-include-pattern", String.join(",", files));
        properties.putAll(settings.camel());
    }

    /** For every route file, without end. */
    static CamelProperties ofProduct(Settings settings, RouteFiles routes) {
        return new CamelProperties(settings, routes, routes.all(settings.text("spool")), 0);
    }

    /** For one run of these measurements, whatever is switched off, and no server. */
    static CamelProperties ofPreview(Settings settings, RouteFiles routes, List<String> measurements) {
        CamelProperties preview =
                new CamelProperties(settings, routes, routes.reading(measurements), 1).withoutServers();
        measurements.forEach(id -> preview.set("measurement." + id + ".enabled", "true"));
        return preview;
    }

    /** The same, with no route started. */
    CamelProperties onlyLoaded() {
        return withoutServers().set("camel.main.auto-startup", "false");
    }

    private CamelProperties withoutServers() {
        return set("camel.server.enabled", "false").set("camel.management.enabled", "false");
    }

    private void load() {
        try (InputStream in = CamelProperties.class.getResourceAsStream(OPTIONS)) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private CamelProperties set(String key, String value) {
        properties.setProperty(key, value);
        return this;
    }

    /**
     * Starts Camel with them.
     *
     * @throws ConfigurationException when it cannot start, which is a matter of the settings, of the route files or of {@code
     *     camel.*}
     * @throws IOException when the data directory cannot be read or written
     */
    void start(Main camel) throws IOException {
        camel.setDefaultPropertyPlaceholderLocation("false");
        camel.setOverrideProperties(properties);
        try {
            camel.start();
        } catch (Exception e) {
            camel.stop();
            if (camel.getCamelContext() != null) {
                FuncObserverPlugin.of(camel.getCamelContext()).close();
            }
            ConfigurationException refused = ObjectHelper.getException(ConfigurationException.class, e);
            UncheckedIOException failed = ObjectHelper.getException(UncheckedIOException.class, e);
            if (refused != null) {
                throw refused;
            }
            if (failed != null) {
                throw failed.getCause();
            }
            PropertyBindingException unknown = ObjectHelper.getException(PropertyBindingException.class, e);
            if (unknown != null && unknown.getOptionPrefix() != null) {
                // Its message repeats the value, which may be a secret.
                throw new ConfigurationException(unknown.getOptionPrefix() + unknown.getOptionKey()
                        + ": Camel has no such property, or takes no such value; correct it, or leave it out");
            }
            throw new ConfigurationException("the routes cannot be started: " + Causes.oneLine(e), e);
        }
    }
}
