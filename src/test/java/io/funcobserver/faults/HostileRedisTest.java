package io.funcobserver.faults;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import io.funcobserver.config.Settings;
import io.funcobserver.demo.RedisDatabase;
import io.funcobserver.redis.FuncRedis;
import io.funcobserver.redis.KeyScan;
import io.funcobserver.testing.ProductProcess;
import io.funcobserver.testing.RawServer;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestInstallation;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Nothing that Redis can send ends the process: its excess stops the measurement that asked, and no other. */
@Slow
class HostileRedisTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @Test
    @DisplayName("C3: no answer of Redis ends the process")
    void noAnswerEndsTheProcess() throws Exception {
        try (Hostile redis = new Hostile(Map.of(
                        "LLEN", "$2147483640\r\n",
                        "ZCARD", "-ERR ",
                        "INFO", "*2147483640\r\n",
                        "SCAN", "*2\r\n$1\r\n7\r\n*200000\r\n",
                        "HGETALL", "*240000\r\n"));
                TestInstallation site = TestInstallation.open()) {
            site.set("func.redis.port", String.valueOf(redis.port()));
            ProductProcess product =
                    site.command(ProductProcess.Launch.plain().with("-Xmx96m", "-XX:+ExitOnOutOfMemoryError"), "run");
            try (product) {
                product.awaitReady();
                for (String id : List.of(
                        "worker-queue", "delay-queue", "cache-db", "cache-db-key", "cron-job", "service-info")) {
                    await().untilAsserted(() -> assertThat(product.observed().health())
                            .as(product.output())
                            .containsPattern("measurement\\." + id + "[^}]*Redis answers with"));
                }
                int before = redis.refused();
                int tables = site.receiver.accepted("DFF_db_table").size();
                // A few rounds more, so that what adds up would show.
                await().until(() -> redis.refused() > before + 50);
                await().until(() -> site.receiver.accepted("DFF_db_table").size() > tables);
                assertThat(product.isAlive()).as(product.output()).isTrue();
                assertThat(site.receiver.accepted("DFF_entity")).isNotEmpty();
                assertThat(product.output()).doesNotContain("OutOfMemory");
            }
        }
    }

    @Test
    @DisplayName("C2: prefixes of 100 kB")
    void prefixesOfAHundredKilobytesAreCountedByTheirBeginning() throws Exception {
        try (TestInstallation site = TestInstallation.open()) {
            fill(site.redis);
            ProductProcess product =
                    site.command(ProductProcess.Launch.plain().with("-Xmx96m", "-XX:+ExitOnOutOfMemoryError"), "run");
            try (product) {
                product.awaitReady();
                await().untilAsserted(() -> assertThat(site.receiver.accepted("DFF_cache_db_key"))
                        .as(product.output())
                        .anySatisfy(line -> {
                            assertThat(line.tag("prefix")).hasSize(1024).startsWith("DataFluxFunc-x");
                            assertThat(line.field("count")).isEqualTo(500L);
                        }));
                assertThat(product.isAlive()).isTrue();
            }
        }
    }

    @Test
    @DisplayName("C3: a SCAN without end")
    void aScanThatGoesRoundIsGivenUp() throws Exception {
        try (Hostile redis = new Hostile(Map.of("SCAN", "=*2\r\n$1\r\n7\r\n*1\r\n$1\r\nk\r\n"));
                TestInstallation site = TestInstallation.open()) {
            site.set("func.redis.port", String.valueOf(redis.port()));
            try (FuncRedis connection =
                    FuncRedis.open(Settings.of(site.settings), Duration.ofSeconds(5), Duration.ofSeconds(5))) {
                KeyScan keys = new KeyScan(connection.template(), new KeyScan.Pace(500, Duration.ZERO), () -> false);
                assertThat(CompletableFuture.runAsync(() -> keys.forEach(key -> true)))
                        .failsWithin(LONG)
                        .withThrowableThat()
                        .withMessageContaining("circle");
            }
        }
    }

    private static void fill(RedisDatabase redis) {
        String beginning = "DataFluxFunc-" + "x".repeat(100_000);
        try (Jedis jedis = redis.connect()) {
            for (int i = 0; i < 500; i++) {
                jedis.set(beginning + i + ":k:v:", "1");
            }
        }
    }

    /**
     * Answers what Jedis needs to begin, and each command of the map with its beginning and then junk without end; with what
     * follows an equals sign and no more.
     */
    private static final class Hostile implements AutoCloseable {
        private static final byte[] PIECE =
                ("$1000\r\n" + "x".repeat(1000) + "\r\n").getBytes(StandardCharsets.US_ASCII);

        private final RawServer server = new RawServer(this::serve);
        private final Map<String, String> answers;
        private volatile int refused;

        Hostile(Map<String, String> answers) throws IOException {
            this.answers = answers;
        }

        int port() {
            return server.port();
        }

        /** How many connections were given up in the middle of an answer. */
        int refused() {
            return refused;
        }

        private void serve(Socket socket) throws IOException {
            try (socket) {
                InputStream in = new BufferedInputStream(socket.getInputStream());
                OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
                while (true) {
                    String command = command(in);
                    String answer = answers.getOrDefault(command, "=+OK\r\n");
                    if (answer.startsWith("=")) {
                        out.write(answer.substring(1).getBytes(StandardCharsets.US_ASCII));
                    } else {
                        flood(out, answer);
                    }
                    out.flush();
                }
            }
        }

        private void flood(OutputStream out, String beginning) throws IOException {
            try {
                out.write(beginning.getBytes(StandardCharsets.US_ASCII));
                byte[] junk =
                        beginning.startsWith("*") ? PIECE : "x".repeat(1000).getBytes(StandardCharsets.US_ASCII);
                // Half a gigabyte is without end for any heap here.
                for (int i = 0; i < 500_000; i++) {
                    out.write(junk);
                }
                out.flush();
            } catch (IOException e) {
                synchronized (this) {
                    refused++;
                }
                throw e;
            }
        }

        /** The first word of a command, in capitals. */
        private static String command(InputStream in) throws IOException {
            int words = Integer.parseInt(line(in).substring(1));
            String first = null;
            for (int i = 0; i < words; i++) {
                int length = Integer.parseInt(line(in).substring(1));
                String word = new String(in.readNBytes(length), StandardCharsets.US_ASCII);
                in.readNBytes(2);
                first = first == null ? word : first;
            }
            return first;
        }

        private static String line(InputStream in) throws IOException {
            byte[] line = new byte[64];
            int length = 0;
            for (int next = in.read(); next != '\n'; next = in.read()) {
                if (next < 0) {
                    throw new IOException("closed");
                }
                line[length++] = (byte) next;
            }
            return new String(Arrays.copyOf(line, length - 1), StandardCharsets.US_ASCII);
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
