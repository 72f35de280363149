package io.funcobserver.faults;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

import io.funcobserver.app.Pipeline;
import io.funcobserver.config.Catalogue;
import io.funcobserver.demo.Answer;
import io.funcobserver.demo.FuncSimulator;
import io.funcobserver.demo.Line;
import io.funcobserver.demo.LineParser;
import io.funcobserver.kafka.KafkaBroker;
import io.funcobserver.spool.Gzip;
import io.funcobserver.testing.ProductProcess;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestInstallation;
import io.funcobserver.testing.Uploads;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The promises with {@code spool=kafka}, over a real broker that all of these tests share. */
@Slow
class KafkaTest {
    @TempDir
    static Path shared;

    private static KafkaBroker broker;
    private static final AtomicInteger PREFIXES = new AtomicInteger();

    private static final int KILLS = Integer.getInteger("faults.kills", 2);
    private static final long SEED = Long.getLong("faults.seed", System.nanoTime());

    private final Random random = new Random(SEED);

    private TestInstallation site;
    private String prefix;

    @BeforeAll
    static void startBroker() throws IOException {
        broker = new KafkaBroker(shared).start();
    }

    @AfterAll
    static void endBroker() {
        broker.close();
    }

    @BeforeEach
    void makeSite() {
        prefix = "test" + PREFIXES.incrementAndGet();
        site = on(TestInstallation.open());
    }

    @AfterEach
    void closeSite() throws Exception {
        site.close();
    }

    private TestInstallation on(TestInstallation one) {
        return one.set("spool", "kafka")
                .set("kafka.brokers", broker.address())
                .set("kafka.topic-prefix", prefix)
                .set("kafka.partitions", "4")
                .set("kafka.session.timeout.ms", "6000")
                .set("kafka.heartbeat.interval.ms", "500");
    }

    @Test
    void deliversRecordsSamplesAndUploadsAndKeepsNothingOnDisk() throws Exception {
        int port = site.receiveUploads();
        site.only("func-call", "task-record", "task-record-func", "db-table");
        site.func().insert(700);
        site.start();
        site.awaitDelivered();
        assertThat(post(port, Uploads.record("u1")).statusCode()).isEqualTo(200);
        await().until(() -> site.ledger.has("DFF_task_record", "u1"));
        await().until(() -> !site.receiver.accepted("DFF_db_table").isEmpty());
        await().untilAsserted(() ->
                assertThat(site.observed().metrics().value("spool_files")).isZero());
        assertThat(site.observed().health()).contains("\"UP\"");
        assertThat(site.files()).isEmpty();
        site.stop();
        assertThat(site.ledger.resent()).isZero();
        // The cursors are where the tails go on.
        site.func().insert(300);
        site.start();
        site.awaitDelivered();
        site.stop();
        assertThat(site.ledger.resent()).isZero();
    }

    @Test
    void losesNothingAndKeepsTheOrderOverKills() throws Exception {
        int port = site.receiveUploads();
        site.onlyRecords();
        FuncSimulator.Settings busy = FuncSimulator.Settings.test().withTasksPerSecond(100);
        try (Uploads uploads = new Uploads(port)) {
            try (FuncSimulator func = new FuncSimulator(site.database, site.redis, busy).start()) {
                for (int life = 0; life < KILLS; life++) {
                    ProductProcess product = site.launch().awaitReady();
                    int before = site.receiver.requests().size();
                    await().until(() -> site.receiver.requests().size() > before);
                    product.runFor(Duration.ofMillis(random.nextInt(1000)));
                    product.kill();
                }
                assertThat(func.lastFailure()).isNull();
            }
            ProductProcess last = site.launch().awaitReady();
            site.awaitDelivered();
            uploads.stop().awaitArrival(site.ledger);
            assertThat(last.stop().exitCode()).isZero();
        }
        assertRecordsWereWrittenOnce();
        assertOrderWasKept();
    }

    /** Lines and cursor are one transaction: what a kill interrupts is not written a second time. */
    private void assertRecordsWereWrittenOnce() throws IOException {
        Map<String, Integer> times = new HashMap<>();
        for (ConsumerRecord<String, byte[]> message : messages("logging")) {
            for (Line line : LineParser.parse(Gzip.unpack(message.value())).lines()) {
                if (!line.tag("id").startsWith("u")) {
                    times.merge(
                            line.measurement() + ' ' + line.tag("id") + ' ' + line.field("message_page_number"),
                            1,
                            Integer::sum);
                }
            }
        }
        assertThat(times).isNotEmpty();
        assertThat(times.entrySet())
                .filteredOn(line -> line.getValue() > 1)
                .as("written twice")
                .isEmpty();
    }

    /** The requests of each partition were accepted in the order of its messages. */
    private void assertOrderWasKept() {
        for (String category : List.of("metric", "logging")) {
            List<ByteBuffer> accepted = site.receiver.requests().stream()
                    .filter(request -> request.status() == 200 && request.path().endsWith(category))
                    .map(request -> ByteBuffer.wrap(request.body()))
                    .distinct()
                    .toList();
            Map<ByteBuffer, Integer> places = new HashMap<>();
            accepted.forEach(body -> places.putIfAbsent(body, places.size()));
            Map<Integer, Integer> last = new HashMap<>();
            for (ConsumerRecord<String, byte[]> message : messages(category)) {
                Integer place = places.get(ByteBuffer.wrap(message.value()));
                assertThat(place)
                        .as("%s of %s", message.offset(), message.key())
                        .isNotNull();
                Integer before = last.put(message.partition(), place);
                assertThat(before == null || before <= place)
                        .as("%s of partition %s", message.offset(), message.partition())
                        .isTrue();
            }
        }
    }

    @Test
    void goesOnWhereItWasWhenTheBrokerIsBack() throws Exception {
        int port = site.receiveUploads();
        site.onlyRecords();
        site.set("measurement.db-table.enabled", "true");
        FuncSimulator func = site.func();
        func.insert(200);
        site.start();
        site.awaitDelivered();
        broker.kill();
        func.insert(300);
        await().untilAsserted(() -> assertThat(site.observed().health()).contains("spool.kafka", "takes no lines"));
        await().until(() -> site.metric("points_dropped_total", "reason=\"spool_full\"") > 0);
        HttpResponse<Void> refused = post(port, Uploads.record("u2"));
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        broker.start();
        site.awaitDelivered();
        await().until(() -> post(port, Uploads.record("u3")).statusCode() == 200);
        await().until(() -> site.ledger.has("DFF_task_record", "u3"));
        await().untilAsserted(() -> assertThat(site.observed().health()).doesNotContain("spool.kafka"));
        site.stop();
        // It starts without Kafka, too.
        broker.kill();
        func.insert(200);
        site.start();
        await().untilAsserted(() -> assertThat(site.observed().health()).contains("spool.kafka"));
        broker.start();
        site.awaitDelivered();
        site.stop();
        assertOrderWasKept();
    }

    @Test
    void keepsItsPartitionsWhileTheTargetIsAwayForLongerThanAPollMayTake() throws Exception {
        site.set("kafka.max.poll.interval.ms", "4000");
        site.onlyRecords();
        site.receiver.answerWith(Answer.status(503));
        site.func().insert(100);
        site.start();
        try (Admin admin = broker.admin()) {
            String group = prefix + ".main.logging";
            await().until(() -> members(admin, group).size() == 1
                    && site.receiver.requests().stream()
                            .anyMatch(request -> request.path().endsWith("logging")));
            String member = members(admin, group).get(0).consumerId();
            int before = site.receiver.requests().size();
            long begin = System.nanoTime();
            await().until(() -> System.nanoTime() - begin > 9_000_000_000L
                    && site.receiver.requests().size() > before + 5);
            assertThat(members(admin, group))
                    .extracting(MemberDescription::consumerId)
                    .containsExactly(member);
            site.receiver.answerWith(Answer.usual());
            site.awaitDelivered();
            assertThat(site.ledger.resent()).isZero();
        }
        site.stop();
        assertOrderWasKept();
    }

    @Test
    void sharesThePartitionsInTheMiddleOfARequest() throws Exception {
        site.onlyRecords();
        site.set("retry.max-delay", "500ms").set("batch.max-lines", "50");
        site.receiver.answerWith(Answer.status(503));
        site.func().insert(600);
        site.start();
        try (Admin admin = broker.admin()) {
            String group = prefix + ".main.logging";
            await().until(() -> site.receiver.requests().stream()
                    .anyMatch(request -> request.path().endsWith("logging")));
            Map<String, String> readsNothing = Catalogue.standardRouteIds().stream()
                    .collect(Collectors.toMap(id -> "measurement." + id + ".enabled", id -> "false"));
            try (Pipeline second = site.startAnother(readsNothing)) {
                await().until(() -> members(admin, group).stream()
                                .filter(member ->
                                        !member.assignment().topicPartitions().isEmpty())
                                .count()
                        == 2);
                site.receiver.answerWith(Answer.usual());
                site.awaitDelivered();
                assertThat(second).isNotNull();
            }
            site.func().insert(100);
            site.awaitDelivered();
        }
        site.stop();
        assertOrderWasKept();
    }

    @Test
    void isolatesBadLinesAndReplaysThem() throws Exception {
        site.onlyRecords();
        site.receiver.refuse(line -> line.timestamp() % 10 == 7);
        site.func().insert(200);
        site.start();
        await().untilAsserted(() -> {
            double dead = site.observed().metrics().value("dead_letter_lines_total");
            assertThat(dead).isPositive();
            assertThat(site.ledger.lost(site.database).size()).isLessThanOrEqualTo((int) dead);
        });
        ProductProcess.Ended list = site.ended("dead-letters");
        assertThat(list.exitCode()).isZero();
        assertThat(list.output()).contains("_400.lp", "logging", "rejected by the target");
        await().untilAsserted(() -> assertThat(site.observed().get("status.json"))
                .contains("\"kind\":\"kafka\"", "_400", "func-observer.jar replay ")
                .doesNotContain("\"deadLetters\":{\"files\":0"));
        site.receiver.refuse(line -> false);
        assertThat(site.ended("replay", "no-such-letter").output())
                .contains("there is no dead letter \"no-such-letter\"");
        ProductProcess.Ended replay = site.ended("replay");
        assertThat(replay.output()).contains("on the way to the target");
        assertThat(replay.exitCode()).isZero();
        site.awaitDelivered();
        assertThat(site.ended("dead-letters").output())
                .contains("no dead letters in the Kafka topic " + prefix + ".dead-letter");
        await().untilAsserted(
                        () -> assertThat(site.observed().get("status.json")).contains("\"deadLetters\":{\"files\":0"));
        assertThat(site.ledger.resent()).isZero();
        site.stop();
    }

    /** A consumer that reaches no broker polls on in silence. */
    @Test
    void aReplicaThatOnlyDeliversIsDownWhileNoBrokerAnswers() throws Exception {
        site.only();
        site.start();
        await().until(site::isUp);
        broker.kill();
        await().untilAsserted(() -> assertThat(site.observed().health())
                .contains("spool.kafka", "Kafka (" + broker.address() + ") cannot be reached"));
        assertThat(site.observed().status("health/ready")).isEqualTo(503);
        assertThat(site.observed().status("health/live")).isEqualTo(200);
        broker.start();
        await().until(site::isUp);
        site.stop();
    }

    @Test
    void countsWhatKafkaDeletedBeforeItWasDelivered() throws Exception {
        site.onlyRecords();
        FuncSimulator func = site.func();
        func.insert(50);
        site.start();
        site.awaitDelivered();
        await().until(() -> site.metric("spool_files") == 0);
        site.receiver.answerWith(Answer.status(503));
        func.insert(200);
        await().until(() -> site.metric("spool_files", "category=\"logging\"") > 0 && site.metric("lag_rows") == 0);
        site.stop();
        long deleted = 0;
        try (Admin admin = broker.admin()) {
            Map<TopicPartition, RecordsToDelete> deletions = new HashMap<>();
            for (Map.Entry<TopicPartition, OffsetAndMetadata> committed : admin.listConsumerGroupOffsets(
                            prefix + ".main.logging")
                    .partitionsToOffsetAndMetadata()
                    .get(30, TimeUnit.SECONDS)
                    .entrySet()) {
                long end = admin.listOffsets(Map.of(committed.getKey(), OffsetSpec.latest()))
                        .partitionResult(committed.getKey())
                        .get(30, TimeUnit.SECONDS)
                        .offset();
                deletions.put(committed.getKey(), RecordsToDelete.beforeOffset(end));
                deleted += end - committed.getValue().offset();
            }
            admin.deleteRecords(deletions).all().get(30, TimeUnit.SECONDS);
        }
        assertThat(deleted).isPositive();
        double expected = deleted;
        site.receiver.answerWith(Answer.usual());
        func.insert(50);
        site.start();
        await().untilAsserted(() -> assertThat(site.metric("points_dropped_total", "reason=\"expired\""))
                .isEqualTo(expected));
        site.stop();
    }

    @Test
    void waitsWhileTheBrokerRefusesAndDropsOnlyALineThatFitsIntoNoMessage() throws Exception {
        int port = site.receiveUploads();
        site.onlyRecords();
        FuncSimulator func = site.func();
        func.insert(50);
        site.start();
        try (Admin admin = broker.admin()) {
            site.awaitDelivered();
            limit(admin, "1000");
            func.insert(300);
            await().untilAsserted(() -> assertThat(site.observed().health()).contains("spool.kafka"));
            limit(admin, "1048588");
            site.awaitDelivered();
            byte[] noise = new byte[2 << 20];
            random.nextBytes(noise);
            String line = "DFF_task_record,id=u-large,task_status=success message=\""
                    + Base64.getEncoder().encodeToString(noise) + "\" 1700000000000000000\n";
            assertThat(post(port, line + Uploads.record("u4")).statusCode()).isEqualTo(200);
            await().until(() -> site.ledger.has("DFF_task_record", "u4"));
            assertThat(site.metric("points_dropped_total", "reason=\"too_large\""))
                    .isEqualTo(1);
        }
        site.stop();
    }

    @Test
    void shutsAnEarlierReaderOut() throws Exception {
        site.onlyRecords();
        FuncSimulator func = site.func();
        func.insert(100);
        site.start();
        site.awaitDelivered();
        try (Pipeline second = site.startAnother(Map.of())) {
            func.insert(400);
            site.awaitDelivered();
            assertThat(second).isNotNull();
        }
        func.insert(100);
        site.awaitDelivered();
        site.stop();
        assertRecordsWereWrittenOnce();
    }

    @Test
    void checkNamesTheBrokersAndTheTopics() throws Exception {
        ProductProcess.Ended good = site.ended("check");
        assertThat(good.output())
                .contains(broker.address() + " answers", prefix + ".cursors", "are created at the start");
        site.set("kafka.brokers", "127.0.0.1:1").set("kafka.sasl.jaas.config", "x required password=\"s3cr3tword\";");
        ProductProcess.Ended bad = site.ended("check");
        assertThat(bad.output())
                .contains("fail  Kafka", "127.0.0.1:1 cannot be asked")
                .doesNotContain("s3cr3tword");
        assertThat(bad.exitCode()).isEqualTo(1);
        site.set("kafka.acks", "1");
        assertThat(site.ended("run").output()).contains("kafka.acks is not to be set");
    }

    private void limit(Admin admin, String bytes) throws Exception {
        Map<ConfigResource, Collection<AlterConfigOp>> change = new HashMap<>();
        for (String category : List.of("metric", "logging")) {
            change.put(
                    new ConfigResource(ConfigResource.Type.TOPIC, prefix + '.' + category),
                    List.of(new AlterConfigOp(
                            new ConfigEntry(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, bytes), AlterConfigOp.OpType.SET)));
        }
        admin.incrementalAlterConfigs(change).all().get(30, TimeUnit.SECONDS);
    }

    private static List<MemberDescription> members(Admin admin, String group) throws Exception {
        return List.copyOf(admin.describeConsumerGroups(List.of(group))
                .all()
                .get(30, TimeUnit.SECONDS)
                .get(group)
                .members());
    }

    /** What stands committed in the topic of a category. */
    private List<ConsumerRecord<String, byte[]>> messages(String category) {
        List<ConsumerRecord<String, byte[]>> messages = new ArrayList<>();
        try (KafkaConsumer<String, byte[]> reader = new KafkaConsumer<>(Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                broker.address(),
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                StringDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class))) {
            List<TopicPartition> partitions = reader.partitionsFor(prefix + '.' + category).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            reader.assign(partitions);
            reader.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = reader.endOffsets(partitions);
            while (partitions.stream().anyMatch(partition -> reader.position(partition) < ends.get(partition))) {
                reader.poll(Duration.ofMillis(100)).forEach(messages::add);
            }
        }
        return messages;
    }

    /** Waits for an answer for longer than Kafka may take to refuse. */
    private static HttpResponse<Void> post(int port, String lines) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/write/logging"))
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(Duration.ofSeconds(60))
                .POST(HttpRequest.BodyPublishers.ofString(lines))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.discarding());
    }
}
