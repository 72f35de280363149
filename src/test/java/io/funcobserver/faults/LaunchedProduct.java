package io.funcobserver.faults;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The product as a process of its own, in a folder without routes; what it prints goes into a file. */
final class LaunchedProduct implements AutoCloseable {
    private final Process process;
    private final Path output;

    /**
     * How to start it.
     *
     * @param wrapper what stands before {@code java} on the command line, such as a shell that sets a limit
     * @param jvmOptions such as a heap size
     * @param environment properties that are given as environment variables, by the name of the property
     */
    record Start(List<String> wrapper, List<String> jvmOptions, Map<String, String> environment) {
        static Start plain() {
            return new Start(List.of(), List.of(), Map.of());
        }

        Start behind(String... commands) {
            return new Start(List.of(commands), jvmOptions, environment);
        }

        Start with(String... options) {
            return new Start(wrapper, List.of(options), environment);
        }

        Start in(Map<String, String> variables) {
            return new Start(wrapper, jvmOptions, variables);
        }

        LaunchedProduct run(Path folder, Map<String, String> settings, String... arguments) throws IOException {
            return new LaunchedProduct(this, folder, settings, arguments);
        }
    }

    private LaunchedProduct(Start start, Path folder, Map<String, String> settings, String... arguments)
            throws IOException {
        Files.createDirectories(folder);
        List<String> command = new ArrayList<>(start.wrapper());
        command.addAll(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of("-XX:-UsePerfData", "-XX:TieredStopAtLevel=1"));
        command.addAll(start.jvmOptions());
        command.addAll(List.of("-cp", classPath(), "io.funcobserver.FuncObserver"));
        command.addAll(List.of(arguments));
        Map<String, String> given = new HashMap<>(settings);
        given.keySet().removeAll(start.environment().keySet());
        if (List.of("run", "check", "preview").contains(arguments[0])) {
            given.forEach((key, value) -> command.addAll(List.of("--set", key + "=" + value)));
        }
        output = Files.createTempFile(folder, "output", ".log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        start.environment().forEach((key, value) -> builder.environment().put(variable(key), value));
        process = builder.start();
    }

    /** Absolute, since it works in another folder. */
    private static String classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    static String variable(String property) {
        return property.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    Process process() {
        return process;
    }

    /** All that it has printed, to standard output and standard error. */
    String output() throws IOException {
        return Files.readString(output);
    }

    /** Waits for its end by itself. */
    int exitCode() throws IOException, InterruptedException {
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new AssertionError("it does not end: " + output());
        }
        return process.exitValue();
    }

    /** Ends it by SIGTERM. */
    int stop() throws IOException, InterruptedException {
        process.destroy();
        return exitCode();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
