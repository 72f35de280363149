package io.funcobserver.app;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

import io.funcobserver.config.ConfigurationException;
import io.funcobserver.config.Settings;
import io.funcobserver.diagnosis.Causes;
import io.funcobserver.observe.Metrics;
import io.funcobserver.spool.BatchLimits;
import io.funcobserver.spool.BatcherSettings;
import io.funcobserver.spool.Category;
import org.apache.camel.main.Main;

/** What running and previewing have in common. */
final class Wiring {
    private Wiring() {}

    static BatchLimits batchLimits(Settings settings) {
        return new BatchLimits(
                settings.size("batch.max-bytes"),
                settings.number("batch.max-lines"),
                settings.duration("batch.max-delay"));
    }

    /** The tags that every point has: {@code site_name} and those of {@code func.tags}. */
    static Map<String, String> commonTags(Settings settings) {
        Map<String, String> tags = new LinkedHashMap<>(settings.tags());
        String site = settings.text("func.site-name");
        if (site != null && !site.isEmpty()) {
            tags.put("site_name", site);
        }
        return tags;
    }

    static BatcherSettings batcherSettings(Settings settings, Predicate<Category> sent, Metrics metrics) {
        int splitBytes = Math.toIntExact(settings.size("log.split-bytes"));
        return new BatcherSettings(sent, batchLimits(settings), commonTags(settings), splitBytes, metrics);
    }

    /**
     * Starts Camel.
     *
     * @throws ConfigurationException when it cannot start, which is a matter of the route files or of {@code camel.*}
     */
    static void start(Main camel, CamelProperties properties) {
        camel.setDefaultPropertyPlaceholderLocation("false");
        camel.setOverrideProperties(properties.asProperties());
        try {
            camel.start();
        } catch (Exception e) {
            camel.stop();
            throw new ConfigurationException("the routes cannot be started: " + Causes.oneLine(e), e);
        }
    }
}
