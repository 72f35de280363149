package io.funcobserver.observe;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;

import io.funcobserver.config.TargetSettings;
import io.funcobserver.lineprotocol.Category;

/** One category at one target: what is delivered by itself, with dead letters, metrics and health of its own. */
public record Destination(String target, Category category) {
    /** Both categories at each target. */
    public static List<Destination> all(Collection<String> targets) {
        return targets.stream()
                .flatMap(target -> Arrays.stream(Category.values()).map(category -> new Destination(target, category)))
                .toList();
    }

    /** How health and log lines name it; the name of the only target is left out. */
    public String label() {
        return category.id() + (target.equals(TargetSettings.MAIN) ? "" : "." + target);
    }

    /** Of its metrics: names and values by turns. */
    public String[] labels() {
        return new String[] {"category", category.id(), "target", target};
    }
}
