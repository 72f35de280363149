package io.funcobserver.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;

import io.funcobserver.demo.FuncDatabase;
import io.funcobserver.demo.FuncSchema;
import io.funcobserver.demo.Line;
import io.funcobserver.demo.Receiver;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestInstallation;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What a user does to have one more measurement: copy one, rename it, change it, and nothing else. */
@Slow
class CustomMeasurementTest {
    private static final Path SHIPPED = Path.of("routes");
    private static final String ID = "tables-by-engine";

    @TempDir
    Path directory;

    @AutoClose
    private final TestInstallation site = TestInstallation.open().only("db-table", "task-record");

    private final FuncDatabase database = site.database;
    private final Receiver receiver = site.receiver;

    @Test
    void arrivesFromAFolderOfItsOwn() throws Exception {
        Path routes = directory.resolve("routes");
        copyAndRename(Files.createDirectories(routes.resolve("measurements")));
        site.start(routes);
        arrivesAs("DFF_tables_by_engine");
        assertThat(receiver.accepted("DFF_db_table")).isEmpty();
    }

    @Test
    void arrivesFromAFlatFolder() throws Exception {
        Path routes = Files.createDirectories(directory.resolve("routes"));
        copyAndRename(routes);
        site.start(routes);
        arrivesAs("DFF_tables_by_engine");
    }

    @Test
    void arrivesBesideAllOthers() throws Exception {
        Path routes = copyOfShipped();
        copyAndRename(routes.resolve("measurements"));
        site.start(routes);
        arrivesAs("DFF_tables_by_engine");
        receiver.awaitAccepted("DFF_db_table", 1);
    }

    /** A table that has nothing of Func in it. */
    @Test
    void everyColumnOfAGrowingTableArrivesUnderItsOwnName() throws Exception {
        database.execute(
                "CREATE TABLE audit_log (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, at DATETIME(3) NOT NULL,"
                        + " actor VARCHAR(64), action VARCHAR(64), object TEXT, seconds DOUBLE, rows_changed INT,"
                        + " allowed BIT(1))",
                "SET time_zone = '+00:00'",
                "INSERT INTO audit_log (at, actor, action, object, seconds, rows_changed, allowed)"
                        + " VALUES (FROM_UNIXTIME(1760000000.123), '张三', 'delete', 'a \"b\"', 0.5, 7, b'1')");
        Path routes = Files.createDirectories(directory.resolve("routes"));
        for (String file : new String[] {"audit-log.camel.yaml", "audit-log.sql"}) {
            Files.copy(Path.of("docs/examples", file), routes.resolve(file));
        }
        site.set("measurement.audit-log.period", "200ms").start(routes);
        Line line = receiver.awaitAccepted("audit_log", 1).get(0);
        assertThat(line.tags()).isEqualTo(Map.of("id", "1", "actor", "张三", "action", "delete"));
        assertThat(line.fields())
                .isEqualTo(Map.of("object", "a \"b\"", "seconds", 0.5, "rows_changed", 7L, "allowed", true));
        assertThat(line.timestamp() / 1_000_000).isEqualTo(1_760_000_000_123L);
        database.execute(
                "INSERT INTO audit_log (at, actor) VALUES (NOW(), 'x')",
                "INSERT INTO audit_log (at, actor," + " seconds) VALUES (NOW(), 'x', 1)");
        receiver.awaitAccepted("audit_log", 2);
    }

    @Test
    void takesEffectWhenItIsEdited() throws Exception {
        Path routes = copyOfShipped();
        copyAndRename(routes.resolve("measurements"));
        reloading(routes).start(routes);
        arrivesAs("DFF_tables_by_engine");
        edit(routes, "DFF_tables_by_engine", "DFF_edited");
        arrivesAs("DFF_edited");
        goesOn("DFF_db_table");
        // A tail that others depend on has not lost its place, nor its end.
        database.insert(FuncSchema.TASK_RECORD, Map.of("id", "after-the-edit"));
        await().until(() -> receiver.accepted("DFF_task_record").stream()
                .anyMatch(line -> line.tag("id").equals("after-the-edit")));
        assertThat(site.dropped(ID, "cut")).isZero();
    }

    @Test
    void goesOnAsItWasAfterABrokenEdit() throws Exception {
        Path routes = copyOfShipped();
        copyAndRename(routes.resolve("measurements"));
        reloading(routes).start(routes);
        arrivesAs("DFF_tables_by_engine");
        edit(routes, "    from:", "    from: [\n");
        // The folder is looked at each half second.
        await().during(Duration.ofSeconds(3)).atMost(Duration.ofSeconds(4)).until(() -> true);
        goesOn("DFF_tables_by_engine");
        goesOn("DFF_db_table");
        edit(routes, "    from: [\n", "    from:");
        edit(routes, "DFF_tables_by_engine", "DFF_mended");
        arrivesAs("DFF_mended");
    }

    /** The recipe: copy both files, and change id, scheduler, measurement, property names and query. */
    private void copyAndRename(Path folder) throws IOException {
        String route = Files.readString(SHIPPED.resolve("measurements/db-table.camel.yaml"))
                .replace("DFF_db_table", "DFF_tables_by_engine")
                .replace("db-table", ID)
                .replace("target,name,comment", "engine");
        Files.writeString(folder.resolve(ID + ".camel.yaml"), route);
        Files.writeString(folder.resolve(ID + ".sql"), """
                -- How many tables each engine of the Func database has.
                SELECT ENGINE AS engine, COUNT(*) AS tables
                  FROM information_schema.TABLES
                 WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE'
                 GROUP BY ENGINE
                """);
    }

    private Path copyOfShipped() throws IOException {
        Path copy = directory.resolve("routes");
        try (Stream<Path> files = Files.walk(SHIPPED)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = copy.resolve(SHIPPED.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
        return copy;
    }

    private static void edit(Path routes, String old, String replacement) throws IOException {
        Path file = routes.resolve("measurements/" + ID + ".camel.yaml");
        write(file, Files.readString(file).replace(old, replacement));
    }

    /** As an editor saves: the file is never seen half-written. */
    private static void write(Path file, String text) throws IOException {
        Path other = Files.writeString(file.resolveSibling("saved"), text);
        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private TestInstallation reloading(Path routes) {
        return site.set("measurement." + ID + ".period", "200ms")
                .set("camel.main.routes-reload-enabled", "true")
                .set("camel.main.routes-reload-directory", routes.toString());
    }

    private void arrivesAs(String measurement) throws Exception {
        Line line = receiver.awaitAccepted(measurement, 1).get(0);
        assertThat(line.tags()).isEqualTo(Map.of("engine", "InnoDB"));
        assertThat(line.fields()).isEqualTo(Map.of("tables", 12L));
    }

    private void goesOn(String measurement) throws Exception {
        receiver.awaitAccepted(measurement, receiver.accepted(measurement).size() + 20);
    }
}
