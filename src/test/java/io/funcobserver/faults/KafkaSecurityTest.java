package io.funcobserver.faults;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.funcobserver.kafka.KafkaBroker;
import io.funcobserver.testing.ProductProcess;
import io.funcobserver.testing.Slow;
import io.funcobserver.testing.TestInstallation;
import io.funcobserver.tls.TestAuthority;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A broker that wants TLS and a login: whatever Kafka's clients know of it is passed through, and no secret is shown. */
@Slow
class KafkaSecurityTest {
    private static final String PASSWORD = "s3cr3tword";

    @TempDir
    static Path shared;

    private static TestAuthority ours;
    private static TestAuthority another;

    @AutoClose
    private static KafkaBroker broker;

    private static String secure;
    private static String login;

    @AutoClose
    private final TestInstallation site = TestInstallation.open();

    @BeforeAll
    static void startBroker() throws Exception {
        ours = new TestAuthority(shared.resolve("ours"), "ip:127.0.0.1");
        another = new TestAuthority(shared.resolve("another"), "ip:127.0.0.1");
        broker = new KafkaBroker(shared.resolve("broker"));
        secure = broker.secured(ours);
        login = broker.secured(null);
        broker.start();
        try (Admin admin = broker.admin()) {
            admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(
                            "observer", new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), PASSWORD)))
                    .all()
                    .get(60, TimeUnit.SECONDS);
        }
    }

    private TestInstallation scram(String prefix, String password) {
        return site.set("spool", "kafka")
                .set("kafka.brokers", secure)
                .set("kafka.topic-prefix", prefix)
                .set("kafka.partitions", "2")
                .set("kafka.security.protocol", "SASL_SSL")
                .set("kafka.sasl.mechanism", "SCRAM-SHA-512")
                .set(
                        "kafka.sasl.jaas.config",
                        "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"observer\" password=\""
                                + password + "\";")
                .onlyRecords();
    }

    private void assertDelivers() throws Exception {
        site.func().insert(100);
        site.start();
        await().untilAsserted(() -> assertThat(site.ledger.lost(site.database)).isEmpty());
        await().until(site::isUp);
        ProductProcess.Ended check = site.command("check").awaitEnd(Duration.ofSeconds(120));
        assertThat(check.output()).contains(site.settings.get("kafka.brokers") + " answers");
        assertThat(check.exitCode()).as(check.output()).isZero();
    }

    @Test
    void deliversOverTlsWithALoginByTheAuthoritiesOfTheProduct() throws Exception {
        scram("tls", PASSWORD).set("tls.ca-file", ours.caFile().toString());
        assertDelivers();
    }

    /** As a Kubernetes Secret gives it; Kafka's own authorities go before those of the product. */
    @Test
    void takesAuthoritiesOfItsOwn() throws Exception {
        scram("own", PASSWORD)
                .set("tls.ca-file", another.caFile().toString())
                .set("kafka.ssl.truststore.type", "PEM")
                .set("kafka.ssl.truststore.certificates", Files.readString(ours.caFile()));
        assertDelivers();
    }

    @Test
    void deliversWithALoginWithoutTls() throws Exception {
        scram("plain", PASSWORD)
                .set("kafka.brokers", login)
                .set("kafka.security.protocol", "SASL_PLAINTEXT")
                .set("kafka.sasl.mechanism", "PLAIN")
                .set(
                        "kafka.sasl.jaas.config",
                        "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"observer\" password=\""
                                + PASSWORD + "\";");
        assertDelivers();
    }

    @Test
    void isRefusedWithAnotherPasswordAndShowsItNowhere() throws Exception {
        scram("wrong", "another-s3cr3t").set("tls.ca-file", ours.caFile().toString());
        assertRefused("Authentication failed", "another-s3cr3t");
    }

    @Test
    void refusesABrokerOfAnotherAuthority() throws Exception {
        scram("stranger", PASSWORD).set("tls.ca-file", another.caFile().toString());
        assertRefused("SSL handshake failed", PASSWORD);
    }

    private void assertRefused(String reason, String secret) throws Exception {
        ProductProcess.Ended check = site.command("check").awaitEnd(Duration.ofSeconds(120));
        assertThat(check.output()).contains("fail  Kafka", reason).doesNotContain(secret);
        assertThat(check.exitCode()).isEqualTo(1);
        ProductProcess product = site.launch();
        await().until(() ->
                site.health().contains("spool.kafka") && site.health().contains(reason));
        assertThat(site.health() + site.observed().get("status.json")).doesNotContain(secret);
        ProductProcess.Ended ended = product.stop();
        assertThat(ended.output()).contains(reason).doesNotContain(secret);
        assertThat(ended.exitCode()).isZero();
    }
}
