package io.funcobserver.mysql;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariDataSource;
import io.funcobserver.cluster.Leadership;
import io.funcobserver.cluster.Leadership.Term;
import io.funcobserver.config.Settings;
import io.funcobserver.demo.FuncDatabase;
import io.funcobserver.demo.FuncSchema;
import io.funcobserver.demo.Servers;
import io.funcobserver.lineprotocol.Row;
import io.funcobserver.mysql.TailSettings.Start;
import io.funcobserver.observe.Metrics;
import io.funcobserver.spool.PageAcknowledger;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestSettings;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.component.sql.ResultSetIterator;
import org.apache.camel.component.sql.SqlConstants;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mariadb.jdbc.export.MaxAllowedPacketException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** The tail alone, page by page, on a real table; the clock is the test's. */
@Slow
class TailTest {
    private static final String TABLE = FuncSchema.TASK_RECORD;
    private static final String QUERY =
            "SELECT * FROM " + TABLE + " WHERE seq > :#after AND seq <= :#upTo ORDER BY seq LIMIT :#limit";
    private static final Duration WINDOW = Duration.ofSeconds(60);

    @TempDir
    Path cursors;

    private FuncDatabase database;
    private HikariDataSource mysql;
    private CamelContext camel;
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private long now = 1;
    private Start start = new Start.Beginning();
    private int pageSize = 5000;
    private long pageBytes = 16 << 20;
    private Term term = Leadership.ALONE.term();
    private Tail tail;

    @BeforeEach
    void open() throws Exception {
        database = Servers.newDatabase(FuncSchema.V6);
        Files.writeString(cursors.resolve("page.sql"), QUERY);
        connect(64 << 20);
        camel = new DefaultCamelContext();
    }

    @AfterEach
    void close() throws Exception {
        camel.stop();
        mysql.close();
        database.close();
    }

    @Test
    void readsEveryRowOnceAndInOrder() throws Exception {
        insert(1, 2, 3);
        assertThat(poll()).containsExactly("1", "2", "3");
        insert(4);
        assertThat(poll()).containsExactly("4");
        assertThat(poll()).isEmpty();
    }

    @Test
    void goesOnWhereItStoodAfterARestart() throws Exception {
        insert(1, 2);
        assertThat(poll()).containsExactly("1", "2");
        insert(3);
        tail = null;
        assertThat(poll()).containsExactly("3");
    }

    @Test
    void beginsWithWhatComesFromNowOn() throws Exception {
        start = new Start.Now();
        insert(1, 2);
        assertThat(poll()).isEmpty();
        insert(3);
        assertThat(poll()).containsExactly("3");
    }

    @Test
    void beginsAfterAGivenNumber() throws Exception {
        start = new Start.After(2);
        insert(1, 2, 3);
        assertThat(poll()).containsExactly("3");
    }

    @Test
    void readsEveryRowOfATableThatAppearsLater() throws Exception {
        start = new Start.Now();
        database.execute("RENAME TABLE " + TABLE + " TO elsewhere");
        assertThatThrownBy(this::poll).hasMessageContaining(TABLE).hasMessageContaining("does not exist");
        database.execute("RENAME TABLE elsewhere TO " + TABLE);
        insert(1);
        assertThat(poll()).containsExactly("1");
    }

    @Test
    void deliversARowThatBecomesVisibleAfterAHigherOne() throws Exception {
        insert(1, 2, 5);
        assertThat(poll()).containsExactly("1", "2", "5");
        insert(4);
        advance(Duration.ofSeconds(10));
        assertThat(poll()).containsExactly("4");
        insert(3, 6);
        advance(Duration.ofSeconds(10));
        assertThat(poll()).containsExactly("3", "6");
        assertThat(missedAfterTheWindow()).isZero();
    }

    @Test
    void remembersTheGapsOverARestart() throws Exception {
        insert(1, 3);
        assertThat(poll()).containsExactly("1", "3");
        tail = null;
        insert(2);
        assertThat(poll()).containsExactly("2");
    }

    @Test
    void countsWhatWasTrimmedBeforeItCouldBeReadWhenTheWindowIsOver() throws Exception {
        insert(10, 11, 15, 20);
        assertThat(poll()).containsExactly("10", "11", "15", "20");
        assertThat(missed()).isZero();
        assertThat(missedAfterTheWindow()).isEqualTo(3 + 4);
        assertThat(missedAfterTheWindow()).isEqualTo(3 + 4);
    }

    @Test
    void doesNotCountWhatAnEmptyTableHadBeforeTheFirstLook() throws Exception {
        database.execute("ALTER TABLE " + TABLE + " AUTO_INCREMENT = 5000");
        assertThat(poll()).isEmpty();
        insert(5001);
        assertThat(poll()).containsExactly("5001");
        assertThat(missedAfterTheWindow()).isEqualTo(1);
    }

    @Test
    void doesNotCountALateRowAsMissedHoweverLateItIs() throws Exception {
        insert(1, 4);
        poll();
        insert(2);
        advance(WINDOW.plusSeconds(1));
        assertThat(poll()).containsExactly("2");
        assertThat(missed()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5})
    void readsATruncatedTableFromItsBeginningWhetherItHasFewerRowsThanBeforeOrMore(int rows) throws Exception {
        insert(1, 2, 3);
        poll();
        database.execute("TRUNCATE TABLE " + TABLE);
        insertTo(rows);
        assertThat(poll()).hasSize(rows).startsWith("1");
        insert(6);
        assertThat(poll()).containsExactly("6");
    }

    @Test
    void readsATruncatedTableFromItsBeginningWhenTheRowOfTheCursorIsTrimmedAlready() throws Exception {
        insert(1, 2, 3);
        poll();
        awaitTheNextSecond();
        database.execute("TRUNCATE TABLE " + TABLE);
        insert(1, 2, 3, 4, 5);
        database.execute("DELETE FROM " + TABLE + " WHERE seq = 3");
        assertThat(poll()).contains("1", "2", "4", "5");
    }

    @Test
    void readsATableThatWasDroppedAndCreatedFromItsBeginning() throws Exception {
        insert(1, 2, 3);
        poll();
        database.execute("CREATE TABLE other LIKE " + TABLE, "DROP TABLE " + TABLE, "RENAME TABLE other TO " + TABLE);
        insert(1, 2, 3, 4);
        assertThat(poll()).containsExactly("1", "2", "3", "4");
    }

    @Test
    void doesNotReadAgainWhenTheNewestRowsAreTrimmed() throws Exception {
        insert(1, 2, 3);
        poll();
        database.execute("DELETE FROM " + TABLE + " WHERE seq > 1");
        assertThat(poll()).isEmpty();
        insert(4);
        assertThat(poll()).containsExactly("4");
    }

    @Test
    void doesNotReadAgainWhenOnlyOldRowsOfARareOriginAreLeft() throws Exception {
        insertTo(300);
        assertThat(poll()).hasSize(300);
        database.execute("DELETE FROM " + TABLE + " WHERE seq > 5");
        tail = null;
        insert(301);
        assertThat(poll()).containsExactly("301");
        assertThat(missedAfterTheWindow()).isZero();
    }

    @Test
    void doesNotReadAgainWhenTheOldRowsAreLeftThatItFoundAtTheStart() throws Exception {
        start = new Start.Now();
        insertTo(300);
        assertThat(poll()).isEmpty();
        insert(301);
        assertThat(poll()).containsExactly("301");
        database.execute("DELETE FROM " + TABLE + " WHERE seq > 5");
        tail = null;
        insert(302);
        assertThat(poll()).containsExactly("302");
    }

    @Test
    void doesNotReadAgainWhenTheTableIsAltered() throws Exception {
        insert(1, 2, 3);
        poll();
        database.execute("ALTER TABLE " + TABLE + " ADD COLUMN more INT, FORCE");
        insert(4);
        assertThat(poll()).containsExactly("4");
    }

    @Test
    void readsATableWithoutAnIdentityColumn() throws Exception {
        database.execute("ALTER TABLE " + TABLE + " CHANGE id other VARCHAR(64)");
        database.execute("INSERT INTO " + TABLE + " (seq, other, name, kwargsJSON, triggerTimeMs, queue, status)"
                + " VALUES (1, 'a', 'n', '{}', 1, 1, 'success')");
        assertThat(poll()).containsExactly("1");
    }

    @Test
    void readsNumbersBeyondTheSignedOnes() throws Exception {
        start = new Start.After(Long.parseUnsignedLong("18446744073709551600"));
        insert("18446744073709551610", "18446744073709551612");
        assertThat(poll()).containsExactly("18446744073709551610", "18446744073709551612");
        assertThat(missedAfterTheWindow()).isEqualTo(9 + 1);
    }

    @Test
    void endsAPageByRowsAndGoesOnAtOnce() throws Exception {
        pageSize = 10;
        insertTo(250);
        assertThat(poll()).hasSize(250).doesNotHaveDuplicates();
    }

    @Test
    void endsAPageByBytesAndLosesNoRow() throws Exception {
        pageBytes = 1 << 20;
        insertTo(30);
        database.execute("UPDATE " + TABLE + " SET tracebackTEXT = REPEAT('x', 300000)");
        assertThat(poll()).hasSize(30).doesNotHaveDuplicates();
    }

    @Test
    void asksForWholeBatches() throws Exception {
        pageSize = 100;
        insertTo(250);
        assertThat(pageOfBatches(40)).isEqualTo(100);
        assertThat(pageOfBatches(40)).isEqualTo(77);
        assertThat(pageOfBatches(40)).isEqualTo(73);
    }

    /** @return how many rows the page had, whose batches are of so many rows */
    private long pageOfBatches(int rowsOfBatch) throws Exception {
        Exchange exchange = new DefaultExchange(camel);
        tail().nextPage(exchange);
        Iterator<Row> rows = read(exchange);
        long read = 0;
        while (rows.hasNext()) {
            rows.next();
            read++;
            if (read % rowsOfBatch == 0 || !rows.hasNext()) {
                exchange.getVariable(PageAcknowledger.VARIABLE, PageAcknowledger.class)
                        .acknowledge(read);
            }
        }
        tail().closePage(exchange);
        return read;
    }

    @Test
    void readsAgainWhatWasNotConfirmed() throws Exception {
        insert(1, 2, 3);
        Exchange exchange = new DefaultExchange(camel);
        tail().nextPage(exchange);
        Iterator<Row> rows = read(exchange);
        rows.next();
        rows.next();
        exchange.getVariable(PageAcknowledger.VARIABLE, PageAcknowledger.class).acknowledge(1);
        // The second row's lines never reached the disk.
        assertThat(poll()).containsExactly("2", "3");
    }

    @Test
    @DisplayName("A1: skips nothing and sends nothing again while the first cursor cannot be written")
    void skipsNothingAndSendsNothingAgainWhileTheFirstCursorCannotBeWritten() throws Exception {
        start = new Start.Now();
        insert(1, 2, 3);
        Path obstacle = Files.createDirectory(cursors.resolve("test.json.part"));
        assertThatThrownBy(this::poll).isInstanceOf(IOException.class);
        insert(4, 5);
        assertThatThrownBy(this::poll).isInstanceOf(IOException.class);
        Files.delete(obstacle);
        assertThat(poll()).containsExactly("4", "5");
        assertThat(poll()).isEmpty();
    }

    @Test
    @DisplayName("A1: reads nothing again while the cursor cannot be written")
    void readsNothingAgainWhileTheCursorCannotBeWritten() throws Exception {
        insert(1);
        assertThat(poll()).containsExactly("1");
        Path obstacle = Files.createDirectory(cursors.resolve("test.json.part"));
        insert(2, 3);
        assertThatThrownBy(this::poll).isInstanceOf(IOException.class);
        insert(4);
        assertThatThrownBy(this::poll).isInstanceOf(IOException.class);
        Files.delete(obstacle);
        // The lines of 2 and 3 were safe.
        assertThat(poll()).containsExactly("4");
        tail = null;
        assertThat(poll()).isEmpty();
    }

    @Test
    @DisplayName("D2: passes over a negative number")
    void passesOverANegativeNumber() throws Exception {
        database.execute("ALTER TABLE " + TABLE + " MODIFY seq BIGINT NOT NULL AUTO_INCREMENT");
        insert(-5, 1, 2);
        assertThat(poll()).containsExactly("1", "2");
        insert(-4, 3);
        assertThat(poll()).containsExactly("3");
    }

    @Test
    void readsRowsWithoutAnIdentity() throws Exception {
        database.execute("ALTER TABLE " + TABLE + " DROP KEY ID, MODIFY id VARCHAR(64) NULL");
        database.execute("INSERT INTO " + TABLE + " (seq, id, name) VALUES (1, NULL, 'a'), (2, NULL, 'b')");
        assertThat(poll()).containsExactly("1", "2");
        assertThat(poll()).isEmpty();
    }

    @Test
    @DisplayName("A2: reads a row that does not fit into memory with its texts cut")
    void readsARowThatDoesNotFitIntoMemoryWithItsTextsCut() throws Exception {
        mysql.close();
        connect(4 << 20);
        insertTo(6);
        database.execute("UPDATE " + TABLE
                + " SET tracebackTEXT = REPEAT('x', 20000000), exceptionTEXT = 'short' WHERE seq IN (1, 4)");
        assertThat(pollPatiently()).containsExactly("1", "2", "3", "4", "5", "6");
        assertThat(meters.find("func_observer_values_dropped")
                        .tag("reason", "cut")
                        .counter()
                        .count())
                .isEqualTo(2);
        assertThat(missed()).isZero();
    }

    /** Where a row cannot be read, the next poll comes, as in the product. */
    private List<String> pollPatiently() throws Exception {
        List<String> numbers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            try {
                numbers.addAll(poll());
            } catch (Exception e) {
                assertThat(e).hasRootCauseInstanceOf(MaxAllowedPacketException.class);
            }
        }
        return numbers;
    }

    /** @param largestRow what one row may take on its way here, in bytes */
    private void connect(long largestRow) {
        mysql = FuncMySql.pool(
                Settings.of(TestSettings.of(database, Servers.newRedisDatabase(), "http://127.0.0.1:1", cursors)),
                Duration.ofSeconds(5),
                Duration.ofSeconds(60),
                largestRow);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "{\"seq\":\"many\"}",
                "{\"seq\":\"-1\"}",
                "{\"seq\":\"5\",\"gaps\":[[\"1\"]]}",
                "{\"seq\":\"5\",\"gaps\":[[\"a\",\"b\"]]}",
                "{\"seq\":\"5\",\"gaps\":[[\"3\",\"2\"]]}",
                "{\"seq\":\"5\",\"gaps\":[null]}",
                "{\"seq\":\"5\",\"sample\":{\"1) OR (1=1\":\"00\"}}",
                "{\"seq\":\"5\",\"buffer\":{\"head\":\"no hash\"}}"
            })
    @DisplayName("C4: refuses a cursor that is none, and says so")
    void refusesACursorThatIsNone(String cursor) throws Exception {
        Files.writeString(cursors.resolve("test.json"), cursor);
        insert(6);
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(this::poll)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("test.json")
                    .hasMessageContaining("remove it");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"x1", "12.5", "1e3", " "})
    void saysThatTheTrackingColumnHoldsNoNumbers(String number) throws Exception {
        database.execute("ALTER TABLE " + TABLE + " MODIFY seq VARCHAR(64) NOT NULL");
        database.execute("INSERT INTO " + TABLE + " (seq, id) VALUES ('" + number + "', 'a')");
        assertThatThrownBy(this::poll)
                .hasMessageContaining("seq")
                .hasMessageContaining("whole numbers")
                .isNotInstanceOf(NumberFormatException.class);
    }

    @Test
    void readsNothingWhileAnotherReplicaLeads() throws Exception {
        insert(1);
        term = null;
        assertThat(poll()).isEmpty();
        assertThat(cursors.resolve("test.json")).doesNotExist();
    }

    @Test
    void theFirstLeaderBeginsWhereItIsTold() throws Exception {
        start = new Start.Now();
        term = new Term(1, false);
        insert(1);
        assertThat(poll()).isEmpty();
    }

    @Test
    void aSuccessorWithoutACursorSkipsNothing() throws Exception {
        start = new Start.Now();
        term = new Term(1, true);
        insert(1, 2);
        assertThat(poll()).containsExactly("1", "2");
    }

    @Test
    void loadsTheCursorWhenItsTermBegins() throws Exception {
        insert(1);
        poll();
        byte[] cursor = Files.readAllBytes(cursors.resolve("test.json"));
        insert(2, 3);
        assertThat(poll()).containsExactly("2", "3");
        Files.write(cursors.resolve("test.json"), cursor);
        assertThat(poll()).as("within a term, memory counts").isEmpty();
        term = new Term(1, true);
        assertThat(poll()).containsExactly("2", "3");
    }

    @Test
    void movesNoCursorWhenItsTermHasEnded() throws Exception {
        insert(1);
        poll();
        String before = Files.readString(cursors.resolve("test.json"));
        insert(2);
        Exchange page = new DefaultExchange(camel);
        tail().nextPage(page);
        Iterator<Row> rows = read(page);
        rows.next();
        term = null;
        PageAcknowledger acknowledger = page.getVariable(PageAcknowledger.VARIABLE, PageAcknowledger.class);
        assertThatThrownBy(() -> acknowledger.acknowledge(1)).hasMessageContaining("another replica");
        assertThat(cursors.resolve("test.json")).hasContent(before);
        term = new Term(2, true);
        assertThat(poll()).containsExactly("2");
    }

    @Test
    void doesNotMissWhatAnotherReplicaMayHaveRead() throws Exception {
        insert(1);
        poll();
        insert(10, 11);
        term = new Term(1, true);
        assertThat(poll()).containsExactly("10", "11");
        insert(5);
        assertThat(poll()).as("late, and not read yet").containsExactly("5");
        insert(20);
        assertThat(poll()).containsExactly("20");
        assertThat(missedAfterTheWindow()).as("of 2 to 9 none, of 12 to 19 all").isEqualTo(8);
    }

    @Test
    void readsATrackingColumnOfAnotherNumericType() throws Exception {
        database.execute("ALTER TABLE " + TABLE + " MODIFY seq DECIMAL(20) NOT NULL");
        insert(1, 2);
        assertThat(poll()).containsExactly("1", "2");
        database.execute("ALTER TABLE " + TABLE + " MODIFY seq VARCHAR(20) NOT NULL");
        insert(3);
        assertThat(poll()).containsExactly("3");
    }

    /** As where auto_increment_increment is not 1: each row has a gap before it. */
    @Test
    @DisplayName("C3: keeps no more gaps than it can afford")
    void keepsNoMoreGapsThanItCanAfford() throws Exception {
        database.execute("INSERT INTO " + TABLE + " (seq, id) SELECT seq * 2, seq FROM seq_1_to_30000");
        assertThat(poll()).hasSize(30_000);
        assertThat(new ObjectMapper()
                        .readTree(cursors.resolve("test.json").toFile())
                        .get("gaps"))
                .hasSizeLessThanOrEqualTo(10_000);
        insert(59_999);
        assertThat(poll()).containsExactly("59999");
        assertThat(missedAfterTheWindow()).isEqualTo(29_998);
    }

    @Test
    void readsATableThatBecomesAView() throws Exception {
        insert(1);
        assertThat(poll()).containsExactly("1");
        database.execute("RENAME TABLE " + TABLE + " TO elsewhere");
        database.execute("CREATE VIEW " + TABLE + " AS SELECT * FROM elsewhere");
        database.execute("INSERT INTO elsewhere (seq, id) VALUES (2, 'b')");
        assertThat(poll()).containsExactly("2");
        database.execute("DROP VIEW " + TABLE);
    }

    /** Reads and confirms everything that one poll gives; the numbers of its rows. */
    private List<String> poll() throws Exception {
        List<String> numbers = new ArrayList<>();
        boolean more = true;
        while (more) {
            Exchange exchange = new DefaultExchange(camel);
            exchange.setProperty(Exchange.SCHEDULER_POLLED_MESSAGES, false);
            tail().nextPage(exchange);
            if (exchange.getVariable(PageAcknowledger.VARIABLE) == null) {
                return numbers;
            }
            Iterator<Row> rows;
            try {
                rows = read(exchange);
            } catch (Exception e) {
                exchange.setException(e);
                exchange.getExchangeExtension().handoverCompletions().forEach(done -> done.onFailure(exchange));
                throw e;
            }
            while (rows.hasNext()) {
                Row row = rows.next();
                Object seq = row.value(row.columns().indexOf("seq"));
                numbers.add(seq instanceof byte[] text ? new String(text, StandardCharsets.UTF_8) : seq.toString());
            }
            tail().closePage(exchange);
            more = exchange.getProperty(Exchange.SCHEDULER_POLLED_MESSAGES, boolean.class);
        }
        return numbers;
    }

    private Iterator<Row> read(Exchange page) throws Exception {
        Connection connection = mysql.getConnection();
        String sql = page.getMessage().getHeader(SqlConstants.SQL_QUERY, QUERY, String.class);
        PreparedStatement query = connection.prepareStatement(sql.replaceAll(":[#?]\\w+", "?"));
        query.setFetchSize(1);
        query.setObject(1, page.getMessage().getHeader("after"));
        query.setObject(2, page.getMessage().getHeader("upTo"));
        query.setObject(3, page.getMessage().getHeader("limit"));
        return tail().openPage(new ResultSetIterator(
                connection, query, query.executeQuery(), new SqlRows().newColumnRowMapper()));
    }

    private Tail tail() {
        if (tail == null) {
            TailSettings settings = new TailSettings(
                    mysql,
                    name -> new CursorFile(cursors, name),
                    start,
                    new TailSettings.PageLimits(pageSize, pageBytes),
                    WINDOW,
                    new Metrics(meters),
                    () -> term,
                    null);
            // As the routes name it: Camel changes the parameters of what it reads from a file.
            String sql = "file:" + cursors.resolve("page.sql");
            tail = new Tail(new TailSource("test", TABLE, sql, "seq", "id", "", settings, () -> now));
        }
        return tail;
    }

    /** The creation time of a table has whole seconds only. */
    private void awaitTheNextSecond() {
        await().until(() -> database.number("SELECT NOW() > MAX(CREATE_TIME) FROM information_schema.TABLES"
                        + " WHERE TABLE_SCHEMA = DATABASE()")
                == 1);
    }

    private void advance(Duration time) {
        now += time.toNanos();
    }

    private double missedAfterTheWindow() throws Exception {
        advance(WINDOW);
        poll();
        return missed();
    }

    private double missed() {
        Counter counter = meters.find("func_observer_rows_missed").counter();
        return counter == null ? 0 : counter.count();
    }

    private void insertTo(int last) throws Exception {
        database.execute("INSERT INTO " + TABLE + " (seq, id, name, triggerTimeMs, queue, status)"
                + " WITH RECURSIVE numbers AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM numbers WHERE n < " + last
                + ") SELECT n, CONCAT('task-', n), 'name', 1, 1, 'success' FROM numbers");
    }

    private void insert(Object... numbers) throws Exception {
        for (Object number : numbers) {
            database.insert(TABLE, Map.of("seq", new BigInteger(number.toString())));
        }
    }
}
