package io.funcobserver.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import static org.awaitility.Awaitility.await;

/** The product as its user runs it: a JVM of its own, in an empty folder, with the routes inside the jar. */
public final class ProductProcess implements AutoCloseable {
    private static final Duration LONGEST_START = Duration.ofMinutes(2);

    /** What a command that came to its end left. */
    public record Ended(int exitCode, String output) {}

    /**
     * How to start it.
     *
     * @param wrapper what stands before {@code java} on the command line, such as a shell that sets a limit
     * @param jvmOptions such as a heap size
     * @param environment of the process, beside that of the test
     */
    public record Launch(List<String> wrapper, List<String> jvmOptions, Map<String, String> environment) {
        public static Launch plain() {
            return new Launch(List.of(), List.of(), Map.of());
        }

        public Launch behind(String... commands) {
            return new Launch(List.of(commands), jvmOptions, environment);
        }

        public Launch with(String... options) {
            return new Launch(wrapper, List.of(options), environment);
        }

        public Launch in(Map<String, String> variables) {
            return new Launch(wrapper, jvmOptions, variables);
        }

        /** The same, with these properties given as environment variables. */
        public Launch told(Map<String, String> properties) {
            return in(properties.entrySet().stream()
                    .collect(Collectors.toMap(property -> variable(property.getKey()), Map.Entry::getValue)));
        }

        /**
         * Starts any command, and does not wait for it.
         *
         * @param folder the working directory, made when it is missing
         * @param settings by property, {@code observe.port} among them; those of the environment are not given twice
         */
        public ProductProcess start(Path folder, Map<String, String> settings, String... command) {
            return start(ProductJar.java(), folder, settings, command);
        }

        /** @param java up to the name of the main class */
        ProductProcess start(List<String> java, Path folder, Map<String, String> settings, String... command) {
            try {
                Files.createDirectories(folder);
                Path log = Files.createTempFile(folder, command[0] + "-", ".log");
                List<String> line = new ArrayList<>(wrapper);
                line.addAll(java);
                line.addAll(jvmOptions);
                line.add("io.funcobserver.app.FuncObserver");
                line.addAll(Arrays.asList(command));
                settings.forEach((key, value) -> {
                    if (!environment.containsKey(variable(key))) {
                        line.addAll(List.of("--set", key + "=" + value));
                    }
                });
                ProcessBuilder builder = new ProcessBuilder(line)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile());
                builder.environment().putAll(environment);
                Process process = builder.start();
                process.getOutputStream().close();
                return new ProductProcess(process, log, new Observed(settings.get("observe.port")));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private final Process process;
    private final Path log;
    private final Observed observed;

    private ProductProcess(Process process, Path log, Observed observed) {
        this.process = process;
        this.log = log;
        this.observed = observed;
    }

    /**
     * Starts {@code run}, and does not wait for it.
     *
     * @param folder the working directory, made when it is missing
     * @param settings by property, {@code observe.port} among them
     */
    public static ProductProcess run(Path folder, Map<String, String> settings) {
        return start(folder, settings, "run");
    }

    /** Starts any command, and does not wait for it. */
    public static ProductProcess start(Path folder, Map<String, String> settings, String... command) {
        return Launch.plain().start(folder, settings, command);
    }

    /** The environment variable of a property. */
    public static String variable(String property) {
        return property.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    public Process process() {
        return process;
    }

    /** Waits for its end by itself. */
    public int exitCode() {
        return awaitEnd().exitCode();
    }

    /** Waits for its end by itself. */
    public Ended awaitEnd() {
        return awaitEnd(Duration.ofSeconds(60));
    }

    /** Waits until health can be asked, whatever it says. */
    public ProductProcess awaitReady() {
        await().atMost(LONGEST_START)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> hasEnded(Duration.ZERO) || observed.answers());
        if (!process.isAlive()) {
            throw new AssertionError("ended with " + process.exitValue() + " before it was ready: " + output());
        }
        return this;
    }

    public Observed observed() {
        return observed;
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Lets it run for so long. */
    public void runFor(Duration time) {
        if (hasEnded(time)) {
            throw new AssertionError("ended by itself with " + process.exitValue() + ": " + output());
        }
    }

    /** Lets it run for so long, or to its end. */
    public void runForAtMost(Duration time) {
        hasEnded(time);
    }

    private boolean hasEnded(Duration within) {
        try {
            return process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** {@code kill -9}; returns when it is dead. */
    public void kill() {
        process.destroyForcibly();
        if (!hasEnded(Duration.ofSeconds(10))) {
            throw new AssertionError("outlived kill -9");
        }
    }

    /** SIGTERM. */
    public void terminate() {
        process.destroy();
    }

    /** Waits for the end. */
    public Ended awaitEnd(Duration atMost) {
        if (!hasEnded(atMost)) {
            String threads = threads();
            kill();
            throw new AssertionError("still runs after " + atMost + ": " + output() + threads);
        }
        return new Ended(process.exitValue(), output());
    }

    private String threads() {
        try {
            Process dump = new ProcessBuilder(ProductJar.tool("jstack"), String.valueOf(process.pid()))
                    .redirectErrorStream(true)
                    .start();
            return new String(dump.getInputStream().readAllBytes());
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** SIGTERM, and the wait for the end that it has to bring within 30 s. */
    public Ended stop() {
        terminate();
        return awaitEnd(Duration.ofSeconds(30));
    }

    /** All that it has written to standard output and standard error. */
    public String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        kill();
    }
}
