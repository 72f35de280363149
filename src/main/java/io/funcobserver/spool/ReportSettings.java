package io.funcobserver.spool;

import java.util.Map;

import io.funcobserver.observe.Metrics;

/**
 * What all measurements share on their way into the spool.
 *
 * @param spools one for each category that is sent; the points of another are not even collected
 * @param limits of one batch
 * @param commonTags on every point, with {@code site_name}
 * @param splitBytes the most bytes of a page of a split text
 */
public record ReportSettings(
        Map<Category, Spool> spools,
        BatchLimits limits,
        Map<String, String> commonTags,
        int splitBytes,
        Metrics metrics) {}
