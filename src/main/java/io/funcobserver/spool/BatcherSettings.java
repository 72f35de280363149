package io.funcobserver.spool;

import java.util.Map;
import java.util.function.Predicate;

import io.funcobserver.config.Settings;
import io.funcobserver.lineprotocol.Category;
import io.funcobserver.observe.Metrics;

/**
 * What all measurements share on their way into the spool.
 *
 * @param sent whether a category is sent at all; the points of another are not even collected
 * @param limits of one request
 * @param commonTags on every point, with {@code site_name}
 * @param splitBytes the most bytes of a page of a split text
 */
public record BatcherSettings(
        Predicate<Category> sent, BatchLimits limits, Map<String, String> commonTags, int splitBytes, Metrics metrics) {

    public static BatcherSettings of(Settings settings, Predicate<Category> sent, Metrics metrics) {
        int splitBytes = Math.toIntExact(settings.size("log.split-bytes"));
        return new BatcherSettings(sent, BatchLimits.of(settings), settings.tags(), splitBytes, metrics);
    }
}
