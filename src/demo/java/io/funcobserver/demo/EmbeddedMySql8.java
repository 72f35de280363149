package io.funcobserver.demo;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A real MySQL 8.0, which differs from MariaDB where it matters to a reader: JSON is a type, table status is cached,
 * passwords are {@code caching_sha2_password}. Only with profile {@code mysql8}, and where libaio and libnuma are.
 */
final class EmbeddedMySql8 {
    private static final String ARCHIVE = "/mysql-Linux-amd64.tar.gz";
    private static final Duration START = Duration.ofSeconds(60);

    private EmbeddedMySql8() {}

    static boolean isOnClassPath() {
        return archive() != null;
    }

    /**
     * Starts a server that ends with this JVM.
     *
     * @throws IOException when it cannot run here; the message holds the end of its log
     */
    static MySqlServer started() throws IOException {
        Path binaries = Unpacked.directory("mysql-8", EmbeddedMySql8::unpack);
        Path directory = Files.createTempDirectory("func-observer-mysql");
        MySqlServer server = new MySqlServer("127.0.0.1", FreePort.next(), "root", "");
        run("MySQL's first start", directory, command(binaries, directory, "--initialize-insecure"));
        ServerProcess.start(
                        "MySQL",
                        directory,
                        command(
                                binaries,
                                directory,
                                "--port=" + server.port(),
                                "--bind-address=127.0.0.1",
                                "--mysqlx=0",
                                "--socket=" + directory.resolve("s"),
                                "--max-allowed-packet=1G"))
                .awaitReady(() -> answers(server), START);
        return server;
    }

    private static List<String> command(Path binaries, Path directory, String... more) {
        List<String> command = new ArrayList<>(List.of(
                binaries.resolve("bin/mysqld").toString(),
                "--no-defaults",
                "--basedir=" + binaries,
                "--lc-messages-dir=" + binaries.resolve("share"),
                "--datadir=" + directory.resolve("data")));
        if (System.getProperty("user.name").equals("root")) {
            command.add("--user=root");
        }
        command.addAll(List.of(more));
        return command;
    }

    private static boolean answers(MySqlServer server) {
        try (Connection connection = server.connect()) {
            return connection.isValid(5);
        } catch (SQLException e) {
            return false;
        }
    }

    private static void unpack(Path directory) throws IOException {
        Files.createDirectories(directory);
        Path archive = directory.resolve("archive.tar.gz");
        try (InputStream content = archive().openStream()) {
            Files.copy(content, archive);
        }
        run("tar", directory, List.of("tar", "xzf", archive.toString(), "-C", directory.toString()));
        Files.delete(archive);
    }

    private static void run(String name, Path directory, List<String> command) throws IOException {
        Path log = directory.resolve("run.log");
        try {
            int exit = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new IOException(name + " ended with exit code " + exit + ": " + Files.readString(log));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(name + " was interrupted", e);
        }
    }

    private static URL archive() {
        return EmbeddedMySql8.class.getResource(ARCHIVE);
    }
}
