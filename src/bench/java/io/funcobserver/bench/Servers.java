package io.funcobserver.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.funcobserver.config.Catalogue;
import io.funcobserver.demo.EmbeddedMariaDb;
import io.funcobserver.demo.EmbeddedRedis;
import io.funcobserver.demo.Folders;
import io.funcobserver.demo.FuncDatabase;
import io.funcobserver.demo.FuncSchema;

/** The databases and the receiver of the benchmark, and what starts processes that use them. */
final class Servers implements AutoCloseable {
    static final Path TARGET = Path.of("target").toAbsolutePath();
    static final Path JAR = TARGET.resolve("func-observer.jar");
    private static final Path WORK = TARGET.resolve("bench");
    private static final int REDIS_DATABASE = 5;

    final EmbeddedMariaDb mariaDb;
    final EmbeddedRedis redis;
    final FuncDatabase database;
    final CountingReceiver receiver;
    /** Of the product's classes. */
    final Path archive;

    Servers() throws Exception {
        Folders.remove(WORK);
        mariaDb = EmbeddedMariaDb.started("--innodb-buffer-pool-size=1G", "--innodb-log-file-size=512M");
        redis = EmbeddedRedis.started();
        database = FuncDatabase.create(mariaDb.server(), "dataflux_func", FuncSchema.V6);
        receiver = new CountingReceiver();
        archive = Start.archive();
    }

    Path work(String name) {
        return WORK.resolve(name);
    }

    /**
     * The product as its own process, in an empty folder.
     *
     * @param routes the measurements that run; all others are switched off
     */
    Jvm product(String name, List<String> routes, Map<String, String> properties) throws IOException {
        return product(name, archive, routes, properties);
    }

    /** @param archive class-data archive; null for none */
    Jvm product(String name, Path archive, List<String> routes, Map<String, String> properties) throws IOException {
        Path folder = work(name);
        Folders.remove(folder);
        Files.createDirectories(folder);
        List<String> lines = new ArrayList<>(List.of(
                "target.url=" + receiver.url(),
                "func.mysql.port=" + mariaDb.port(),
                "func.mysql.username=" + mariaDb.server().user(),
                "func.mysql.password=" + mariaDb.server().password(),
                "func.redis.port=" + redis.port(),
                "func.redis.database=" + REDIS_DATABASE,
                "observe.port=0"));
        Catalogue.standardRouteIds()
                .forEach(route -> lines.add("measurement." + route + ".enabled=" + routes.contains(route)));
        // Elsewhere than on the disk of the build, to see what the disk costs.
        if (System.getProperty("bench.data") != null) {
            Path data = Path.of(System.getProperty("bench.data"), name);
            Folders.remove(data);
            Files.createDirectories(data);
            Files.createSymbolicLink(folder.resolve("data"), data);
        }
        properties.forEach((key, value) -> lines.add(key + "=" + value));
        Files.write(folder.resolve("application.properties"), lines);
        return Jvm.start(folder, archive, List.of("-jar", JAR.toString(), "run"));
    }

    Jvm floor(String route) throws IOException {
        return Jvm.start(
                work("floor-" + route),
                null,
                List.of(
                        "-cp",
                        classPath(),
                        Floor.class.getName(),
                        database.jdbcUrl(),
                        mariaDb.server().user(),
                        receiver.url(),
                        route,
                        "5000",
                        mariaDb.server().password()));
    }

    /** What uploads to the intake. */
    Jvm uploadLoad(int port) throws IOException {
        return Jvm.start(
                work("upload-load"),
                null,
                List.of("-cp", classPath(), UploadLoad.class.getName(), Integer.toString(port)));
    }

    /** Each process works in a folder of its own. */
    private static String classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    static List<String> routes() {
        return List.copyOf(Catalogue.standardRouteIds());
    }

    @Override
    public void close() throws IOException {
        receiver.close();
        redis.close();
        mariaDb.close();
        Folders.remove(WORK);
    }
}
