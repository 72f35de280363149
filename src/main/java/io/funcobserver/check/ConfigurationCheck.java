package io.funcobserver.check;

import java.util.List;
import java.util.function.Consumer;

import io.funcobserver.config.Reading;
import io.funcobserver.config.Secrets;
import io.funcobserver.diagnosis.PrintableText;

/** All of {@code check}: first the properties, then every probe whose properties are in order. */
public final class ConfigurationCheck {
    private static final int LONGEST = 1000;

    private final List<Probe> probes;

    public ConfigurationCheck(List<Probe> probes) {
        this.probes = List.copyOf(probes);
    }

    /**
     * Reports each finding as soon as it is there.
     *
     * @return whether all is well
     */
    public boolean run(Reading reading, Consumer<Finding> report) {
        Secrets secrets = Secrets.of(reading.settings());
        boolean allWell = show(properties(reading), secrets, report);
        for (Probe probe : probes) {
            allWell &= show(findings(probe, reading), secrets, report);
        }
        return allWell;
    }

    private static List<Finding> properties(Reading reading) {
        Findings found = new Findings("properties");
        reading.problems().forEach(problem -> found.fail(problem.toString()));
        if (reading.problems().isEmpty()) {
            found.ok("all known and well-formed");
        }
        return found.all();
    }

    private static List<Finding> findings(Probe probe, Reading reading) {
        if (!reading.hasProblemWith(probe.properties())) {
            return probe.test(reading.settings());
        }
        Findings untested = new Findings(probe.subject());
        untested.fail("not tested; correct the properties named above first");
        return untested.all();
    }

    /** @return whether none of them is a failure */
    private static boolean show(List<Finding> findings, Secrets secrets, Consumer<Finding> report) {
        findings.forEach(finding -> report.accept(new Finding(
                finding.level(), finding.subject(), PrintableText.of(secrets.mask(finding.text()), LONGEST))));
        return findings.stream().noneMatch(finding -> finding.level() == Finding.Level.FAIL);
    }
}
