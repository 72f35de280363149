package io.funcobserver.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.funcobserver.config.Catalogue;
import io.funcobserver.config.ConfigurationException;
import io.funcobserver.config.Settings;
import io.funcobserver.config.SettingsSources;
import io.funcobserver.delivery.Deliveries;
import io.funcobserver.http.BoundedServers;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.apache.camel.CamelContext;
import org.apache.camel.component.micrometer.MicrometerConstants;
import org.apache.camel.main.MainHttpServerFactory;
import org.apache.camel.model.Model;
import org.apache.camel.spi.ContextServicePlugin;
import org.apache.camel.support.LifecycleStrategySupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets every Camel context that has this jar run the route files: the product's own, a bare camel-main, {@code camel run}, Camel
 * K. Camel finds it by {@code META-INF/services} and calls it when the context has its properties and nothing else.
 *
 * <p>What is bound here costs nothing until a route file names it. The beans of the middle come when the routes are loaded, and
 * only where {@code delivery.camel.yaml} is among them; who binds a {@code delivery} of their own is left alone.
 */
public final class FuncObserverPlugin extends LifecycleStrategySupport implements ContextServicePlugin {
    private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);

    /** To close the pool of a MySQL that hangs takes ten seconds, which must not come on top of the routes' own time. */
    private static final long STOP_SECONDS = 3;

    private CamelContext camel;
    private Sources sources;
    private ProductBeans beans;
    private CompletableFuture<Void> cut;

    @Override
    public void load(CamelContext context) {
        camel = context;
        camel.getCamelContextExtension().addContextPlugin(FuncObserverPlugin.class, this);
        camel.addLifecycleStrategy(this);
        bindWhereNoneIs("settings", Settings.class, this::ofContext);
        bindWhereNoneIs("sources", Sources.class, this::sources);
        bindWhereNoneIs(
                MicrometerConstants.METRICS_REGISTRY_NAME,
                MeterRegistry.class,
                () -> new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
        // Found by type, when Camel makes its HTTP servers.
        bindWhereNoneIs(
                "http-servers",
                MainHttpServerFactory.class,
                () -> new BoundedServers(router -> beans().door().install(router)));
    }

    private <T> void bindWhereNoneIs(String name, Class<T> type, Supplier<T> bean) {
        if (camel.getRegistry().findByType(type).isEmpty()) {
            camel.getRegistry().bind(name, type, (Supplier<Object>) bean::get);
        }
    }

    /** The plugin of a context. */
    static FuncObserverPlugin of(CamelContext camel) {
        return camel.getCamelContextExtension().getContextPlugin(FuncObserverPlugin.class);
    }

    private Settings settings() {
        return camel.getRegistry().findSingleByType(Settings.class);
    }

    /** What {@code auto} stands for; {@code true} where the settings are not even right. */
    String automatic(String key) {
        try {
            return settings().text(key);
        } catch (ConfigurationException e) {
            return "true";
        }
    }

    /** Settings of Camel's own properties and the environment. */
    private Settings ofContext() {
        Catalogue catalogue = Catalogue.standard();
        Properties given = camel.getPropertiesComponent()
                .loadProperties(
                        key -> catalogue.find(key) != null || key.startsWith("target.") || key.startsWith("kafka."));
        Map<String, String> properties =
                given.stringPropertyNames().stream().collect(Collectors.toMap(key -> key, given::getProperty));
        return Settings.read(SettingsSources.ofHost(properties), Catalogue.standardRouteIds())
                .orThrow();
    }

    private synchronized Sources sources() {
        if (sources == null) {
            SourceTimeouts timeouts = camel.getRegistry().findSingleByType(SourceTimeouts.class);
            sources = new Sources(
                    settings(),
                    timeouts == null ? SourceTimeouts.STANDARD : timeouts,
                    () -> camel.isStopping() || camel.isStopped());
        }
        return sources;
    }

    private synchronized ProductBeans beans() {
        if (beans == null) {
            beans = new ProductBeans(
                    camel, settings(), sources(), camel.getRegistry().findSingleByType(MeterRegistry.class));
        }
        return beans;
    }

    @Override
    public void onContextInitializing(CamelContext context) {
        boolean delivers = context.getCamelContextExtension()
                        .getContextPlugin(Model.class)
                        .getRouteTemplateDefinition(Deliveries.TEMPLATE)
                != null;
        if (!delivers || context.getRegistry().lookupByName("delivery") != null) {
            return;
        }
        try {
            beans().bind();
            if (context.isAutoStartup()) {
                beans().open();
            }
        } catch (IOException e) {
            close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    @Override
    public void onContextStarted(CamelContext context) {
        if (beans != null && context.isAutoStartup()) {
            beans.begin();
        }
    }

    @Override
    public void onContextStopping(CamelContext context) {
        if (beans != null) {
            beans.end();
        }
        if (sources != null) {
            cut = CompletableFuture.runAsync(
                    sources::close, CompletableFuture.delayedExecutor(STOP_SECONDS, TimeUnit.SECONDS));
        }
    }

    @Override
    public void onContextStopped(CamelContext context) {
        close();
    }

    /** Ends everything, also where Camel has not come to its start; may be called again. */
    void close() {
        if (cut != null) {
            cut.cancel(false);
        }
        if (sources != null) {
            sources.close();
        }
        try {
            if (beans != null) {
                beans.close();
            }
        } catch (IOException e) {
            LOG.warn("The data directory cannot be given free: {}", e.getMessage());
        }
    }
}
