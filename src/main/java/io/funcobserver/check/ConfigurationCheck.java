package io.funcobserver.check;

import java.util.List;
import java.util.function.Consumer;

import io.funcobserver.config.Reading;
import io.funcobserver.config.Secrets;

/** All of {@code check}: first the properties, then every probe whose properties are in order. */
public record ConfigurationCheck(List<Probe> probes) {
    /**
     * Reports each finding as soon as it is there.
     *
     * @return whether all is well
     */
    public boolean run(Reading reading, Consumer<Finding> report) {
        Findings properties = new Findings("properties", Secrets.of(reading.settings()));
        reading.problems().forEach(problem -> properties.fail(problem.toString()));
        if (reading.problems().isEmpty()) {
            properties.ok("all known and well-formed");
        }
        boolean allWell = show(properties.all(), report);
        for (Probe probe : probes) {
            if (reading.hasProblemWith(probe.properties())) {
                Findings untested = properties.of(probe.subject());
                untested.fail("not tested; correct the properties named above first");
                show(untested.all(), report);
            } else {
                allWell &= show(probe.test(reading.settings()), report);
            }
        }
        return allWell;
    }

    /** @return whether none of them is a failure */
    private static boolean show(List<Finding> findings, Consumer<Finding> report) {
        findings.forEach(report);
        return findings.stream().noneMatch(finding -> finding.level() == Finding.Level.FAIL);
    }
}
