package io.funcobserver.faults;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

import io.funcobserver.demo.Answer;
import io.funcobserver.demo.FuncDatabase;
import io.funcobserver.demo.FuncSchema;
import io.funcobserver.demo.Line;
import io.funcobserver.demo.LineParser;
import io.funcobserver.demo.Receiver;
import io.funcobserver.demo.Request;
import io.funcobserver.testing.ProductProcess;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestInstallation;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Whatever texts the columns hold, in whatever character set, arrive exactly, or the loss is counted; judged by a parser that
 * knows nothing of the product. What becomes of numbers and times is MeasurementsTest's.
 */
@Slow
class InputFuzzTest {
    private static final String CALLS = FuncSchema.TASK_RECORD_FUNC;
    private static final int ROWS = 200;
    private static final int MOST_TAG_BYTES = 1024;

    /** Columns that go out as text fields, by their names on the wire. */
    private static final Map<String, String> TEXTS = Map.of(
            "funcCallKwargsJSON", "func_call_kwargs",
            "returnValueJSON", "return_value",
            "callChainJSON", "call_chain",
            "exceptionType", "exception_type",
            "exceptionTEXT", "exception",
            "tracebackTEXT", "traceback");

    private static final Map<String, String> TAGS = Map.of(
            "scriptSetId", "script_set_id",
            "scriptId", "script_id",
            "funcId", "func_id",
            "origin", "origin",
            "originId", "origin_id",
            "rootTaskId", "root_task_id",
            "status", "task_status");

    @AutoClose
    private final TestInstallation site = TestInstallation.open().only("task-record-func");

    private final FuncDatabase func = site.database;
    private final Receiver target = site.receiver;

    @Test
    void whateverTheColumnsHoldArrivesExactlyOrIsCounted() throws Exception {
        long seed = System.nanoTime();
        // Wide enough for what is above the receivers' limits; some in the character sets that older servers have.
        func.execute(
                "ALTER TABLE " + CALLS + " MODIFY originId TEXT NULL, MODIFY scriptId TEXT CHARACTER SET utf8mb3 NULL,"
                        + " MODIFY funcId TEXT CHARACTER SET latin1 NULL, MODIFY exceptionTEXT LONGBLOB NULL,"
                        + " MODIFY callChainJSON LONGTEXT CHARACTER SET utf16 NULL, DROP KEY ORIGIN_ID");
        int refused = insertRandomRows(new Random(seed));
        site.start();
        Map<String, Expected> expected = expected();
        assertThat(expected).as("rows that the server took, of %s", ROWS).hasSizeGreaterThan(ROWS / 2);
        assertThat(refused).isLessThan(ROWS);
        Map<String, Line> points = new HashMap<>();
        await().untilAsserted(() -> {
            points.clear();
            points().forEach(point -> points.merge(point.tags().get("id"), point, InputFuzzTest::joined));
            assertThat(points).hasSameSizeAs(expected);
            assertThat(points.values()).allMatch(InputFuzzTest::isWhole);
        });

        expected.forEach((id, row) -> {
            Line point = points.get(id);
            assertThat(point.tags()).as("tags of %s, seed %s", id, seed).containsExactlyInAnyOrderEntriesOf(row.tags);
            Set<String> fields = new HashSet<>(point.fields().keySet());
            fields.removeAll(List.of("message_page_number", "message_page_count"));
            assertThat(fields).as("seed %s", seed).isEqualTo(row.fields.keySet());
            // One by one: the difference of two large texts is not readable.
            row.fields.forEach((name, value) -> assertThat(point.fields().get(name))
                    .as("%s of %s, seed %s", name, id, seed)
                    .isEqualTo(value));
        });
        assertThat(site.metric("values_dropped_total", "measurement=\"task-record-func\"", "reason=\"cut\""))
                .as("seed %s", seed)
                .isEqualTo(expected.values().stream().mapToLong(row -> row.cuts).sum());
        assertThat(site.metric("dead_letter_lines_total")).isZero();
    }

    @Test
    void aTextOf100MegabytesArrivesWholeWithinABoundedHeap() throws Exception {
        // Its pages are looked at one by one: all at once would take more memory than the product has.
        long[] received = new long[2];
        target.answerWith(request -> Answer.usual());
        target.onLine(line -> {
            synchronized (received) {
                received[0] += ((String) line.field("message")).length();
                received[1]++;
            }
        });
        site.set("batch.max-bytes", "4MiB");
        func.execute(
                "INSERT INTO " + CALLS + " (id, triggerTimeMs, printLogsTEXT, exceptionTEXT) VALUES ('large',"
                        + " 1700000000000, REPEAT('0123456789', 10000000), REPEAT('x', 40000000)), ('small', 1700000000000, 'y', NULL)");
        try (ProductProcess process = site.command(ProductProcess.Launch.plain().with("-Xmx768m"), "run")) {
            await().untilAsserted(() -> assertThat(received[1]).isEqualTo(1001));
            assertThat(received[0]).isEqualTo(100_000_001);
            assertThat(site.metric("values_dropped_total", "reason=\"cut\"")).isEqualTo(1);
            assertThat(process.stop().exitCode()).isZero();
        }
    }

    private static final class Expected {
        private final Map<String, String> tags = new TreeMap<>();
        private final Map<String, Object> fields = new TreeMap<>();
        private int cuts;
    }

    private int insertRandomRows(Random random) throws SQLException {
        int refused = 0;
        try (Connection connection = func.connect()) {
            try (Statement statement = connection.createStatement()) {
                // As an old server does: what does not fit is changed, not refused.
                statement.execute("SET SESSION sql_mode = ''");
            }
            for (int i = 0; i < ROWS; i++) {
                Map<String, Object> row = new HashMap<>();
                row.put("id", "row-" + i);
                for (String column : TAGS.keySet()) {
                    row.put(column, maybeNull(random, column, bytes(random, random.nextInt(4) == 0 ? 2000 : 60)));
                }
                for (String column : TEXTS.keySet()) {
                    row.put(column, maybeNull(random, column, bytes(random, random.nextInt(8) == 0 ? 40_000 : 200)));
                }
                row.put("printLogsTEXT", maybeNull(random, "", bytes(random, 300)));
                try {
                    func.insert(connection, CALLS, row);
                } catch (SQLException e) {
                    refused++;
                }
            }
        }
        return refused;
    }

    private static Object maybeNull(Random random, String column, Object value) {
        boolean required = column.equals("status") || column.equals("rootTaskId");
        return !required && random.nextInt(6) == 0 ? null : value;
    }

    /** Bytes of every sort: text of any script, control characters, what line protocol means something by, and no text. */
    private static byte[] bytes(Random random, int most) {
        var out = new java.io.ByteArrayOutputStream();
        int pieces = random.nextInt(most);
        boolean wild = random.nextInt(5) == 0;
        for (int i = 0; i < pieces; i++) {
            byte[] piece =
                    switch (random.nextInt(wild ? 9 : 7)) {
                        case 0 -> Character.toString(random.nextInt(0x80)).getBytes(StandardCharsets.UTF_8);
                        case 1 ->
                            ",= \\\"'\n\r\t\0#/{}[]:"
                                    .substring(random.nextInt(17), 17)
                                    .getBytes(StandardCharsets.UTF_8);
                        case 2 -> "\\".getBytes(StandardCharsets.UTF_8);
                        case 3 ->
                            Character.toString(0x80 + random.nextInt(0xD800 - 0x80))
                                    .getBytes(StandardCharsets.UTF_8);
                        case 4 ->
                            Character.toString(0x10000 + random.nextInt(0x100000))
                                    .getBytes(StandardCharsets.UTF_8);
                        case 5 ->
                            Character.toString(0xE000 + random.nextInt(0x2000)).getBytes(StandardCharsets.UTF_8);
                        case 6 -> "word".getBytes(StandardCharsets.UTF_8);
                        // A lone surrogate, as CESU-8 has it; any byte.
                        case 7 ->
                            new byte[] {
                                (byte) 0xED, (byte) (0xA0 + random.nextInt(0x20)), (byte) (0x80 + random.nextInt(0x40))
                            };
                        default -> new byte[] {(byte) random.nextInt(256)};
                    };
            out.write(piece, 0, piece.length);
        }
        return out.toByteArray();
    }

    /** What must arrive, worked out from what the server gives by an ordinary query. */
    private Map<String, Expected> expected() throws SQLException {
        Map<String, Expected> all = new HashMap<>();
        try (Connection connection = func.connect();
                PreparedStatement query = connection.prepareStatement("SELECT * FROM " + CALLS);
                ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                all.put(rows.getString("id"), expected(rows));
            }
        }
        return all;
    }

    private static Expected expected(ResultSet row) throws SQLException {
        Expected expected = new Expected();
        expected.tags.put("id", row.getString("id"));
        expected.tags.put("name", "Func.Runner");
        for (Map.Entry<String, String> tag : TAGS.entrySet()) {
            tag(expected, tag.getValue(), text(row, tag.getKey()));
        }
        String status = text(row, "status");
        tag(expected, "status", status == null || status.isEmpty() ? null : derived(status));
        for (Map.Entry<String, String> field : TEXTS.entrySet()) {
            String text = text(row, field.getKey());
            if (text != null && !text.isEmpty()) {
                expected.fields.put(field.getValue(), text);
            }
        }
        String log = text(row, "printLogsTEXT");
        String traceback = text(row, "tracebackTEXT");
        String message = log == null ? "" : log;
        if (traceback != null && !traceback.isEmpty()) {
            message += (message.isEmpty() || message.endsWith("\n") ? "" : "\n") + "[Traceback]\n" + traceback;
        }
        expected.fields.put("message", message);
        return expected;
    }

    private static String derived(String status) {
        return switch (status) {
            case "success" -> "ok";
            case "failure" -> "critical";
            case "timeout" -> "error";
            case "skip", "expire" -> "warning";
            default -> "info";
        };
    }

    /** The rule for tag values of measurements.md: control characters, the limit, backslashes. */
    private static void tag(Expected expected, String name, String value) {
        if (value == null) {
            return;
        }
        StringBuilder clean = new StringBuilder();
        int bytes = 0;
        int[] characters =
                value.codePoints().map(c -> c < ' ' || c == 0x7F ? ' ' : c).toArray();
        for (int c : characters) {
            bytes += Character.toString(c).getBytes(StandardCharsets.UTF_8).length;
            if (bytes > MOST_TAG_BYTES) {
                expected.cuts++;
                break;
            }
            clean.appendCodePoint(c);
        }
        String tag = clean.toString().replaceAll("\\\\+(?=[,= ])", "").replaceAll("\\\\+$", "");
        if (!tag.isEmpty()) {
            expected.tags.put(name, tag);
        }
    }

    /** Malformed pieces stand as U+FFFD, as the JDK reads them. */
    private static String text(ResultSet row, String column) throws SQLException {
        byte[] bytes = row.getBytes(column);
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    /** A record from two of its pages; the number of pages that it has by now stands where the page's number did. */
    private static Line joined(Line first, Line next) {
        long pages = (long) first.fields().get("message_page_number") + 1;
        assertThat(next.tags()).isEqualTo(first.tags());
        assertThat(next.fields()).containsEntry("message_page_number", pages);
        assertThat(next.fields()).doesNotContainKeys("func_call_kwargs", "return_value", "exception", "traceback");
        assertThat(next.timestamp()).isEqualTo(first.timestamp() + pages - 1);
        Map<String, Object> fields = new HashMap<>(first.fields());
        fields.put("message", (String) fields.get("message") + next.fields().get("message"));
        fields.put("message_page_number", pages);
        return new Line(first.measurement(), first.tags(), fields, first.timestamp(), first.text());
    }

    private static boolean isWhole(Line point) {
        return java.util.Objects.equals(
                point.fields().get("message_page_number"), point.fields().get("message_page_count"));
    }

    private List<Line> points() throws IOException {
        List<Line> points = new ArrayList<>();
        for (Request request : target.requests()) {
            assertThat(request.status()).isEqualTo(200);
            try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(request.body()))) {
                points.addAll(LineParser.parseStrictly(in.readAllBytes()));
            }
        }
        return points;
    }
}
