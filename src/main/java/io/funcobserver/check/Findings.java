package io.funcobserver.check;

import java.util.ArrayList;
import java.util.List;

/** What is found about one subject, in this order. */
public final class Findings {
    private final String subject;
    private final List<Finding> all = new ArrayList<>();

    Findings(String subject) {
        this.subject = subject;
    }

    public void ok(String text) {
        all.add(new Finding(Finding.Level.OK, subject, text));
    }

    /** @param text with what to do about it, as for {@link #fail} */
    public void warn(String text) {
        all.add(new Finding(Finding.Level.WARN, subject, text));
    }

    public void fail(String text) {
        all.add(new Finding(Finding.Level.FAIL, subject, text));
    }

    void addAll(List<Finding> others) {
        all.addAll(others);
    }

    List<Finding> all() {
        return List.copyOf(all);
    }
}
