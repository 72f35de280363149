package io.funcobserver.app;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import io.funcobserver.config.Settings;
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
        Map<Category, TargetUrl> urls = new EnumMap<>(Category.class);
        for (Category category : Category.values()) {
            urls.put(
                    category,
                    TargetUrl.of(settings.text("target.url"), settings.text("target." + category.id() + "-path")));
        }
        return List.of(new Target(
                "main",
                urls,
                settings.text("target.authorization"),
                settings.flag("target.gzip"),
                settings.duration("target.connect-timeout"),
                settings.duration("target.timeout")));
    }

    /** @param metrics may be null where none are kept, as in the commands that only look */
    static DeadLetterFolders deadLetters(Settings settings, Metrics metrics) {
        Path root = Path.of(settings.text("data.directory")).resolve("dead-letter");
        List<DeadLetters> folders = new ArrayList<>();
        for (Target target : of(settings)) {
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
