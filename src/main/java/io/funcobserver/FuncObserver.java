package io.funcobserver;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.util.List;

import io.funcobserver.check.DirectoryProbe;
import io.funcobserver.check.MySqlProbe;
import io.funcobserver.check.RedisProbe;
import io.funcobserver.check.TargetProbe;
import io.funcobserver.cli.Application;
import io.funcobserver.cli.CommandLineInterface;
import io.funcobserver.cli.DeadLetterCommands;
import io.funcobserver.cli.Parts;
import io.funcobserver.config.Settings;
import io.funcobserver.spool.Category;

/** Where the process begins. */
public final class FuncObserver {
    private FuncObserver() {}

    public static void main(String[] arguments) {
        CommandLineInterface commands = new CommandLineInterface(
                parts(), new FileOutputStream(FileDescriptor.out), new FileOutputStream(FileDescriptor.err));
        System.exit(commands.execute(arguments));
    }

    private static Parts parts() {
        return new Parts(
                new NoApplication(),
                new NoApplication(),
                List.of(
                        new MySqlProbe(),
                        new RedisProbe(),
                        new TargetProbe(Category.METRIC),
                        new TargetProbe(Category.LOGGING),
                        new DirectoryProbe()));
    }

    /** Stands in until the routes are there. */
    private static final class NoApplication implements Application, DeadLetterCommands {
        @Override
        public Running start(Settings settings) {
            throw new UnsupportedOperationException("this build cannot run yet");
        }

        @Override
        public int preview(Settings settings, List<String> measurements, OutputStream out) {
            throw new UnsupportedOperationException("this build cannot preview yet");
        }

        @Override
        public int list(Settings settings, PrintWriter out) {
            throw new UnsupportedOperationException("this build has no dead letters yet");
        }

        @Override
        public int replay(Settings settings, List<String> files, PrintWriter out, PrintWriter progress) {
            throw new UnsupportedOperationException("this build has no dead letters yet");
        }
    }
}
