package io.funcobserver.cli;

import java.io.PrintWriter;
import java.util.List;

import io.funcobserver.config.Settings;

/** What {@code dead-letters} and {@code replay} do once the settings stand; these may be without a target. */
public interface DeadLetterCommands {
    /**
     * Lists the dead letters.
     *
     * @param out standard output
     * @return the exit code
     */
    int list(Settings settings, PrintWriter out) throws Exception;

    /**
     * Puts dead letters back on the way to the target.
     *
     * @param files as the user named them; none for all
     * @param out standard output
     * @param progress standard error
     * @return the exit code
     */
    int replay(Settings settings, List<String> files, PrintWriter out, PrintWriter progress) throws Exception;
}
