package io.funcobserver.bench;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.ZoneId;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

import io.funcobserver.demo.FuncSchema;
import io.funcobserver.func.TaskRows;
import io.funcobserver.lineprotocol.LineEncoder;
import io.funcobserver.lineprotocol.PointSchema;
import io.funcobserver.lineprotocol.Row;
import io.funcobserver.mysql.SqlRows;
import org.springframework.jdbc.core.RowMapper;

/**
 * What the product is compared with: one thread that reads pages by JDBC, encodes, packs by gzip level 1 and posts, with
 * nothing in between. It loses rows when anything goes wrong.
 *
 * <p>Arguments: JDBC URL, user, target URL, route id, page size, password. Each line of
 * standard input is one run over the whole table.
 */
final class Floor {
    private static final int BATCH_BYTES = 1 << 20;
    private static final int BATCH_LINES = 10_000;

    private final Connection connection;
    private final URI target;
    private final int pageSize;
    private final String sql;
    private final LineEncoder encoder;
    private final TaskRows taskRows = new TaskRows(ZoneId.systemDefault());

    private ByteArrayOutputStream packed;
    private OutputStream gzip;
    private long lines;
    private long bytes;

    private Floor(Connection connection, String target, String route, int pageSize) throws IOException {
        this.connection = connection;
        this.pageSize = pageSize;
        boolean call = route.equals("func-call");
        this.target = URI.create(target + (call ? "/v1/write/metric" : "/v1/write/logging"));
        this.sql = new String(
                        Floor.class
                                .getResourceAsStream("/routes/measurements/" + route + ".sql")
                                .readAllBytes(),
                        StandardCharsets.UTF_8)
                .replaceAll("--.*", "")
                .replace(FuncSchema.TASK_RECORD_FUNC, "filled")
                .replaceAll(":#\\w+", "?");
        this.encoder = new LineEncoder(call ? call() : record(), reason -> {});
    }

    private static PointSchema call() {
        return new PointSchema(
                "DFF_func_call",
                List.of(
                        "script_set_id",
                        "script_id",
                        "func_id",
                        "origin",
                        "origin_id",
                        "queue",
                        "task_status",
                        "status"),
                List.of("wait_cost", "run_cost", "total_cost"),
                "trigger_time_ms",
                "seq",
                "id",
                null,
                100_000,
                List.of(),
                Map.of());
    }

    private static PointSchema record() {
        return new PointSchema(
                "DFF_task_record_func",
                List.of(
                        "id",
                        "name",
                        "task_status",
                        "status",
                        "queue",
                        "root_task_id",
                        "script_set_id",
                        "script_id",
                        "func_id",
                        "origin",
                        "origin_id",
                        "workspace_uuid",
                        "df_monitor_id",
                        "df_monitor_checker_id"),
                List.of(),
                "trigger_time_ms",
                "seq",
                "id",
                "message",
                100_000,
                List.of("func_call_kwargs", "return_value", "call_chain", "exception", "traceback"),
                Map.of());
    }

    public static void main(String[] arguments) throws Exception {
        try (Connection connection = DriverManager.getConnection(arguments[0], arguments[1], arguments[5]);
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            Floor floor = new Floor(connection, arguments[2], arguments[3], Integer.parseInt(arguments[4]));
            while (in.readLine() != null) {
                floor.run();
            }
        }
    }

    /** The rows of a result, as the product's own reader gives them. */
    private static final class Rows implements Iterator<Row> {
        private final ResultSet result;
        private final RowMapper<?> mapper = new SqlRows().newColumnRowMapper();
        private final int seq;
        private int read;
        private long last;

        Rows(ResultSet result) throws SQLException {
            this.result = result;
            this.seq = result.findColumn("seq");
        }

        @Override
        public boolean hasNext() {
            try {
                return result.next();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public Row next() {
            try {
                last = result.getLong(seq);
                return (Row) mapper.mapRow(result, read++);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private void run() throws SQLException, IOException {
        long after = 0;
        int read;
        do {
            read = 0;
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setLong(1, after);
                statement.setLong(2, Long.MAX_VALUE);
                statement.setInt(3, pageSize);
                try (ResultSet result = statement.executeQuery()) {
                    encoder.beginPage();
                    Rows rows = new Rows(result);
                    taskRows.apply(rows).forEachRemaining(row -> encoder.encode(row, 0, this::add));
                    read = rows.read;
                    after = rows.last;
                }
            }
        } while (read == pageSize);
        post();
    }

    private void add(byte[] line, int offset, int length) {
        try {
            if (lines == BATCH_LINES || bytes + length > BATCH_BYTES) {
                post();
            }
            if (gzip == null) {
                packed = new ByteArrayOutputStream(64 * 1024);
                gzip = new java.io.BufferedOutputStream(
                        new GZIPOutputStream(packed, 8 * 1024) {
                            {
                                def.setLevel(Deflater.BEST_SPEED);
                            }
                        },
                        32 * 1024);
            }
            gzip.write(line, offset, length);
            lines++;
            bytes += length;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void post() throws IOException {
        if (gzip == null) {
            return;
        }
        gzip.close();
        gzip = null;
        lines = 0;
        bytes = 0;
        HttpURLConnection post = (HttpURLConnection) target.toURL().openConnection();
        post.setRequestMethod("POST");
        post.setDoOutput(true);
        post.setFixedLengthStreamingMode(packed.size());
        post.setRequestProperty("Content-Encoding", "gzip");
        post.setRequestProperty("Content-Type", "text/plain; charset=utf-8");
        try (OutputStream out = post.getOutputStream()) {
            packed.writeTo(out);
        }
        if (post.getResponseCode() != 200) {
            throw new IOException("answered " + post.getResponseCode());
        }
        post.getInputStream().close();
    }
}
