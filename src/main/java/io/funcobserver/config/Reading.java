package io.funcobserver.config;

import java.util.List;

/**
 * Settings as far as they could be read, with all that is wrong with them.
 *
 * @param settings without the values that have a problem
 */
public record Reading(Settings settings, List<Problem> problems) {
    /**
     * One thing that is wrong with the configuration.
     *
     * @param key the property
     * @param text what is wrong with it and what to do; never holds the value of a secret
     */
    public record Problem(String key, String text) {
        /** The whole as one line for the user. */
        @Override
        public String toString() {
            return key + ": " + text;
        }
    }

    public Reading {
        problems = List.copyOf(problems);
    }

    /** @throws ConfigurationException if there is any problem, with the first of them */
    public Settings orThrow() {
        if (problems.isEmpty()) {
            return settings;
        }
        int more = problems.size() - 1;
        throw new ConfigurationException(problems.get(0) + (more == 0 ? "" : " (and " + more + " more: see check)"));
    }

    /** For a command that sends nothing, and so does without a target. */
    public Reading withoutTarget() {
        return new Reading(
                settings,
                problems.stream()
                        .filter(problem -> !problem.key().matches("target\\.([^.]+\\.)?url"))
                        .toList());
    }

    /** Whether any property whose key begins so has a problem. */
    public boolean hasProblemWith(List<String> prefixes) {
        return problems.stream().anyMatch(problem -> prefixes.stream().anyMatch(problem.key()::startsWith));
    }
}
