package io.funcobserver.check;

import java.util.ArrayList;
import java.util.List;

import io.funcobserver.config.Secrets;
import io.funcobserver.diagnosis.PrintableText;

/** What is found about one subject, in this order; without secrets, and with nothing that acts on a terminal. */
public final class Findings {
    private static final int LONGEST = 1000;

    private final String subject;
    private final Secrets secrets;
    private final List<Finding> all = new ArrayList<>();

    Findings(String subject, Secrets secrets) {
        this.subject = subject;
        this.secrets = secrets;
    }

    /** Takes what is found about another subject, for {@link #addAll}. */
    Findings of(String other) {
        return new Findings(other, secrets);
    }

    public void ok(String text) {
        add(Finding.Level.OK, text);
    }

    /** @param text with what to do about it, as for {@link #fail} */
    public void warn(String text) {
        add(Finding.Level.WARN, text);
    }

    public void fail(String text) {
        add(Finding.Level.FAIL, text);
    }

    private void add(Finding.Level level, String text) {
        all.add(new Finding(level, subject, PrintableText.of(secrets.mask(text), LONGEST)));
    }

    void addAll(Findings others) {
        all.addAll(others.all);
    }

    List<Finding> all() {
        return List.copyOf(all);
    }
}
