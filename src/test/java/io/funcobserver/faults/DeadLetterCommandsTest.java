package io.funcobserver.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.funcobserver.demo.FuncSimulator;
import io.funcobserver.demo.Line;
import io.funcobserver.testing.Ledger;
import io.funcobserver.testing.ProductProcess;
import io.funcobserver.testing.Scrape;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestInstallation;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Dead letters as a user meets them: each command is a process of its own. */
@Slow
class DeadLetterCommandsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String JSON_ESCAPE = "\\u001b[2J\\u009b\\u202e";

    @AutoClose
    private final TestInstallation site = TestInstallation.open();

    private final FuncSimulator func = site.func();

    @Test
    void showsNothingWhereThereIsNothing() {
        ProductProcess.Ended list = site.ended("dead-letters");
        assertThat(list.exitCode()).isZero();
        assertThat(list.output()).contains("no dead letters in").hasLineCount(1);
        ProductProcess.Ended replay = site.ended("replay");
        assertThat(replay.exitCode()).isZero();
        assertThat(replay.output()).contains("0 dead letters with 0 lines");
    }

    @Test
    void showsATable() throws Exception {
        givingUp();
        site.stop();
        ProductProcess.Ended list = site.ended("dead-letters");
        assertThat(list.exitCode()).isZero();
        List<String> rows = list.output().lines().toList();
        assertThat(rows.get(0)).matches("FILE +CATEGORY +LINES +WHEN +STATUS +REASON");
        assertThat(rows).hasSize(1 + site.deadLetters().size());
        for (String file : site.deadLetters()) {
            String[] path = file.split("/");
            JsonNode report = report(file);
            assertThat(rows).anySatisfy(row -> assertThat(row)
                    .startsWith(path[3] + " ")
                    .containsPattern(" " + path[2] + " +" + report.get("lines").asLong() + "  ")
                    .contains(report.get("when").asText())
                    .contains(" 400 ")
                    .endsWith("rejected by the target"));
        }
        assertThat(list.output()).doesNotContain("poison");
    }

    @Test
    void replaysOneFileWhileTheProductRuns() throws Exception {
        givingUp();
        site.receiver.refuse(line -> false);
        List<String> before = site.deadLetters();
        String one = before.get(before.size() - 1);
        ProductProcess.Ended replay = site.ended("replay", one.substring(one.lastIndexOf('/') + 1));
        assertThat(replay.exitCode()).isZero();
        assertThat(replay.output()).contains("1 dead letter with ").contains(" on the way to the target");
        await().until(site::isSpoolEmpty);
        assertThat(site.deadLetters())
                .containsExactlyElementsOf(
                        before.stream().filter(file -> !file.equals(one)).toList());
        site.stop();
    }

    @Test
    void replaysAllWhileTheProductRuns() throws Exception {
        givingUp();
        site.receiver.refuse(line -> false);
        assertThat(site.ended("replay").exitCode()).isZero();
        awaitAllDelivered();
        site.stop();
    }

    @Test
    void replaysAllWhileTheProductDoesNotRun() throws Exception {
        givingUp();
        site.stop();
        int lines = site.deadLines().size();
        ProductProcess.Ended replay = site.ended("replay");
        assertThat(replay.exitCode()).isZero();
        assertThat(replay.output()).contains(" with " + lines + " lines on the way to the target");
        assertThat(site.deadLetters()).isEmpty();
        assertThat(site.isSpoolEmpty()).isFalse();
        site.receiver.refuse(line -> false);
        site.start();
        awaitAllDelivered();
        site.stop();
    }

    @Test
    void namesAFileThatIsGoneAndReplaysTheOthers() throws Exception {
        givingUp();
        site.stop();
        List<String> files = site.deadLetters();
        Files.delete(site.data.resolve(files.get(0)));
        ProductProcess.Ended replay = site.ended("replay", files.get(0), files.get(1));
        assertThat(replay.exitCode()).isEqualTo(1);
        assertThat(replay.output())
                .contains("there is no dead letter \"" + files.get(0) + "\"")
                .contains("1 dead letter with ")
                .doesNotContain("Exception");
        assertThat(site.deadLetters()).containsExactlyElementsOf(files.subList(2, files.size()));
    }

    /** What names and reports hold must not act on a terminal. */
    @Test
    @DisplayName("raw ESC and C1 in names and reports reach no terminal")
    void showsNothingThatATerminalWouldActOn() throws Exception {
        Path letters = Files.createDirectories(site.data.resolve("dead-letter/main/metric"));
        String hostile = "\u001b[2J\u0007";
        Files.writeString(letters.resolve("x" + hostile + ".lp"), "");
        Files.writeString(
                letters.resolve("x" + hostile + ".json"),
                "{\"when\": \"" + JSON_ESCAPE + "\", \"reason\": \"" + JSON_ESCAPE + "\", \"lines\": 1}");
        for (ProductProcess.Ended ended : List.of(
                site.ended("dead-letters"), site.ended("replay"), site.ended("replay", hostile, "y\u001b]0;x\u0007"))) {
            assertThat(ended.output())
                    .contains("\\u001B")
                    .doesNotContainPattern("[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\\u200b-\\u200f\\u2028-\\u202e]");
        }
    }

    @Test
    void keepsTheHistoryOfWhatIsRejectedAgain() throws Exception {
        givingUp();
        List<String> texts = deadTexts();
        for (int rejections = 2; rejections <= 3; rejections++) {
            List<String> before = site.deadLetters();
            assertThat(site.ended("replay").exitCode()).isZero();
            await().until(() -> site.isSpoolEmpty()
                    && site.deadLetters().stream().noneMatch(before::contains)
                    && deadTexts().equals(texts));
            for (String file : site.deadLetters()) {
                JsonNode report = report(file);
                assertThat(report.get("status").asInt()).isEqualTo(400);
                assertThat(report.get("history")).hasSize(rejections - 1);
                assertThat(report.get("history"))
                        .allSatisfy(earlier ->
                                assertThat(earlier.get("status").asInt()).isEqualTo(400));
                assertThat(report.get("when").asText())
                        .isGreaterThan(report.get("history")
                                .get(rejections - 2)
                                .get("when")
                                .asText());
            }
        }
        site.stop();
    }

    @Test
    void dropsTheOldestAboveTheLimitAndSaysSo() throws Exception {
        site.set("dead-letter.max-size", "64KiB");
        site.onlyRecords();
        site.receiver.refuse(line -> true);
        ProductProcess product = site.launch().awaitReady();
        // Several dead letters: the newest one stays, however large it is.
        for (int rows = 100; rows <= 400; rows += 100) {
            int lines = rows;
            func.insert(100);
            await().until(() ->
                    product.observed().metrics().value("dead_letter_lines_total", "category=\"logging\"") >= lines);
        }
        // A dead letter may go between being listed and being read.
        await().ignoreExceptions().untilAsserted(() -> {
            Scrape metrics = product.observed().metrics();
            for (String category : List.of("metric", "logging")) {
                String label = "category=\"" + category + "\"";
                long kept = site.deadLetters().stream()
                        .filter(file -> file.contains("/" + category + "/"))
                        .mapToLong(file -> report(file).get("lines").asLong())
                        .sum();
                assertThat(kept + metrics.value("points_dropped_total", label, "dead_letter_full"))
                        .as("%s lines kept, or counted as dropped", category)
                        .isPositive()
                        .isEqualTo(metrics.value("dead_letter_lines_total", label));
            }
            assertThat(metrics.value("points_dropped_total", "dead_letter_full", "logging"))
                    .isPositive();
        });
        ProductProcess.Ended ended = product.stop();
        assertThat(ended.output()).contains("dead-letter.max-size").contains("Dropped the oldest dead letter");
    }

    /** The product runs, and the lines of every tenth row are dead letters and everything else has arrived. */
    private void givingUp() throws Exception {
        site.receiver.refuse(line -> line.timestamp() % 10 == 3);
        site.start();
        for (int i = 0; i < 3; i++) {
            func.insert(40);
            Ledger given = new Ledger();
            await().untilAsserted(() -> {
                site.deadLines().forEach(given::arrived);
                List<String> missing = site.ledger.lost(site.database);
                missing.retainAll(given.lost(site.database));
                assertThat(missing).isEmpty();
                assertThat(site.isSpoolEmpty()).isTrue();
            });
        }
        assertThat(site.deadLetters()).hasSizeGreaterThanOrEqualTo(3);
    }

    private void awaitAllDelivered() {
        await().untilAsserted(() -> {
            assertThat(site.ledger.lost(site.database)).isEmpty();
            assertThat(site.isSpoolEmpty()).isTrue();
            assertThat(site.deadLetters()).isEmpty();
        });
    }

    private List<String> deadTexts() {
        return site.deadLines().stream().map(Line::text).sorted().toList();
    }

    private JsonNode report(String file) {
        try {
            return JSON.readTree(
                    site.data.resolve(file.replaceAll("lp$", "json")).toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
