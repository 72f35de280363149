package io.funcobserver.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A server that runs as a child process and never outlives this JVM, even when the JVM is killed.
 *
 * <p>A guard, a shell that waits for the end of its input, holds the other end of a pipe from this JVM; when the JVM
 * goes, in whichever way, the guard kills the server and removes its directory. Windows has no such shell: there a
 * shutdown hook does the same for an orderly end.
 */
final class ServerProcess {
    private static final boolean WINDOWS =
            System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");
    /** Its own session keeps a Ctrl-C in the terminal from the server: whoever started it stops it in order. */
    private static final String OWN_SESSION =
            "if command -v setsid >/dev/null 2>&1; then exec setsid \"$@\"; else exec \"$@\"; fi";

    private static final String GUARD =
            "trap '' INT TERM HUP; read -r line; kill -9 \"$1\" 2>/dev/null; sleep 0.1; rm -rf \"$2\"";

    private final String name;
    private final Path log;
    private final Process process;
    private final Process guard;

    private ServerProcess(String name, Path log, Process process, Process guard) {
        this.name = name;
        this.log = log;
        this.process = process;
        this.guard = guard;
    }

    /**
     * Starts the server.
     *
     * @param name for messages
     * @param directory the server's own; removed when the JVM ends while the server runs
     * @param command the executable and its arguments
     */
    static ServerProcess start(String name, Path directory, List<String> command) throws IOException {
        Path log = directory.resolve("server.log");
        Process process = new ProcessBuilder(inOwnSession(command))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        process.getOutputStream().close();
        return new ServerProcess(name, log, process, guard(process, directory));
    }

    private static List<String> inOwnSession(List<String> command) {
        if (WINDOWS) {
            return command;
        }
        List<String> all = new ArrayList<>(List.of("sh", "-c", OWN_SESSION, "sh"));
        all.addAll(command);
        return all;
    }

    private static Process guard(Process process, Path directory) throws IOException {
        if (WINDOWS) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                process.destroyForcibly();
                Folders.remove(directory);
            }));
            return null;
        }
        return new ProcessBuilder(inOwnSession(
                        List.of("sh", "-c", GUARD, "sh", String.valueOf(process.pid()), directory.toString())))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /**
     * Waits until the server answers.
     *
     * @throws IOException when it ends before, or does not answer in time; the message holds the end of its log
     */
    void awaitReady(BooleanSupplier answers, Duration atMost) throws IOException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!answers.getAsBoolean()) {
            if (exits(Duration.ofMillis(20))) {
                throw new IOException(name + " ended with exit code " + process.exitValue() + ": " + endOfLog());
            }
            if (System.nanoTime() > deadline) {
                kill();
                throw new IOException(name + " does not answer after " + atMost.toSeconds() + " s: " + endOfLog());
            }
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Asks the server to end, and kills it when it has not within ten seconds. */
    void stop() {
        process.destroy();
        if (!exits(Duration.ofSeconds(10))) {
            process.destroyForcibly();
            exits(Duration.ofSeconds(10));
        }
        dismissGuard();
    }

    /** Ends the server as a crash would. */
    void kill() {
        process.destroyForcibly();
        exits(Duration.ofSeconds(10));
        dismissGuard();
    }

    /** Stops the server from running without ending it: it accepts connections and answers nothing. */
    void freeze() {
        signal("STOP");
    }

    /** Ends {@link #freeze()}. */
    void thaw() {
        signal("CONT");
    }

    private void signal(String signal) {
        try {
            int exit = new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid()))
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new IllegalStateException(name + " took no signal " + signal);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean exits(Duration within) {
        try {
            return process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
            return true;
        }
    }

    private void dismissGuard() {
        if (guard != null) {
            // Not by closing its pipe: its work would begin.
            guard.destroyForcibly();
        }
    }

    private String endOfLog() throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join(" | ", lines.subList(Math.max(0, lines.size() - 10), lines.size()));
    }
}
