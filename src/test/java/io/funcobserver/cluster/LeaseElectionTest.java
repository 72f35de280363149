package io.funcobserver.cluster;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.funcobserver.cluster.LeaseElection.Timing;
import io.funcobserver.testing.Link;
import io.funcobserver.testing.Slow;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** One leader at a time, by a Lease of an API server that refuses stale writes. Everything is ten times as quick as in use. */
@Slow
class LeaseElectionTest {
    private static final String LEASE = "func-observer";
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Timing QUICK =
            new Timing(Duration.ofSeconds(1), Duration.ofMillis(600), Duration.ofMillis(200), Duration.ofMillis(100));
    /** Nobody would live to see such a Lease end by itself. */
    private static final Timing PATIENT =
            new Timing(Duration.ofHours(2), Duration.ofHours(1), Duration.ofMillis(200), Duration.ofMillis(100));

    private LeaseServer api;
    private final List<Candidate> candidates = new ArrayList<>();

    private final class Candidate {
        final Link wire = new Link(api.port());
        final List<String> troubles = new CopyOnWriteArrayList<>();
        final LeaseElection election;

        Candidate(Timing timing) throws IOException {
            Config config = new ConfigBuilder(Config.empty())
                    .withMasterUrl("http://127.0.0.1:" + wire.port())
                    .withNamespace(LeaseServer.NAMESPACE)
                    .build();
            election = new LeaseElection(
                    LeaseClient.of(LEASE, config), "replica-" + candidates.size(), timing, trouble -> {
                        if (trouble != null) {
                            troubles.add(trouble);
                        }
                    });
            candidates.add(this);
        }

        Candidate start() {
            election.start();
            return this;
        }

        boolean leads() {
            return election.term() != null;
        }

        Candidate awaitLead() {
            await().until(this::leads);
            return this;
        }
    }

    @BeforeEach
    void open() throws IOException {
        api = new LeaseServer();
    }

    @AfterEach
    void close() throws IOException {
        for (Candidate candidate : candidates) {
            candidate.wire.speak();
            candidate.election.close();
            candidate.wire.close();
        }
        api.close();
    }

    @Test
    void theFirstOneMakesTheLeaseAndLeads() throws Exception {
        Candidate first = new Candidate(QUICK).start().awaitLead();
        JsonNode spec = api.lease(LEASE).get("spec");
        assertThat(spec.get("holderIdentity").asText()).isEqualTo(first.election.identity());
        assertThat(spec.get("leaseDurationSeconds").asInt()).isEqualTo(1);
        assertThat(spec.get("leaseTransitions").asInt()).isZero();
        assertThat(spec.get("acquireTime").asText()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z");
        assertThat(first.election.term().takesOver()).isFalse();
        String version = version();
        await().until(() -> !version().equals(version));
        assertThat(api.lease(LEASE).get("spec").get("acquireTime")).isEqualTo(spec.get("acquireTime"));
    }

    @Test
    void ofManyThatWantItAtOnceOneLeads() throws Exception {
        for (int i = 0; i < 5; i++) {
            new Candidate(PATIENT);
        }
        candidates.forEach(Candidate::start);
        await().until(() -> candidates.stream().anyMatch(Candidate::leads));
        await().during(Duration.ofMillis(500))
                .atMost(LONG)
                .until(() -> candidates.stream().filter(Candidate::leads).count() == 1);
        assertThat(candidates)
                .allSatisfy(each -> assertThat(each.election.holder()).isEqualTo(api.holder()))
                .allSatisfy(each -> assertThat(each.troubles).isEmpty());
    }

    @Test
    void aStopGivesTheLeaseBack() throws Exception {
        Candidate first = new Candidate(PATIENT).start().awaitLead();
        Candidate second = new Candidate(PATIENT).start();
        List<Boolean> whileStopping = new CopyOnWriteArrayList<>();
        first.election.onChange(() -> whileStopping.add(first.election.shouldRead() || api.holder() == null));
        first.election.close();
        assertThat(whileStopping)
                .as("routes are told to stop before the Lease is given back")
                .containsExactly(false);
        assertThat(first.leads()).isFalse();
        second.awaitLead();
        assertThat(second.election.term().takesOver()).isTrue();
        assertThat(api.lease(LEASE).at("/spec/leaseTransitions").asInt()).isEqualTo(1);
    }

    @Test
    void aLeaderThatIsCutOffHasStoodDownWhenAnotherTakesOver() throws Exception {
        Candidate first = new Candidate(QUICK).start().awaitLead();
        Candidate second = new Candidate(QUICK).start();
        AtomicBoolean both = new AtomicBoolean();
        second.election.onChange(() -> both.compareAndSet(false, first.leads() && second.leads()));
        first.wire.fallSilent();
        second.awaitLead();
        assertThat(first.leads()).isFalse();
        assertThat(both).isFalse();
        first.wire.speak();
        await().until(() -> second.election.identity().equals(first.election.holder()));
        assertThat(first.leads()).isFalse();
    }

    @Test
    void anOutageOfTheApiServerEndsTheTermAndTheEndOfItBeginsAnother() throws Exception {
        Candidate first = new Candidate(QUICK).start().awaitLead();
        Leadership.Term term = first.election.term();
        api.refuseAll(503);
        await().until(() -> !first.leads());
        assertThat(first.election.holds(term)).isFalse();
        api.refuseAll(0);
        first.awaitLead();
        assertThat(first.election.term()).isNotEqualTo(term);
        assertThat(first.election.term().takesOver())
                .as("somebody may have led meanwhile")
                .isTrue();
    }

    @Test
    void aLeaderWhoseLeaseWasTakenStandsDown() throws Exception {
        Candidate first = new Candidate(PATIENT).start().awaitLead();
        api.put(LEASE, "{\"spec\":{\"holderIdentity\":\"someone\",\"leaseDurationSeconds\":7200}}");
        await().until(() -> !first.leads());
        assertThat(first.election.holder()).isEqualTo("someone");
        assertThat(api.holder()).isEqualTo("someone");
    }

    @Test
    void aLeaseThatAnotherClientWroteToStaysItsHolders() throws Exception {
        Candidate first = new Candidate(PATIENT).start().awaitLead();
        Leadership.Term term = first.election.term();
        long conflicts = api.conflicts();
        api.put(LEASE, api.lease(LEASE).toString().replace("\"spec\"", "\"noted\":\"by hand\",\"spec\""));
        await().until(() -> api.conflicts() > conflicts);
        String version = version();
        await().until(() -> !version().equals(version));
        assertThat(first.election.holds(term)).isTrue();
    }

    @Test
    void whatTheServiceAccountMayNotIsSaid() throws Exception {
        api.refuseAll(403);
        Candidate first = new Candidate(QUICK).start();
        await().until(() -> !first.troubles.isEmpty());
        assertThat(first.troubles.get(0))
                .contains("the Lease " + LeaseServer.NAMESPACE + '/' + LEASE, "403", "get, create and update");
        assertThat(first.leads()).isFalse();
        api.refuseAll(0);
        first.awaitLead();
    }

    @Test
    void neverTwoLeadWhileWiresFailAtRandom() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 3; i++) {
            new Candidate(QUICK).start();
        }
        AtomicBoolean ended = new AtomicBoolean();
        AtomicInteger most = new AtomicInteger();
        Thread sampler = new Thread(() -> {
            while (!ended.get()) {
                most.accumulateAndGet(
                        (int) candidates.stream().filter(Candidate::leads).count(), Math::max);
                Thread.onSpinWait();
            }
        });
        sampler.start();
        for (int i = 0; i < 8; i++) {
            Candidate victim = candidates.get(random.nextInt(3));
            victim.wire.fallSilent();
            Thread.sleep(random.nextInt(1500));
            victim.wire.speak();
        }
        await().until(() -> candidates.stream().anyMatch(Candidate::leads));
        ended.set(true);
        sampler.join();
        assertThat(most).as("leaders at once, seed " + seed).hasValue(1);
    }

    private String version() {
        return api.lease(LEASE).at("/metadata/resourceVersion").asText();
    }
}
