package io.funcobserver.check;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.funcobserver.config.Secrets;
import io.funcobserver.config.Settings;
import io.funcobserver.observe.Conditions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a few probes of {@code check} again while the product runs: what they find is a warning of health, each with a
 * log line when it is found first. Nothing of it keeps the product from working, so health stays UP.
 */
public final class FuncWatch {
    private static final Logger LOG = LoggerFactory.getLogger(FuncWatch.class);

    private final Settings settings;
    private final Conditions conditions;
    private final List<Probe> probes;
    private final Set<String> logged = new HashSet<>();

    public FuncWatch(Settings settings, Conditions conditions) {
        this(settings, conditions, List.of(new FuncProbe(), new IntakeProbe()));
    }

    FuncWatch(Settings settings, Conditions conditions, List<Probe> probes) {
        this.settings = settings;
        this.conditions = conditions;
        this.probes = probes;
    }

    /** Looks once; by one thread at a time. */
    public void look() {
        Secrets secrets = Secrets.of(settings);
        Set<String> found = new HashSet<>();
        for (Probe probe : probes) {
            List<String> texts = new ArrayList<>();
            for (Finding finding : BoundedProbe.test(probe, settings)) {
                if (finding.level() != Finding.Level.OK) {
                    texts.add(secrets.mask(finding.text()));
                }
            }
            if (texts.isEmpty()) {
                conditions.clear(probe.subject());
                continue;
            }
            conditions.warn(probe.subject(), String.join(". ", texts));
            for (String text : texts) {
                found.add(text);
                if (logged.add(text)) {
                    LOG.warn("{}: {}", probe.subject(), text);
                }
            }
        }
        logged.retainAll(found);
    }
}
