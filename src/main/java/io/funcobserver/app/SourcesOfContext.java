package io.funcobserver.app;

import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import javax.sql.DataSource;

import io.funcobserver.config.Catalogue;
import io.funcobserver.config.Settings;
import io.funcobserver.config.SettingsSources;
import io.funcobserver.func.Queues;
import io.funcobserver.redis.KeyPrefixScanner;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * The sources of a Camel context, for beans that are declared in YAML.
 *
 * <p>Where the product runs the context, they are the ones that it has bound. Elsewhere (a bare camel-main, {@code camel
 * run}, Camel K) they are made of Camel's own properties and the environment, and end with the context.
 */
public final class SourcesOfContext implements CamelContextAware, AutoCloseable {
    private CamelContext camel;
    private Sources bound;
    private Sources own;

    @Override
    public void setCamelContext(CamelContext camel) {
        this.camel = camel;
    }

    @Override
    public CamelContext getCamelContext() {
        return camel;
    }

    public static DataSource mysql(SourcesOfContext context) {
        return context.sources().mysql();
    }

    public static StringRedisTemplate redis(SourcesOfContext context) {
        return context.sources().redis();
    }

    /** The pass over the keys, which tells the queues of each and ends with the context. */
    public static KeyPrefixScanner keyspace(SourcesOfContext context, Queues workerQueues, Queues delayQueues) {
        return context.sources()
                .keyspace(
                        List.of(workerQueues, delayQueues),
                        () -> context.camel.isStopping() || context.camel.isStopped());
    }

    private synchronized Sources sources() {
        if (bound == null) {
            bound = camel.getRegistry().findSingleByType(Sources.class);
        }
        if (bound == null) {
            own = new Sources(settings(camel), SourceTimeouts.STANDARD);
            bound = own;
        }
        return bound;
    }

    /** Values as they stand, placeholders and all: a password may hold braces. */
    private static Settings settings(CamelContext camel) {
        Catalogue catalogue = Catalogue.standard();
        Properties given = camel.getPropertiesComponent().loadProperties(key -> catalogue.find(key) != null);
        List<String> assignments = new ArrayList<>();
        given.stringPropertyNames().forEach(key -> {
            if (!System.getenv().containsKey(catalogue.find(key).environmentVariable())) {
                assignments.add(key + "=" + given.getProperty(key));
            }
        });
        return Settings.read(new SettingsSources(assignments, System.getenv(), null), List.of())
                .orThrow();
    }

    @Override
    public synchronized void close() {
        if (own != null) {
            own.close();
        }
    }
}
