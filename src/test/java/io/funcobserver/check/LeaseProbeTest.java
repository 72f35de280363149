package io.funcobserver.check;

import java.io.IOException;
import java.util.List;

import io.funcobserver.check.Finding.Level;
import io.funcobserver.cluster.LeaseServer;
import io.funcobserver.testing.TestSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LeaseProbeTest {
    private LeaseServer api;

    @BeforeEach
    void open() throws IOException {
        api = new LeaseServer();
        // Whatever the machine that runs the test knows of a Kubernetes.
        System.setProperty("kubernetes.auth.tryServiceAccount", "false");
        System.setProperty("kubernetes.auth.tryKubeConfig", "false");
        System.setProperty("kubernetes.master", "http://127.0.0.1:" + api.port());
        System.setProperty("kubernetes.namespace", LeaseServer.NAMESPACE);
    }

    @AfterEach
    void close() {
        List.of("auth.tryServiceAccount", "auth.tryKubeConfig", "master", "namespace")
                .forEach(name -> System.clearProperty("kubernetes." + name));
        api.close();
    }

    @Test
    void isOffWithoutALease() {
        assertThat(new LeaseProbe().test(new TestSettings().build()))
                .singleElement()
                .satisfies(finding -> assertThat(finding.level()).isEqualTo(Level.OK));
    }

    @Test
    void saysThatTheRightsAreThereAndWritesNothing() {
        assertThat(probe().toString())
                .isEqualTo("ok    lease           the Lease observed/func-observer may be read and written");
        assertThat(api.lease("func-observer")).isNull();
    }

    @Test
    void namesTheRightsThatAreMissing() {
        api.deny("create", "update");
        assertThat(probe().level()).isEqualTo(Level.FAIL);
        assertThat(probe().text()).contains("may not create, update it", "deploy/kubernetes/standby/role.yaml");
    }

    @Test
    void saysWhatToDoWithoutAToken() {
        api.refuseAll(401);
        assertThat(probe().text()).contains("401", "automountServiceAccountToken: true");
    }

    @Test
    void saysWhatToDoWithoutAnApiServer() {
        api.close();
        assertThat(probe().level()).isEqualTo(Level.FAIL);
        assertThat(probe().text()).contains("http://127.0.0.1:" + api.port(), "can be reached from here");
    }

    @Test
    void saysWhatToDoOutsideKubernetes() {
        System.clearProperty("kubernetes.master");
        assertThat(probe().level()).isEqualTo(Level.FAIL);
        assertThat(probe().text()).contains("there is no Kubernetes here", "leave the property out");
    }

    private static Finding probe() {
        List<Finding> findings = new LeaseProbe()
                .test(new TestSettings()
                        .set("cluster.kubernetes.lease", "func-observer")
                        .build());
        assertThat(findings).hasSize(1);
        return findings.get(0);
    }
}
