package io.funcobserver.config;

import java.util.List;

/** Settings with at least one problem. */
public final class InvalidSettings extends ConfigurationException {
    private final transient List<Problem> problems;

    public InvalidSettings(List<Problem> problems) {
        super(inOneLine(problems));
        this.problems = List.copyOf(problems);
    }

    public List<Problem> problems() {
        return problems;
    }

    private static String inOneLine(List<Problem> problems) {
        String first = problems.get(0).toString();
        return problems.size() == 1 ? first : first + " (and " + (problems.size() - 1) + " more: see check)";
    }
}
