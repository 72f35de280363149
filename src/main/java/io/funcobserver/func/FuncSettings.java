package io.funcobserver.func;

import java.net.URI;
import java.sql.Connection;
import java.sql.ResultSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * How a Func is set up, as far as it decides whether its records can be seen; read from its database, never written.
 *
 * <p>Goes by the tables and columns that are there: upgrades add and rename them.
 *
 * @param tables all that the user may see, in lower case; of another database, none of Func's
 * @param localRecords whether function records are kept at all ("Local Function Task Record"); true unless it was set
 * @param upload where Func's own upload ("Self-Observability Data Upload") goes; null while it is off
 * @param entities the enabled APIs and cron jobs, at most {@value #MOST_ENTITIES} of each kind
 */
public record FuncSettings(Set<String> tables, boolean localRecords, Upload upload, List<Entity> entities) {
    private static final int MOST_ENTITIES = 5000;

    /** The second of each pair is its name before 2024-05. */
    private static final List<String> ENTITY_TABLES = List.of(
            "biz_main_sync_api",
            "biz_main_async_api",
            "biz_main_cron_job",
            "biz_main_auth_link",
            "biz_main_batch",
            "biz_main_crontab_config");

    private static final List<String> SETTING_TABLES = List.of("wat_main_system_setting", "wat_main_system_config");
    private static final Set<String> TELLTALE_TABLES =
            Set.of("biz_main_func", "biz_main_script_set", "wat_main_user", "biz_main_task_record_func");

    /** A setting of older versions has CUSTOM_ before its name. */
    private static final String PREFIX_OF_OLD = "CUSTOM_";

    /**
     * Where Func's own upload goes.
     *
     * @param host of its URL; empty for a URL that cannot be read
     * @param port of its URL, or the one that goes without saying
     * @param address the URL without user, path and query, which may hold a token
     */
    public record Upload(String host, int port, String address) {
        static Upload of(String url) {
            try {
                URI uri = URI.create(url.strip());
                if (uri.getHost() != null) {
                    int port = uri.getPort() >= 0 ? uri.getPort() : "https".equals(uri.getScheme()) ? 443 : 80;
                    return new Upload(uri.getHost(), port, uri.getScheme() + "://" + uri.getHost() + ':' + port);
                }
            } catch (IllegalArgumentException e) {
                // Its message would repeat the token.
            }
            return new Upload("", 0, "a URL that cannot be read");
        }
    }

    /**
     * An enabled API or cron job.
     *
     * @param kind as Func's user interface calls it
     * @param limit how many of its records Func keeps; 0 for none (also where it is NULL)
     */
    public record Entity(String kind, String id, String funcId, long limit) {
        /** A flush comes every 20 s and keeps the newest: what is above this within one is deleted at once. */
        public double mostCallsPerSecond() {
            return limit / 20.0;
        }
    }

    /**
     * Reads them with a few short queries.
     *
     * @throws DataAccessException when they cannot be read
     */
    public static FuncSettings read(Connection connection) {
        JdbcTemplate jdbc = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
        Map<String, Set<String>> columns = columns(jdbc);
        Map<String, String> settings = settings(jdbc, columns.keySet());
        String url = settings.get("GUANCE_DATA_UPLOAD_URL");
        boolean uploads = isOn(settings.get("GUANCE_DATA_UPLOAD_ENABLED")) && url != null && !url.isBlank();
        String local = settings.get("LOCAL_FUNC_TASK_RECORD_ENABLED");
        List<Entity> entities = ENTITY_TABLES.stream()
                .filter(table -> columns.getOrDefault(table, Set.of()).contains("taskrecordlimit"))
                .flatMap(table -> entities(jdbc, table, columns.get(table)).stream())
                .toList();
        return new FuncSettings(
                columns.keySet(), local == null || isOn(local), uploads ? Upload.of(url) : null, entities);
    }

    /** Whether the database is a Func's. */
    public boolean isFunc() {
        return tables.stream().anyMatch(TELLTALE_TABLES::contains);
    }

    private static Map<String, Set<String>> columns(JdbcTemplate jdbc) {
        Map<String, Set<String>> columns = new TreeMap<>();
        jdbc.query(
                "SELECT LOWER(table_name), LOWER(column_name) FROM information_schema.columns"
                        + " WHERE table_schema = DATABASE()"
                        + " AND (table_name LIKE 'biz\\_main\\_%' OR table_name LIKE 'wat\\_main\\_%')",
                (ResultSet row) -> {
                    columns.computeIfAbsent(row.getString(1), table -> new TreeSet<>())
                            .add(row.getString(2));
                });
        return columns;
    }

    private static Map<String, String> settings(JdbcTemplate jdbc, Set<String> tables) {
        Map<String, String> settings = new HashMap<>();
        SETTING_TABLES.stream()
                .filter(tables::contains)
                .forEach(table -> jdbc.query(
                        "SELECT id, LEFT(value, 2000) FROM " + table + " WHERE id LIKE '%GUANCE\\_DATA\\_UPLOAD\\_%'"
                                + " OR id LIKE '%LOCAL\\_FUNC\\_TASK\\_RECORD\\_ENABLED' LIMIT 100",
                        (ResultSet row) -> {
                            String id = row.getString(1);
                            String name = id.startsWith(PREFIX_OF_OLD) ? id.substring(PREFIX_OF_OLD.length()) : id;
                            settings.putIfAbsent(name, text(row.getString(2)));
                        }));
        return settings;
    }

    /** Of a JSON value: a text without its quotes, anything else as it stands. */
    private static String text(String json) {
        String value = json == null ? "" : json.strip();
        return value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"")
                ? value.substring(1, value.length() - 1).replace("\\/", "/").replace("\\\"", "\"")
                : value;
    }

    private static boolean isOn(String value) {
        return value != null && Stream.of("true", "1").anyMatch(value::equalsIgnoreCase);
    }

    private static List<Entity> entities(JdbcTemplate jdbc, String table, Set<String> columns) {
        String kind = table.replaceFirst("biz_main_", "").replace('_', ' ');
        String func = columns.contains("funcid") ? "LEFT(funcId, 256)" : "''";
        String enabled = columns.contains("isdisabled") ? " WHERE isDisabled = 0" : "";
        return jdbc.query(
                "SELECT LEFT(id, 64), " + func + ", COALESCE(taskRecordLimit, 0) FROM " + table + enabled + " LIMIT "
                        + MOST_ENTITIES,
                (row, number) -> new Entity(kind, row.getString(1), row.getString(2), row.getLong(3)));
    }

    /** The functions of the entities that keep any record. */
    public Set<String> functions() {
        return entities.stream()
                .filter(entity -> entity.limit() > 0
                        && entity.funcId() != null
                        && !entity.funcId().isEmpty())
                .map(Entity::funcId)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
