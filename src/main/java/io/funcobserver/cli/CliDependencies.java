package io.funcobserver.cli;

import java.util.List;

import io.funcobserver.check.Probe;

/**
 * What stands behind the commands.
 *
 * @param probes of {@code check}, in the order of its output
 */
public record CliDependencies(Application application, DeadLetterCommands deadLetters, List<Probe> probes) {}
