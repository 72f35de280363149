package io.funcobserver.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** A Java process with the options that the image and the README recommend. */
final class Jvm implements AutoCloseable {
    /** The one place where the recommended options stand. */
    static final Path OPTIONS = Path.of("deploy/image/jvm.options");

    private final Process process;
    private final Path log;

    private Jvm(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** @param archive class-data archive; null for none */
    static Jvm start(Path folder, Path archive, List<String> arguments) throws IOException {
        Files.createDirectories(folder);
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options());
        if (archive != null) {
            command.add("-XX:SharedArchiveFile=" + archive.toAbsolutePath());
        }
        String extra = System.getProperty("bench.jvm", "");
        if (!extra.isBlank()) {
            command.addAll(List.of(extra.strip().split(" ")));
        }
        command.addAll(arguments);
        Path log = folder.resolve("log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("MALLOC_ARENA_MAX", System.getProperty("bench.arenas", "2"));
        return new Jvm(builder.start(), log);
    }

    private static List<String> options() throws IOException {
        return Files.readAllLines(OPTIONS).stream()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
    }

    Usage usage() throws IOException {
        if (!process.isAlive()) {
            throw new IOException("the process has ended: " + log());
        }
        return Usage.of(pid());
    }

    long pid() {
        return process.pid();
    }

    /** Its standard input. */
    void tell(String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    String log() throws IOException {
        return Files.readString(log);
    }

    /** Waits for something that the process does; what it logged is part of the failure when it does not. */
    <T> T awaitAlive(Callable<T> condition) throws Exception {
        try {
            return condition.call();
        } catch (IllegalStateException e) {
            throw new IllegalStateException(e.getMessage() + "; the process says: " + log(), e);
        }
    }

    /** Ends it by SIGTERM and waits. */
    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(40, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                System.err.println("did not stop within 40 s: " + log());
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
