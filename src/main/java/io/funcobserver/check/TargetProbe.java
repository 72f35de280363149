package io.funcobserver.check;

import io.funcobserver.config.Settings;
import io.funcobserver.config.TargetSettings;
import io.funcobserver.lineprotocol.Category;

/** Posts an empty body to each target's address for one category: no point, but every reason to refuse one. */
public final class TargetProbe extends Probe {
    private final Category category;

    public TargetProbe(Category category) {
        super("target " + category.id(), "target", "tls.");
        this.category = category;
    }

    @Override
    protected void test(Settings settings, Findings found) {
        boolean named = settings.text("targets") != null;
        for (TargetSettings target : settings.targets()) {
            OneTarget one = named
                    ? new OneTarget(
                            target, category, target.name() + ' ' + category.id(), "target." + target.name() + '.')
                    : new OneTarget(target, category, subject(), "target.");
            found.addAll(one.test(settings, OneTarget.LONGEST));
        }
    }
}
