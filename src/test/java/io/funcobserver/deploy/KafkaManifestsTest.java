package io.funcobserver.deploy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSecurityContextBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.funcobserver.config.Catalogue;
import io.funcobserver.config.Secrets;
import io.funcobserver.config.Settings;
import io.funcobserver.config.SettingsSources;
import io.funcobserver.kafka.KafkaClients;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/** Replicas without disks: {@code deploy/kubernetes/kafka}. */
class KafkaManifestsTest {
    private static final Path FOLDER = Manifest.KUBERNETES.resolve("kafka");
    private static final String JAAS = "KAFKA_SASL_JAAS_CONFIG";
    private static final String AUTHORITY = "KAFKA_SSL_TRUSTSTORE_CERTIFICATES";

    private final Deployment deployment = Manifest.read(Deployment.class, FOLDER.resolve("deployment.yaml"));
    private final Service service = Manifest.read(Service.class, FOLDER.resolve("service.yaml"));
    private final NetworkPolicy policy = Manifest.read(NetworkPolicy.class, FOLDER.resolve("network-policy.yaml"));
    private final HorizontalPodAutoscaler scaler =
            Manifest.read(HorizontalPodAutoscaler.class, FOLDER.resolve("autoscaler.yaml"));
    private final PodSpec pod = deployment.getSpec().getTemplate().getSpec();
    private final Container container = pod.getContainers().get(0);
    private final Settings settings = Settings.read(
                    new SettingsSources(
                            List.of(),
                            Map.of(JAAS, "x.LoginModule required password=\"s3cr3tword\";", AUTHORITY, "a certificate"),
                            FOLDER.resolve("application.properties")),
                    Catalogue.standardRouteIds())
            .orThrow();

    KafkaManifestsTest() throws IOException {}

    @Test
    void theSettingsAreKafkasAndTheProducts() {
        assertThat(settings.text("spool")).isEqualTo("kafka");
        // Refuses what Kafka's clients do not know.
        new KafkaClients(settings, null).close();
        assertThat(settings.kafka())
                .containsEntry("security.protocol", "SASL_SSL")
                .containsKeys(
                        "sasl.mechanism", "sasl.jaas.config", "ssl.truststore.type", "ssl.truststore.certificates");
        assertThat(Secrets.of(settings).mask("password s3cr3tword")).doesNotContain("s3cr3tword");
        assertThat(settings.flag("intake.enabled")).isTrue();
        assertThat(settings.text("intake.token")).isNull();
    }

    @Test
    void whatIsSecretComesFromTheSecret() {
        assertThat(container.getEnv()).allSatisfy(variable -> {
            assertThat(variable.getValueFrom().getSecretKeyRef()).isNotNull();
            if (!List.of(JAAS, AUTHORITY).contains(variable.getName())) {
                assertThat(Product.VARIABLES).containsKey(variable.getName());
                assertThat(Product.VARIABLES.get(variable.getName()).secret()).isTrue();
            }
        });
        assertThat(container.getEnv())
                .filteredOn(
                        variable -> variable.getValueFrom().getSecretKeyRef().getOptional() == null)
                .extracting(EnvVar::getName)
                .containsExactlyInAnyOrder("INTAKE_TOKEN", JAAS, AUTHORITY);
    }

    /** So a pod is started elsewhere at once, whatever became of its node. */
    @Test
    void noReplicaHasADisk() throws IOException {
        assertThat(pod.getVolumes()).extracting("name").containsExactly("settings");
        assertThat(container.getVolumeMounts())
                .extracting("name", "mountPath")
                .containsExactly(tuple("settings", Dockerfile.read().workingDirectory() + "/application.properties"));
        assertThat(deployment
                        .getSpec()
                        .getStrategy()
                        .getRollingUpdate()
                        .getMaxUnavailable()
                        .getIntVal())
                .isZero();
    }

    /** What Kafka changes is said here; the rest is as strict as the intake with disks. */
    @Test
    void thePodIsThatOfTheIntake() throws IOException {
        PodSpec disks = Manifest.read(StatefulSet.class, Manifest.KUBERNETES.resolve("intake/stateful-set.yaml"))
                .getSpec()
                .getTemplate()
                .getSpec();
        Container one = disks.getContainers().get(0);
        for (Function<Container, Object> part : List.<Function<Container, Object>>of(
                Container::getImage,
                Container::getPorts,
                Container::getStartupProbe,
                Container::getLivenessProbe,
                Container::getReadinessProbe,
                Container::getLifecycle,
                Container::getResources,
                Container::getSecurityContext)) {
            assertThat(part.apply(container)).isEqualTo(part.apply(one));
        }
        assertThat(pod.getSecurityContext())
                .isEqualTo(new PodSecurityContextBuilder(disks.getSecurityContext())
                        .withFsGroup(null)
                        .withFsGroupChangePolicy(null)
                        .build());
        assertThat(pod.getTerminationGracePeriodSeconds()).isEqualTo(disks.getTerminationGracePeriodSeconds());
        assertThat(pod.getEnableServiceLinks()).isFalse();
    }

    @Test
    void theRoleIsThatOfTheStandbyAndReachesThePods() throws IOException {
        Role role = Manifest.read(Role.class, FOLDER.resolve("role.yaml"));
        assertThat(role.getRules())
                .isEqualTo(Manifest.read(Role.class, Manifest.KUBERNETES.resolve("standby/role.yaml"))
                        .getRules());
        assertThat(role.getRules().get(0).getResourceNames())
                .containsExactly(settings.text("cluster.kubernetes.lease"));
        RoleBinding binding = Manifest.read(RoleBinding.class, FOLDER.resolve("role-binding.yaml"));
        ServiceAccount account = Manifest.read(ServiceAccount.class, FOLDER.resolve("service-account.yaml"));
        assertThat(binding.getRoleRef().getName()).isEqualTo(role.getMetadata().getName());
        assertThat(binding.getSubjects())
                .extracting("kind", "name")
                .containsExactly(tuple("ServiceAccount", account.getMetadata().getName()));
        assertThat(pod.getServiceAccountName()).isEqualTo(account.getMetadata().getName());
        assertThat(pod.getAutomountServiceAccountToken()).isTrue();
    }

    @Test
    void thePolicyLetsUploadsInAndOutToKafkaFuncTheApiServerAndTheTarget() {
        assertThat(policy.getSpec().getIngress())
                .flatExtracting(rule -> rule.getPorts())
                .extracting(port -> port.getPort().getIntVal())
                .containsExactly(Product.INTAKE_PORT, Product.OBSERVE_PORT);
        String brokers = settings.text("kafka.brokers");
        assertThat(policy.getSpec().getEgress())
                .flatExtracting(rule -> rule.getPorts())
                .extracting(port -> port.getPort().getIntVal())
                .contains(
                        Integer.parseInt(brokers.substring(brokers.lastIndexOf(':') + 1)), 3306, 6379, 443, 6443, 9529);
    }

    @Test
    void isScaledByTheAutoscalerToAsManyAsHaveAPartition() {
        assertThat(deployment.getSpec().getReplicas()).isNull();
        assertThat(scaler.getSpec().getScaleTargetRef().getKind()).isEqualTo(deployment.getKind());
        assertThat(scaler.getSpec().getScaleTargetRef().getName())
                .isEqualTo(deployment.getMetadata().getName());
        assertThat(scaler.getSpec().getMinReplicas()).isGreaterThan(1);
        assertThat(scaler.getSpec().getMaxReplicas()).isLessThanOrEqualTo(settings.number("kafka.partitions"));
    }

    @Test
    void everythingFindsThePods() throws IOException {
        Map<String, String> labels =
                deployment.getSpec().getTemplate().getMetadata().getLabels();
        assertThat(deployment.getSpec().getSelector().getMatchLabels()).isEqualTo(labels);
        assertThat(service.getSpec().getSelector()).isEqualTo(labels);
        assertThat(service.getSpec().getPorts())
                .extracting(port -> port.getPort(), port -> port.getTargetPort().getStrVal())
                .containsExactly(tuple(Product.INTAKE_PORT, "intake"));
        assertThat(policy.getSpec().getPodSelector().getMatchLabels()).isEqualTo(labels);
        assertThat(Manifest.read(PodDisruptionBudget.class, FOLDER.resolve("disruption-budget.yaml"))
                        .getSpec()
                        .getSelector()
                        .getMatchLabels())
                .isEqualTo(labels);
    }
}
