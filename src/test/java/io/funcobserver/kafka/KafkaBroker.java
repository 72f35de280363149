package io.funcobserver.kafka;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.funcobserver.demo.FreePort;
import io.funcobserver.tls.TestAuthority;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaFuture;

import static org.awaitility.Awaitility.await;

/**
 * Kafka itself, a process of its own that can be killed and started again on the same port and the same data: broker and
 * controller in one, with a small heap.
 */
public final class KafkaBroker implements AutoCloseable {
    /** Enough for a machine that is busy otherwise. */
    private static final Duration START = Duration.ofSeconds(120);

    private final Path folder;
    private final int port = FreePort.next();
    private final int controllerPort = FreePort.next();
    private final Map<String, String> properties = new LinkedHashMap<>();
    private Process process;

    /** One that has not been started yet, on free ports of the loopback. */
    public KafkaBroker(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        single();
    }

    private void single() {
        set("process.roles", "broker,controller");
        set("node.id", "1");
        set("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
        set("listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
        set("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port);
        set("controller.listener.names", "CONTROLLER");
        set("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        set("log.dirs", folder.resolve("log").toString());
        set("auto.create.topics.enable", "false");
        set("default.replication.factor", "1");
        set("offsets.topic.replication.factor", "1");
        set("offsets.topic.num.partitions", "4");
        set("transaction.state.log.replication.factor", "1");
        set("transaction.state.log.min.isr", "1");
        set("transaction.state.log.num.partitions", "4");
        set("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
        set("group.initial.rebalance.delay.ms", "0");
        set("group.min.session.timeout.ms", "500");
        set("num.network.threads", "2");
        set("num.io.threads", "2");
        set("log.cleaner.dedupe.buffer.size", Integer.toString(4 << 20));
    }

    /** As many as one cluster, with each partition on three of them and acknowledged by two; not started yet. */
    public static List<KafkaBroker> cluster(Path folder, int brokers) throws IOException {
        List<KafkaBroker> cluster = new ArrayList<>();
        for (int i = 1; i <= brokers; i++) {
            cluster.add(new KafkaBroker(folder.resolve("broker-" + i)).set("node.id", Integer.toString(i)));
        }
        String voters = cluster.stream()
                .map(broker -> broker.properties.get("node.id") + "@127.0.0.1:" + broker.controllerPort)
                .collect(Collectors.joining(","));
        for (KafkaBroker broker : cluster) {
            broker.set("controller.quorum.voters", voters)
                    .set("default.replication.factor", "3")
                    .set("min.insync.replicas", "2")
                    .set("offsets.topic.replication.factor", "3")
                    .set("transaction.state.log.replication.factor", "3")
                    .set("transaction.state.log.min.isr", "2");
        }
        return cluster;
    }

    /** Starts all of them, and waits until they have found one another. */
    public static void start(List<KafkaBroker> cluster) throws IOException {
        for (KafkaBroker broker : cluster) {
            broker.launch();
        }
        for (KafkaBroker broker : cluster) {
            broker.awaitReady(cluster.size());
        }
    }

    /** Changes a property of the broker before it is started. */
    public KafkaBroker set(String key, String value) {
        properties.put(key, value);
        return this;
    }

    /**
     * Listens once more, with a certificate of this authority and SCRAM, or without TLS and with PLAIN; not started yet.
     *
     * @param authority null for PLAIN
     * @return where
     */
    public String secured(TestAuthority authority) throws IOException, GeneralSecurityException {
        String name = authority == null ? "LOGIN" : "SECURE";
        String mechanism = authority == null ? "PLAIN" : "SCRAM-SHA-512";
        String place = "127.0.0.1:" + FreePort.next();
        for (String listeners : List.of("listeners", "advertised.listeners")) {
            set(listeners, properties.get(listeners) + ',' + name + "://" + place);
        }
        set(
                "listener.security.protocol.map",
                properties.get("listener.security.protocol.map")
                        + ','
                        + name
                        + (authority == null ? ":SASL_PLAINTEXT" : ":SASL_SSL"));
        String listener = "listener.name." + name.toLowerCase(Locale.ROOT) + '.';
        set(listener + "sasl.enabled.mechanisms", mechanism);
        String login = listener + mechanism.toLowerCase(Locale.ROOT) + ".sasl.jaas.config";
        if (authority == null) {
            set(
                    login,
                    "org.apache.kafka.common.security.plain.PlainLoginModule required user_observer=\"s3cr3tword\";");
            return place;
        }
        set(login, "org.apache.kafka.common.security.scram.ScramLoginModule required;");
        Path keys = folder.resolve("server.pem");
        Files.writeString(keys, Files.readString(authority.keyFile()) + Files.readString(authority.certificateFile()));
        set(listener + "ssl.keystore.type", "PEM");
        set(listener + "ssl.keystore.location", keys.toString());
        return place;
    }

    public String address() {
        return "127.0.0.1:" + port;
    }

    public KafkaBroker start() throws IOException {
        launch();
        awaitReady(1);
        return this;
    }

    private void launch() throws IOException {
        Path log = Files.createDirectories(folder.resolve("log"));
        Path meta = log.resolve("meta.properties");
        if (!Files.exists(meta)) {
            Files.writeString(
                    meta, "version=1\ncluster.id=MkU3OEVBNTcwNTJENDM2Qk\nnode.id=" + properties.get("node.id") + "\n");
        }
        Path config = folder.resolve("server.properties");
        Files.writeString(
                config,
                properties.entrySet().stream()
                        .map(property -> property.getKey() + '=' + property.getValue())
                        .collect(Collectors.joining("\n", "", "\n")));
        Path logging = folder.resolve("logback.xml");
        Files.writeString(
                logging,
                "<configuration><appender name=\"out\" class=\"ch.qos.logback.core.ConsoleAppender\"><encoder>"
                        + "<pattern>%d %level %logger{0} %msg%n</pattern></encoder></appender>"
                        + "<root level=\"WARN\"><appender-ref ref=\"out\"/></root></configuration>");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms32m",
                "-Xmx160m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dlogback.configurationFile=" + logging,
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "kafka.Kafka",
                config.toString()));
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("kafka.out").toFile()))
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    }

    private void awaitReady(int brokers) {
        try (Admin admin = admin()) {
            await().atMost(START).pollInterval(Duration.ofMillis(200)).until(() -> {
                if (!process.isAlive()) {
                    throw new IllegalStateException("Kafka ended: " + Files.readString(folder.resolve("kafka.out")));
                }
                try {
                    return within(admin.describeCluster().nodes()).size() >= brokers;
                } catch (Exception e) {
                    return false;
                }
            });
        }
    }

    private static <T> T within(KafkaFuture<T> future) throws Exception {
        return future.get(3, TimeUnit.SECONDS);
    }

    public Admin admin() {
        return Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                address(),
                AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                "300"));
    }

    public long pid() {
        return process.pid();
    }

    /** SIGKILL. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroyForcibly();
        }
    }
}
