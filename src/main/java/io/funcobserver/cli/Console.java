package io.funcobserver.cli;

import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/**
 * Standard output and standard error. Always UTF-8: lines are, and a machine without a locale would print question
 * marks.
 *
 * @param bytes standard output
 */
record Console(OutputStream bytes, PrintWriter out, PrintWriter err) {
    static Console of(OutputStream out, OutputStream err) {
        return new Console(out, writer(out), writer(err));
    }

    private static PrintWriter writer(OutputStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
    }
}
