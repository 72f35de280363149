package io.funcobserver.check;

import java.util.List;

import io.funcobserver.config.Settings;
import io.funcobserver.lineprotocol.Category;

/** Posts an empty body to each target's address for one category: no point, but every reason to refuse one. */
public final class TargetProbe implements Probe {
    private final Category category;

    public TargetProbe(Category category) {
        this.category = category;
    }

    @Override
    public String subject() {
        return "target " + category.id();
    }

    @Override
    public List<String> properties() {
        return List.of("target", "tls.");
    }

    @Override
    public List<Finding> test(Settings settings) {
        boolean named = settings.text("targets") != null;
        return settings.targets().stream()
                .map(target -> named
                        ? new OneTarget(
                                target, category, target.name() + ' ' + category.id(), "target." + target.name() + '.')
                        : new OneTarget(target, category, subject(), "target."))
                .flatMap(one -> BoundedProbe.test(one, settings, OneTarget.LONGEST).stream())
                .toList();
    }
}
