package io.funcobserver.app;

import java.util.List;
import java.util.Properties;

import io.funcobserver.config.Settings;

/** What Camel is told: its own options as this product needs them, and every setting for the placeholders in routes. */
final class CamelProperties {
    private final Properties properties = new Properties();

    /** @param runs how often each measurement is read; 0 for without end */
    CamelProperties(Settings settings, RouteFiles routes, List<String> files, int runs) {
        // No route needs a secret, and Camel would take a password with braces for a placeholder.
        settings.catalogue().properties().stream()
                .filter(property -> !property.secret())
                .forEach(property -> set(property.key(), settings.effective().get(property.key())));
        set("routes.measurements", routes.queries());
        set("sampling.runs", Integer.toString(runs));

        set("camel.main.name", "func-observer");
        set("camel.main.routes-include-pattern", String.join(",", files));
        set("camel.main.jmx-enabled", "false");
        set("camel.main.load-health-checks", "false");
        set("camel.main.stream-caching-enabled", "false");
        // An exchange holds one page or one batch, and ends by itself well before this, unless a source or the target
        // hangs. A stop has to end within 30 s.
        set("camel.main.shutdown-timeout", "10");
        set("camel.main.shutdown-log-inflight-exchanges-on-timeout", "false");
        set("camel.main.routes-reload-directory", "routes");
        set("camel.main.routes-reload-directory-recursive", "true");
        set("camel.main.routes-reload-pattern", "*.yaml");
        // Or an edit would end every route before it is read, and a broken one would leave none.
        set("camel.main.routes-reload-remove-all-routes", "false");

        set("camel.component.sql.data-source", "#mysql");
        properties.putAll(settings.camel());
    }

    CamelProperties set(String key, String value) {
        properties.setProperty(key, value);
        return this;
    }

    Properties asProperties() {
        return properties;
    }
}
