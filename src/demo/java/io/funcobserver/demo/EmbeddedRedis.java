package io.funcobserver.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * A real Redis server on 127.0.0.1, from the Maven artifact embedded-redis, that keeps nothing on disk.
 *
 * <p>It keeps its port over {@link #stop()} and {@link #start()}, not its keys.
 */
public final class EmbeddedRedis implements AutoCloseable {
    /** How many databases the server has. */
    public static final int DATABASES = 512;

    private static final Duration START = Duration.ofSeconds(20);

    private final Path directory;
    private final List<String> configuration;
    private final RedisServer server;
    private final List<String> executables;
    private ServerProcess process;

    private EmbeddedRedis(Path directory, List<String> configuration, String password, int port) {
        this.directory = directory;
        this.configuration = configuration;
        this.server = new RedisServer("127.0.0.1", port, password);
        this.executables = executables();
    }

    /**
     * Prepares a server and starts it.
     *
     * @param configuration further lines of redis.conf, such as {@code user reader on >secret ~* +llen} or {@code
     *     tls-port 6380}; a {@code requirepass} is used by {@link #connect(int)} too
     * @throws IOException when it cannot be unpacked or does not start; the message holds the end of its log
     */
    public static EmbeddedRedis started(String... configuration) throws IOException {
        Path directory = Files.createTempDirectory("func-observer-redis");
        try {
            EmbeddedRedis redis =
                    new EmbeddedRedis(directory, List.of(configuration), passwordIn(configuration), FreePort.next());
            redis.start();
            return redis;
        } catch (IOException e) {
            Folders.remove(directory);
            throw e;
        }
    }

    /** Starts the server, empty; does nothing when it runs. */
    public void start() throws IOException {
        if (isRunning()) {
            return;
        }
        Path file = directory.resolve("redis.conf");
        List<String> lines = new ArrayList<>(List.of(
                "bind 127.0.0.1",
                "port " + port(),
                "databases " + DATABASES,
                "save \"\"",
                "appendonly no",
                "dir \"" + directory.toString().replace('\\', '/') + "\""));
        lines.addAll(configuration);
        Files.write(file, lines);
        IOException failure = null;
        for (String executable : executables) {
            process = ServerProcess.start(
                    "Redis", directory, List.of(unpacked(executable).toString(), file.toString()));
            try {
                process.awaitReady(this::answers, START);
                return;
            } catch (IOException e) {
                // The next one may need fewer libraries of the machine.
                process.kill();
                failure = e;
            }
        }
        throw failure;
    }

    /** Ends the server; its keys are gone. */
    public void stop() {
        if (process != null) {
            process.kill();
        }
    }

    /** Makes the server hang: it accepts connections and answers nothing. Not on Windows. */
    public void freeze() {
        process.freeze();
    }

    /** Ends {@link #freeze()}. */
    public void thaw() {
        process.thaw();
    }

    public boolean isRunning() {
        return process != null && process.isAlive();
    }

    public RedisServer server() {
        return server;
    }

    public String host() {
        return server.host();
    }

    public int port() {
        return server.port();
    }

    /** Null when the server wants none. */
    public String password() {
        return server.password();
    }

    public Jedis connect(int database) {
        return server.connect(database);
    }

    /** Ends the server and removes its directory. */
    @Override
    public void close() {
        stop();
        Folders.remove(directory);
    }

    private boolean answers() {
        try (Jedis jedis = connect(0)) {
            return "PONG".equals(jedis.ping());
        } catch (JedisConnectionException e) {
            return false;
        } catch (JedisException e) {
            // It answers, and refuses this user.
            return true;
        }
    }

    private static String passwordIn(String... configuration) {
        for (String line : configuration) {
            if (line.startsWith("requirepass ")) {
                return line.substring("requirepass ".length()).strip();
            }
        }
        return null;
    }

    private static Path unpacked(String executable) throws IOException {
        return Unpacked.directory(executable + ".d", target -> {
                    InputStream resource = EmbeddedRedis.class.getResourceAsStream("/" + executable);
                    if (resource == null) {
                        throw new IOException("embedded-redis has no " + executable + " on the class path");
                    }
                    Unpacked.executable(resource, target.resolve(executable));
                })
                .resolve(executable);
    }

    /** The resources of embedded-redis 1.4.4 that may run here, the best first. */
    private static List<String> executables() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        boolean arm = System.getProperty("os.arch").equals("aarch64");
        if (system.startsWith("windows")) {
            return List.of("redis-server-5.0.14.1-windows-amd64.exe");
        }
        if (system.startsWith("mac")) {
            return List.of("redis-server-6.2.6-v5-darwin-" + (arm ? "arm64" : "amd64"));
        }
        // The first needs libssl.so.3; the second is linked statically.
        return arm
                ? List.of("redis-server-6.2.7-linux-arm64")
                : List.of("redis-server-6.2.6-v5-linux-amd64", "redis-server-6.2.7-linux-386");
    }
}
