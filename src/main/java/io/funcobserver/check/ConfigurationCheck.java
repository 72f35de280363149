package io.funcobserver.check;

import java.util.List;
import java.util.function.Consumer;

import io.funcobserver.config.Reading;
import io.funcobserver.config.Secrets;
import io.funcobserver.diagnosis.PrintableText;

/** All of {@code check}: first the properties, then every probe whose properties are in order. */
public final class ConfigurationCheck {
    private static final String PROPERTIES = "properties";
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
        Tally tally = new Tally(finding -> report.accept(new Finding(
                finding.level(), finding.subject(), PrintableText.of(secrets.mask(finding.text()), LONGEST))));
        properties(reading, tally);
        for (Probe probe : probes) {
            if (reading.hasProblemWith(probe.properties())) {
                tally.accept(Finding.fail(probe.subject(), "not tested; correct the properties named above first"));
            } else {
                probe.test(reading.settings()).forEach(tally);
            }
        }
        return tally.allWell;
    }

    private static void properties(Reading reading, Consumer<Finding> report) {
        for (Reading.Problem problem : reading.problems()) {
            report.accept(Finding.fail(PROPERTIES, problem.toString()));
        }
        if (reading.problems().isEmpty()) {
            report.accept(Finding.ok(PROPERTIES, "all known and well-formed"));
        }
    }

    private static final class Tally implements Consumer<Finding> {
        private final Consumer<Finding> report;
        private boolean allWell = true;

        Tally(Consumer<Finding> report) {
            this.report = report;
        }

        @Override
        public void accept(Finding finding) {
            allWell &= finding.level() != Finding.Level.FAIL;
            report.accept(finding);
        }
    }
}
