package io.funcobserver.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.util.List;

import io.funcobserver.check.Probe;
import io.funcobserver.config.ConfigurationException;
import io.funcobserver.config.Settings;

/** What stands behind the commands, once the settings stand. */
public interface Application {
    /**
     * The ids of the measurements that there are, each with properties of its own.
     *
     * @throws ConfigurationException when the route files cannot be read
     */
    List<String> measurements();

    /** Those of {@code check}, in the order of its output. */
    List<Probe> probes();

    /**
     * Starts to read and deliver, and returns when it does.
     *
     * @throws ConfigurationException for what only another configuration can mend, such as a busy port: exit code 2
     * @throws Exception for anything else: exit code 1
     */
    Running start(Settings settings) throws Exception;

    /**
     * Writes the lines of these measurements, or of all where none is named.
     *
     * @param out standard output
     * @return the exit code
     * @throws ConfigurationException for a measurement that there is none of, among others: exit code 2
     */
    int preview(Settings settings, List<String> measurements, OutputStream out) throws Exception;

    /**
     * Lists the dead letters.
     *
     * @param settings may be without a target
     * @param out standard output
     * @param err standard error
     * @return the exit code
     */
    int deadLetters(Settings settings, PrintWriter out, PrintWriter err) throws Exception;

    /**
     * Puts dead letters back on the way to the target.
     *
     * @param settings may be without a target
     * @param files as the user named them; none for all
     * @param out standard output
     * @param progress standard error
     * @return the exit code
     */
    int replay(Settings settings, List<String> files, PrintWriter out, PrintWriter progress) throws Exception;

    /** What was started. */
    interface Running extends AutoCloseable {
        /** Returns when it has ended by itself. */
        void await() throws InterruptedException;

        /** Ends it; returns when everything read is safe on disk. Called once, from any thread. */
        @Override
        void close() throws IOException;
    }
}
