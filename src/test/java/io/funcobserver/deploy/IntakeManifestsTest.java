package io.funcobserver.deploy;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.funcobserver.config.Catalogue;
import io.funcobserver.config.Settings;
import io.funcobserver.config.SettingsSources;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/** Many intakes: {@code deploy/kubernetes/intake}. */
class IntakeManifestsTest {
    private static final Path FOLDER = Manifest.KUBERNETES.resolve("intake");

    private final StatefulSet set = Manifest.read(StatefulSet.class, FOLDER.resolve("stateful-set.yaml"));
    private final Service service = Manifest.read(Service.class, FOLDER.resolve("service.yaml"));
    private final PodSpec pod = set.getSpec().getTemplate().getSpec();
    private final Container container = pod.getContainers().get(0);

    IntakeManifestsTest() throws IOException {}

    @Test
    void takesUploadsInAndReadsNothing() throws IOException {
        Settings settings = Settings.read(
                        new SettingsSources(List.of(), Map.of(), FOLDER.resolve("application.properties")),
                        Catalogue.standardRouteIds())
                .orThrow();
        assertThat(settings.flag("intake.enabled")).isTrue();
        assertThat(settings.text("intake.token")).isNull();
        assertThat(settings.text("measurement.cache-db-key.enabled")).isEqualTo("false");
        assertThat(Catalogue.standardRouteIds())
                .filteredOn(id -> !id.equals("cache-db-key"))
                .allSatisfy(id -> assertThat(Catalogue.standard()
                                .find("measurement." + id + ".enabled")
                                .fallback())
                        .as("off by itself while the intake is on")
                        .isEqualTo("auto"));
    }

    @Test
    void isNotOpenWithoutAToken() {
        assertThat(container.getEnv())
                .filteredOn(variable -> variable.getName().equals("INTAKE_TOKEN"))
                .singleElement()
                .satisfies(variable -> assertThat(
                                variable.getValueFrom().getSecretKeyRef().getOptional())
                        .isNull());
        assertThat(container.getEnv()).allSatisfy(variable -> {
            assertThat(Product.VARIABLES).containsKey(variable.getName());
            assertThat(Product.VARIABLES.get(variable.getName()).secret()).isTrue();
            assertThat(variable.getValueFrom().getSecretKeyRef()).isNotNull();
        });
    }

    @Test
    void everyReplicaHasADiskOfItsOwnThatOutlivesIt() throws IOException {
        Settings defaults = Settings.of(Map.of("target.url", "http://127.0.0.1:9529"));
        long most = 2 * (defaults.size("spool.max-size") + defaults.size("dead-letter.max-size"));
        assertThat(set.getSpec().getVolumeClaimTemplates()).singleElement().satisfies(claim -> {
            assertThat(claim.getMetadata().getName()).isEqualTo("data");
            assertThat(claim.getSpec()
                            .getResources()
                            .getRequests()
                            .get("storage")
                            .getNumericalAmount())
                    .isGreaterThan(new BigDecimal(most));
        });
        assertThat(container.getVolumeMounts())
                .extracting("name", "mountPath")
                .containsExactly(
                        tuple("data", Dockerfile.read().volume()),
                        tuple("settings", Dockerfile.read().workingDirectory() + "/application.properties"));
        assertThat(set.getSpec().getPersistentVolumeClaimRetentionPolicy().getWhenScaled())
                .isEqualTo("Retain");
        assertThat(set.getSpec().getPersistentVolumeClaimRetentionPolicy().getWhenDeleted())
                .isEqualTo("Retain");
    }

    @Test
    void portsAndProbesAreTheProducts() {
        assertThat(container.getPorts())
                .extracting(ContainerPort::getName, ContainerPort::getContainerPort)
                .containsExactly(tuple("intake", Product.INTAKE_PORT), tuple("observe", Product.OBSERVE_PORT));
        assertThat(service.getSpec().getPorts())
                .extracting(port -> port.getPort(), port -> port.getTargetPort().getStrVal())
                .containsExactly(tuple(Product.INTAKE_PORT, "intake"));
        assertThat(container.getStartupProbe().getHttpGet().getPath()).isEqualTo(Product.LIVE);
        assertThat(container.getLivenessProbe().getHttpGet().getPath()).isEqualTo(Product.LIVE);
        assertThat(container.getReadinessProbe().getHttpGet().getPath()).isEqualTo("/v1/ping");
        assertThat(container.getReadinessProbe().getHttpGet().getPort().getStrVal())
                .isEqualTo("intake");
    }

    @Test
    void answersUntilTheServiceHasTakenItOut() {
        List<String> command = container.getLifecycle().getPreStop().getExec().getCommand();
        assertThat(command).startsWith("sleep").hasSize(2);
        assertThat(Long.parseLong(command.get(1)))
                .as("seconds, of which the stop of the product may take thirty")
                .isLessThanOrEqualTo(pod.getTerminationGracePeriodSeconds() - 30);
    }

    @Test
    void everythingFindsThePods() throws IOException {
        Map<String, String> labels = set.getSpec().getTemplate().getMetadata().getLabels();
        assertThat(set.getSpec().getSelector().getMatchLabels()).isEqualTo(labels);
        assertThat(service.getSpec().getSelector()).isEqualTo(labels);
        assertThat(set.getSpec().getServiceName())
                .isEqualTo(service.getMetadata().getName());
        assertThat(Manifest.read(PodDisruptionBudget.class, FOLDER.resolve("disruption-budget.yaml"))
                        .getSpec()
                        .getSelector()
                        .getMatchLabels())
                .isEqualTo(labels);
        NetworkPolicy policy = Manifest.read(NetworkPolicy.class, FOLDER.resolve("network-policy.yaml"));
        assertThat(policy.getSpec().getPodSelector().getMatchLabels()).isEqualTo(labels);
        assertThat(policy.getSpec().getIngress())
                .flatExtracting(rule -> rule.getPorts())
                .extracting(port -> port.getPort().getIntVal())
                .containsExactly(Product.INTAKE_PORT, Product.OBSERVE_PORT);
    }

    @Test
    void isScaledByTheAutoscalerAlone() throws IOException {
        HorizontalPodAutoscaler scaler =
                Manifest.read(HorizontalPodAutoscaler.class, FOLDER.resolve("autoscaler.yaml"));
        assertThat(set.getSpec().getReplicas())
                .as("would undo the autoscaler at each apply")
                .isNull();
        assertThat(scaler.getSpec().getScaleTargetRef().getKind()).isEqualTo(set.getKind());
        assertThat(scaler.getSpec().getScaleTargetRef().getName())
                .isEqualTo(set.getMetadata().getName());
        assertThat(scaler.getSpec().getMinReplicas()).isGreaterThan(1);
    }

    @Test
    void podIsLockedDown() throws IOException {
        assertThat(pod.getAutomountServiceAccountToken()).isFalse();
        assertThat(pod.getSecurityContext().getRunAsUser())
                .isEqualTo(Long.parseLong(Dockerfile.read().user()));
        assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
        assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
        assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
    }
}
