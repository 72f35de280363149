package io.funcobserver.delivery;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

import io.funcobserver.config.Settings;
import io.funcobserver.config.TargetSettings;
import io.funcobserver.lineprotocol.Category;
import io.funcobserver.observe.Destination;

/**
 * A receiver, and how it is reached.
 *
 * @param urls where each category goes
 */
public record Target(TargetSettings settings, Map<Category, TargetUrl> urls) {
    /** The receivers that the settings name. */
    public static List<Target> all(Settings settings) {
        return settings.targets().stream().map(Target::of).toList();
    }

    /** @throws IllegalArgumentException for anything but an http or https URL */
    public static Target of(TargetSettings settings) {
        return new Target(
                settings,
                Map.of(
                        Category.METRIC, TargetUrl.of(settings.url(), settings.metricPath()),
                        Category.LOGGING, TargetUrl.of(settings.url(), settings.loggingPath())));
    }

    public String name() {
        return settings.name();
    }

    public TargetUrl url(Category category) {
        return urls.get(category);
    }

    /** What is sent to it. */
    public List<Destination> sent() {
        return Arrays.stream(Category.values())
                .filter(category -> url(category).isSent())
                .map(category -> new Destination(name(), category))
                .toList();
    }

    /** What the names of its properties begin with: {@code target.}, or {@code target.NAME.} for one of {@code targets}. */
    public String prefix() {
        return name().equals(TargetSettings.MAIN) ? "target." : "target." + name() + '.';
    }

    /** Whether it is reached by https. */
    public boolean isTls() {
        return urls.values().stream().anyMatch(TargetUrl::isTls);
    }

    /** Leaves the secrets out. */
    @Override
    public String toString() {
        return name();
    }
}
