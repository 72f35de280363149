package io.funcobserver.delivery;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.funcobserver.config.Settings;
import io.funcobserver.config.TargetSettings;
import io.funcobserver.lineprotocol.Category;

/**
 * A receiver, and how it is reached.
 *
 * @param name one of {@code targets}, or {@code main}
 * @param urls where each category goes
 * @param authorization the header of that name, null or empty for none
 * @param gzip whether bodies go out gzipped
 * @param connectTimeout the longest wait for a connection
 * @param timeout the longest wait for the whole answer, from the moment the request is sent
 */
public record Target(
        String name,
        Map<Category, TargetUrl> urls,
        String authorization,
        boolean gzip,
        Duration connectTimeout,
        Duration timeout) {
    /** The name of the only target where {@code targets} names none. */
    private static final String MAIN = "main";

    /** The receivers that the settings name. */
    public static List<Target> all(Settings settings) {
        return settings.targets().stream().map(Target::of).toList();
    }

    private static Target of(TargetSettings settings) {
        return new Target(
                settings.name(),
                Map.of(
                        Category.METRIC, TargetUrl.of(settings.url(), settings.metricPath()),
                        Category.LOGGING, TargetUrl.of(settings.url(), settings.loggingPath())),
                settings.authorization(),
                settings.gzip(),
                settings.connectTimeout(),
                settings.timeout());
    }

    public TargetUrl url(Category category) {
        return urls.get(category);
    }

    /** What the names of its properties begin with: {@code target.}, or {@code target.NAME.} for one of {@code targets}. */
    public String prefix() {
        return name.equals(MAIN) ? "target." : "target." + name + '.';
    }

    /** Whether it is reached by https. */
    public boolean isTls() {
        return urls.values().stream().anyMatch(TargetUrl::isTls);
    }

    /** Leaves the secrets out. */
    @Override
    public String toString() {
        return name;
    }
}
