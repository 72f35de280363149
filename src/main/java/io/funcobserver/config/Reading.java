package io.funcobserver.config;

import java.util.List;

/**
 * Settings as far as they could be read, with all that is wrong with them.
 *
 * @param settings without the values that have a problem
 */
public record Reading(Settings settings, List<Problem> problems) {
    public Reading {
        problems = List.copyOf(problems);
    }

    /** @throws InvalidSettings if there is any problem */
    public Settings orThrow() {
        if (problems.isEmpty()) {
            return settings;
        }
        throw new InvalidSettings(problems);
    }

    /** For a command that sends nothing, and so does without a target. */
    public Reading withoutTarget() {
        return new Reading(
                settings,
                problems.stream()
                        .filter(problem -> !problem.key().equals("target.url"))
                        .toList());
    }

    /** Whether any property whose key begins so has a problem. */
    public boolean hasProblemWith(List<String> prefixes) {
        return problems.stream().anyMatch(problem -> prefixes.stream().anyMatch(problem.key()::startsWith));
    }
}
