package io.funcobserver.config;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Every property there is: the one source for reading, checking and documenting them. */
public final class Catalogue {
    /** Route ids of the measurements that come with the product, with their default periods. */
    private static final Map<String, String> PERIODS = periods();

    private static final long KIB = 1024;
    private static final long MIB = 1024 * KIB;
    private static final long GIB = 1024 * MIB;
    private static final long ANY_SIZE = 1024 * 1024 * GIB;
    private static final String PERIOD_ELSEWHERE = "60s";

    private static final String FUNC = "DataFlux Func";
    private static final String REDIS = "Func's Redis (only ever read)";
    private static final String MYSQL = "Func's MySQL (only ever read)";
    private static final String TARGET = "Target";
    private static final String DELIVERY = "Batches and retries";
    private static final String DATA = "Data on disk";
    private static final String MEASUREMENTS = "Measurements";
    private static final String RECORDS = "Task records";
    private static final String TLS = "TLS";
    private static final String OBSERVE = "Health and metrics";

    private final Map<String, Property> properties = new LinkedHashMap<>();

    private Catalogue(Collection<String> furtherRouteIds) {
        func();
        target();
        storage();
        measurements(furtherRouteIds);
        observation();
    }

    /** With the seven measurements. */
    public static Catalogue standard() {
        return new Catalogue(List.of());
    }

    /** With the seven measurements and those of the user. */
    public static Catalogue with(Collection<String> routeIds) {
        return new Catalogue(routeIds);
    }

    /** The route ids of the seven measurements. */
    public static Set<String> standardRouteIds() {
        return PERIODS.keySet();
    }

    /** In the order in which they are documented. */
    public List<Property> properties() {
        return List.copyOf(properties.values());
    }

    /** The property of this key, or null. */
    public Property find(String key) {
        return properties.get(key);
    }

    private void func() {
        optional(FUNC, "func.site-name", PropertyType.text(), "tag site_name on every point");
        optional(FUNC, "func.tags", PropertyType.tags(), "further tags on every point: key=value,key=value");
        add(FUNC, "func.app-name", PropertyType.text(), "DataFluxFunc", "Func's APP_NAME");
        add(FUNC, "func.queues", PropertyType.number(0, 1000), "16", "how many worker queues are always reported");
        optional(
                FUNC,
                "func.time-zone",
                PropertyType.zone(),
                "time zone of the …_iso fields; the machine's unless given");

        add(REDIS, "func.redis.host", PropertyType.host(), "127.0.0.1", "host name or address");
        add(REDIS, "func.redis.port", PropertyType.port(1), "6379", "port");
        add(REDIS, "func.redis.database", PropertyType.number(0, 1_000_000), "5", "number of the database");
        optional(REDIS, "func.redis.username", PropertyType.text(), "ACL user; none for the default user");
        secret(REDIS, "func.redis.password", PropertyType.text(), "password");
        add(REDIS, "func.redis.tls", PropertyType.flag(), "false", "whether to connect by TLS");

        add(MYSQL, "func.mysql.host", PropertyType.host(), "127.0.0.1", "host name or address");
        add(MYSQL, "func.mysql.port", PropertyType.port(1), "3306", "port");
        add(MYSQL, "func.mysql.database", PropertyType.text(), "dataflux_func", "name of the Func database");
        add(MYSQL, "func.mysql.username", PropertyType.text(), "root", "user; SELECT on the Func database is enough");
        secret(MYSQL, "func.mysql.password", PropertyType.text(), "password");
        add(MYSQL, "func.mysql.tls", PropertyType.flag(), "false", "whether to connect by TLS");
    }

    private void target() {
        put(
                new Property(
                        TARGET,
                        "target.url",
                        PropertyType.targetUrl(),
                        null,
                        true,
                        true,
                        "base URL of the receiver, such as http://127.0.0.1:9529; its path and query are joined with those below"));
        path("target.metric-path", "/v1/write/metric", "where metrics go; empty: they are not sent");
        path("target.logging-path", "/v1/write/logging", "where task records go; empty: they are not sent");
        secret(TARGET, "target.authorization", PropertyType.header(), "the Authorization header, such as Token …");
        add(TARGET, "target.gzip", PropertyType.flag(), "true", "whether bodies are compressed");
        add(TARGET, "target.connect-timeout", PropertyType.duration(), "5s", "longest wait for a connection");
        add(TARGET, "target.timeout", PropertyType.duration(), "30s", "longest wait for an answer");

        add(DELIVERY, "batch.max-bytes", PropertyType.size(KIB, GIB), "1MiB", "largest body before compression");
        add(DELIVERY, "batch.max-lines", PropertyType.number(1, 10_000_000), "10000", "most lines in a body");
        add(DELIVERY, "batch.max-delay", PropertyType.duration(), "1s", "longest wait for a body to fill");
        add(DELIVERY, "retry.delay", PropertyType.duration(), "1s", "first wait after a failure; grows exponentially");
        add(DELIVERY, "retry.max-delay", PropertyType.duration(), "60s", "longest wait after a failure");
        add(
                DELIVERY,
                "retry.bisect-requests",
                PropertyType.number(0, 1_000_000),
                "1000",
                "most requests spent on halving one rejected batch");
    }

    private void storage() {
        add(DATA, "data.directory", PropertyType.text(), "data", "holds the spool, dead letters and cursors");
        add(DATA, "spool.max-size", PropertyType.size(KIB, ANY_SIZE), "2GiB", "largest spool, for each category");
        add(
                DATA,
                "dead-letter.max-size",
                PropertyType.size(KIB, ANY_SIZE),
                "1GiB",
                "most that is kept of dead letters, for each category");
    }

    private void measurements(Collection<String> furtherRouteIds) {
        Set<String> ids = new LinkedHashSet<>(PERIODS.keySet());
        ids.addAll(furtherRouteIds);
        for (String id : ids) {
            String prefix = "measurement." + id;
            add(MEASUREMENTS, prefix + ".enabled", PropertyType.flag(), "true", "whether " + id + " is reported");
            add(
                    MEASUREMENTS,
                    prefix + ".period",
                    PropertyType.duration(),
                    PERIODS.getOrDefault(id, PERIOD_ELSEWHERE),
                    "how often " + id + " is read");
        }
        add(
                MEASUREMENTS,
                "measurement.cache-db-key.max-prefixes",
                PropertyType.number(1, 100_000),
                "200",
                "most key prefixes reported; the rest is summed under OTHER");
        add(
                MEASUREMENTS,
                "measurement.cache-db-key.scan-count",
                PropertyType.number(1, 100_000),
                "500",
                "keys asked for per SCAN");
        add(
                MEASUREMENTS,
                "measurement.cache-db-key.scan-pause",
                PropertyType.durationOrZero(),
                "5ms",
                "rest after each SCAN");

        add(
                RECORDS,
                "records.start",
                PropertyType.start(),
                "now",
                "where a tail without a cursor begins: now, beginning, or a seq (the rows after it)");
        add(RECORDS, "records.page-size", PropertyType.number(1, 1_000_000), "5000", "most rows read at once");
        add(RECORDS, "records.page-bytes", PropertyType.size(KIB, GIB), "16MiB", "most bytes read at once");
        add(
                RECORDS,
                "records.late-window",
                PropertyType.durationOrZero(),
                "60s",
                "how long a gap in seq is looked at again for rows that become visible late");
        add(
                RECORDS,
                "log.split-bytes",
                PropertyType.size(1000, 32 * MIB),
                "100000",
                "a longer message becomes several points");
    }

    private void observation() {
        optional(
                TLS,
                "tls.ca-file",
                PropertyType.text(),
                "PEM file with the authorities trusted for MySQL, Redis and the target; the JVM's unless given");
        add(OBSERVE, "observe.host", PropertyType.host(), "127.0.0.1", "address that health and metrics listen on");
        add(OBSERVE, "observe.port", PropertyType.port(0), "9876", "port of health and metrics; 0 for any free one");
    }

    private void add(String group, String key, PropertyType<?> type, String fallback, String description) {
        put(new Property(group, key, type, fallback, false, false, description));
    }

    private void optional(String group, String key, PropertyType<?> type, String description) {
        put(new Property(group, key, type, null, false, false, description));
    }

    private void secret(String group, String key, PropertyType<?> type, String description) {
        put(new Property(group, key, type, null, false, true, description));
    }

    // A path may carry a token in its query.
    private void path(String key, String fallback, String description) {
        put(new Property(TARGET, key, PropertyType.targetPath(), fallback, false, true, description));
    }

    private void put(Property property) {
        properties.put(property.key(), property);
    }

    private static Map<String, String> periods() {
        Map<String, String> periods = new LinkedHashMap<>();
        periods.put("worker-queue", "60s");
        periods.put("cache-db", "60s");
        periods.put("cache-db-key", "300s");
        periods.put("db-table", "60s");
        periods.put("func-call", "5s");
        periods.put("task-record", "5s");
        periods.put("task-record-func", "5s");
        periods.put("delay-queue", "300s");
        periods.put("entity", "300s");
        periods.put("cron-job", "300s");
        periods.put("service-info", "300s");
        return periods;
    }
}
