package io.funcobserver.check;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.funcobserver.config.Settings;
import io.funcobserver.observe.HealthState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a few probes of {@code check} again while the product runs: what they find is a warning of health, with a
 * log line whenever it is another. Nothing of it keeps the product from working, so health stays UP.
 */
public final class FuncWatch {
    private static final Logger LOG = LoggerFactory.getLogger(FuncWatch.class);
    private static final List<Probe> PROBES = List.of(new IntakeProbe(), new FuncProbe(), new LeftoversProbe());

    private final Settings settings;
    private final HealthState health;
    private final Map<String, String> logged = new HashMap<>();

    public FuncWatch(Settings settings, HealthState health) {
        this.settings = settings;
        this.health = health;
    }

    /** Looks once; by one thread at a time. */
    public void look() {
        for (Probe probe : PROBES) {
            List<Finding> findings = probe.test(settings);
            if (Thread.currentThread().isInterrupted()) {
                // The process stops: what a probe did not come to the end of is no finding.
                return;
            }
            String found = findings.stream()
                    .filter(finding -> finding.level() != Finding.Level.OK)
                    .map(Finding::text)
                    .collect(Collectors.joining(". "));
            if (found.isEmpty()) {
                health.clear(probe.subject());
                logged.remove(probe.subject());
            } else {
                health.warn(probe.subject(), found);
                if (!found.equals(logged.put(probe.subject(), found))) {
                    LOG.warn("{}: {}", probe.subject(), found);
                }
            }
        }
    }
}
