package io.funcobserver.cli;

import java.io.OutputStream;
import java.io.PrintWriter;
import java.util.List;

import io.funcobserver.check.Probe;
import io.funcobserver.config.Settings;

/** Does nothing: a test says in what its own differs. */
class NoApplication implements Application {
    @Override
    public List<String> measurements() {
        return List.of();
    }

    @Override
    public List<Probe> probes() {
        return List.of();
    }

    @Override
    public Running start(Settings settings) throws Exception {
        throw new AssertionError("started");
    }

    @Override
    public int preview(Settings settings, List<String> measurements, OutputStream lines) throws Exception {
        throw new AssertionError("previewed");
    }

    @Override
    public int deadLetters(Settings settings, PrintWriter out, PrintWriter err) {
        throw new AssertionError("listed");
    }

    @Override
    public int replay(Settings settings, List<String> files, PrintWriter out, PrintWriter progress) {
        throw new AssertionError("replayed");
    }
}
