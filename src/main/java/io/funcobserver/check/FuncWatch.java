package io.funcobserver.check;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.funcobserver.config.Secrets;
import io.funcobserver.config.Settings;
import io.funcobserver.observe.HealthState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a few probes of {@code check} again while the product runs: what they find is a warning of health, each with a
 * log line when it is found first. Nothing of it keeps the product from working, so health stays UP.
 */
public final class FuncWatch {
    private static final Logger LOG = LoggerFactory.getLogger(FuncWatch.class);
    private static final List<Probe> PROBES = List.of(new IntakeProbe(), new FuncProbe(), new LeftoversProbe());

    private final Settings settings;
    private final HealthState health;
    private final Set<String> logged = new HashSet<>();

    public FuncWatch(Settings settings, HealthState health) {
        this.settings = settings;
        this.health = health;
    }

    /** Looks once; by one thread at a time. */
    public void look() {
        Secrets secrets = Secrets.of(settings);
        Set<String> found = new HashSet<>();
        for (Probe probe : PROBES) {
            List<Finding> findings = probe.test(settings);
            if (Thread.currentThread().isInterrupted()) {
                // The process stops: what a probe did not come to the end of is no finding.
                return;
            }
            List<String> texts = findings.stream()
                    .filter(finding -> finding.level() != Finding.Level.OK)
                    .map(finding -> secrets.mask(finding.text()))
                    .toList();
            if (texts.isEmpty()) {
                health.clear(probe.subject());
                continue;
            }
            health.warn(probe.subject(), String.join(". ", texts));
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
