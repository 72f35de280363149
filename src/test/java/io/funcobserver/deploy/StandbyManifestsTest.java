package io.funcobserver.deploy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.funcobserver.config.Catalogue;
import io.funcobserver.config.Settings;
import io.funcobserver.config.SettingsSources;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/** A leader and a standby: {@code deploy/kubernetes/standby}. */
class StandbyManifestsTest {
    private static final Path FOLDER = Manifest.KUBERNETES.resolve("standby");

    private final StatefulSet set = Manifest.read(StatefulSet.class, FOLDER.resolve("stateful-set.yaml"));
    private final Role role = Manifest.read(Role.class, FOLDER.resolve("role.yaml"));
    private final PodSpec pod = set.getSpec().getTemplate().getSpec();
    private final Container container = pod.getContainers().get(0);

    StandbyManifestsTest() throws IOException {}

    @Test
    void twoReplicasShareALease() throws IOException {
        assertThat(set.getSpec().getReplicas()).isEqualTo(2);
        assertThat(lease()).isNotNull();
    }

    @Test
    void theRoleIsWhatTheElectionNeedsAndNoMore() throws IOException {
        assertThat(role.getRules())
                .allSatisfy(rule -> {
                    assertThat(rule.getApiGroups()).containsExactly("coordination.k8s.io");
                    assertThat(rule.getResources()).containsExactly("leases");
                })
                .extracting(PolicyRule::getVerbs, PolicyRule::getResourceNames)
                .containsExactly(
                        tuple(List.of("get", "update"), List.of(lease())), tuple(List.of("create"), List.of()));
    }

    @Test
    void theRoleReachesThePods() throws IOException {
        RoleBinding binding = Manifest.read(RoleBinding.class, FOLDER.resolve("role-binding.yaml"));
        ServiceAccount account = Manifest.read(ServiceAccount.class, FOLDER.resolve("service-account.yaml"));
        assertThat(binding.getRoleRef().getKind()).isEqualTo(role.getKind());
        assertThat(binding.getRoleRef().getName()).isEqualTo(role.getMetadata().getName());
        assertThat(binding.getSubjects()).singleElement().satisfies(subject -> {
            assertThat(subject.getKind()).isEqualTo(account.getKind());
            assertThat(subject.getName()).isEqualTo(account.getMetadata().getName());
        });
        assertThat(pod.getServiceAccountName()).isEqualTo(account.getMetadata().getName());
        assertThat(pod.getAutomountServiceAccountToken()).isTrue();
    }

    @Test
    void thePolicyLetsOutToTheApiServerAndTheTarget() throws IOException {
        NetworkPolicy policy = Manifest.read(NetworkPolicy.class, FOLDER.resolve("network-policy.yaml"));
        assertThat(policy.getSpec().getEgress())
                .flatExtracting(rule -> rule.getPorts())
                .extracting(port -> port.getPort().getIntVal())
                .contains(443, 6443, 3306, 6379, 9529);
        Map<String, String> labels = set.getSpec().getTemplate().getMetadata().getLabels();
        assertThat(policy.getSpec().getPodSelector().getMatchLabels()).isEqualTo(labels);
        assertThat(set.getSpec().getSelector().getMatchLabels()).isEqualTo(labels);
        assertThat(Manifest.read(PodDisruptionBudget.class, FOLDER.resolve("disruption-budget.yaml"))
                        .getSpec()
                        .getSelector()
                        .getMatchLabels())
                .isEqualTo(labels);
    }

    /** What a standby adds is said above; the rest is as strict as the base. */
    @Test
    void thePodIsThatOfTheBase() throws IOException {
        Deployment base = Manifest.read(Deployment.class, Manifest.KUBERNETES.resolve("base/deployment.yaml"));
        PodSpec one = base.getSpec().getTemplate().getSpec();
        assertThat(pod.getContainers()).isEqualTo(one.getContainers());
        assertThat(pod.getSecurityContext()).isEqualTo(one.getSecurityContext());
        assertThat(pod.getTerminationGracePeriodSeconds()).isEqualTo(one.getTerminationGracePeriodSeconds());
        assertThat(pod.getEnableServiceLinks()).isFalse();
    }

    @Test
    void everyReplicaHasADiskOfItsOwnThatOutlivesIt() {
        assertThat(set.getSpec().getVolumeClaimTemplates())
                .extracting(claim -> claim.getMetadata().getName())
                .containsExactly("data");
        assertThat(container.getVolumeMounts()).extracting("name").contains("data");
        assertThat(set.getSpec().getPersistentVolumeClaimRetentionPolicy().getWhenDeleted())
                .isEqualTo("Retain");
    }

    private static String lease() throws IOException {
        return Settings.read(
                        new SettingsSources(List.of(), Map.of(), FOLDER.resolve("application.properties")),
                        Catalogue.standardRouteIds())
                .orThrow()
                .text("cluster.kubernetes.lease");
    }
}
