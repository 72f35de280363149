package io.funcobserver.app;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.funcobserver.config.Settings;
import io.funcobserver.config.TargetSettings;
import io.funcobserver.delivery.DeadLetterFolders;
import io.funcobserver.delivery.DeadLetters;
import io.funcobserver.delivery.Target;
import io.funcobserver.delivery.TargetUrl;
import io.funcobserver.observe.Metrics;
import io.funcobserver.spool.Category;

/** The receivers that the settings name. */
final class Targets {
    private Targets() {}

    static List<Target> of(Settings settings) {
        return settings.targets().stream().map(Targets::target).toList();
    }

    private static Target target(TargetSettings settings) {
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

    /** @param metrics may be null where none are kept, as in the commands that only look */
    static DeadLetterFolders deadLetters(Settings settings, Metrics metrics) {
        Path root = Path.of(settings.text("data.directory")).resolve("dead-letter");
        List<DeadLetters> folders = new ArrayList<>();
        for (TargetSettings target : settings.targets()) {
            for (Category category : Category.values()) {
                folders.add(new DeadLetters(
                        root.resolve(target.name()).resolve(category.id()),
                        target.name(),
                        category,
                        settings.size("dead-letter.max-size"),
                        metrics));
            }
        }
        return new DeadLetterFolders(folders);
    }
}
