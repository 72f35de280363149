package io.funcobserver.deploy;

import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodSecurityContextBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetSpec;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.funcobserver.config.Catalogue;
import io.funcobserver.config.Secrets;
import io.funcobserver.config.Settings;
import io.funcobserver.kafka.KafkaClients;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/** What all pods have in common: one reader, many intakes, replicas over Kafka, a leader and a standby. */
class WorkloadsTest {
    private static final Map<String, Integer> PORTS =
            Map.of("intake", Product.INTAKE_PORT, "observe", Product.OBSERVE_PORT);

    /** What the pods of Kafka find in their environment. */
    private static final Map<String, String> KAFKA = Map.of(
            "KAFKA_SASL_JAAS_CONFIG",
            "x.LoginModule required password=\"s3cr3tword\";",
            "KAFKA_SSL_TRUSTSTORE_CERTIFICATES",
            "a certificate");

    @ParameterizedTest
    @ValueSource(strings = {"base", "intake", "kafka", "standby"})
    void isLockedDown(String name) throws IOException {
        Workload workload = Workload.in(name);
        PodSpec pod = workload.template().getSpec();
        boolean elects = workload.every(Role.class).findAny().isPresent();
        assertThat(pod.getAutomountServiceAccountToken()).isEqualTo(elects);
        assertThat(pod.getEnableServiceLinks()).isFalse();
        assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(pod.getSecurityContext().getRunAsUser())
                .isEqualTo(Long.parseLong(Dockerfile.read().user()));
        assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
        Container container = workload.container();
        assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
        assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
        assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", "intake", "kafka", "standby"})
    void everythingFindsThePods(String name) throws IOException {
        Workload workload = Workload.in(name);
        Map<String, String> labels = workload.template().getMetadata().getLabels();
        List<Map<String, String>> selectors = new ArrayList<>(List.of(workload.selector()));
        workload.every(Service.class).forEach(it -> selectors.add(it.getSpec().getSelector()));
        workload.every(PodDisruptionBudget.class)
                .forEach(it -> selectors.add(it.getSpec().getSelector().getMatchLabels()));
        selectors.add(
                workload.only(NetworkPolicy.class).getSpec().getPodSelector().getMatchLabels());
        assertThat(selectors).containsOnly(labels);
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", "intake", "kafka", "standby"})
    void opensThePortsOfTheProductAndAsksWhatItAnswers(String name) throws IOException {
        Workload workload = Workload.in(name);
        Container container = workload.container();
        boolean takesUploads = workload.every(Service.class).findAny().isPresent();
        assertThat(container.getPorts())
                .extracting(ContainerPort::getName)
                .containsExactlyElementsOf(takesUploads ? List.of("intake", "observe") : List.of("observe"));
        assertThat(container.getPorts())
                .allSatisfy(port -> assertThat(port.getContainerPort()).isEqualTo(PORTS.get(port.getName())));
        assertThat(workload.only(NetworkPolicy.class).getSpec().getIngress())
                .flatExtracting(rule -> rule.getPorts())
                .extracting(port -> port.getPort().getIntVal())
                .isEqualTo(container.getPorts().stream()
                        .map(ContainerPort::getContainerPort)
                        .toList());
        assertThat(workload.every(Service.class).flatMap(it -> it.getSpec().getPorts().stream()))
                .allSatisfy(port -> {
                    assertThat(port.getPort()).isEqualTo(Product.INTAKE_PORT);
                    assertThat(port.getTargetPort().getStrVal()).isEqualTo("intake");
                });
        assertThat(Stream.of(container.getStartupProbe(), container.getLivenessProbe())
                        .map(Probe::getHttpGet))
                .extracting(HTTPGetAction::getPath, get -> get.getPort().getStrVal())
                .containsOnly(tuple(Product.LIVE, "observe"));
        HTTPGetAction ready = container.getReadinessProbe().getHttpGet();
        assertThat(tuple(ready.getPath(), ready.getPort().getStrVal()))
                .isEqualTo(takesUploads ? tuple("/v1/ping", "intake") : tuple(Product.READY, "observe"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", "intake", "kafka", "standby"})
    void environmentIsTheProductsAndSecretsComeFromTheSecret(String name) throws IOException {
        assertThat(Workload.in(name).container().getEnv()).isNotEmpty().allSatisfy(variable -> {
            boolean fromSecret =
                    variable.getValueFrom() != null && variable.getValueFrom().getSecretKeyRef() != null;
            if (variable.getName().startsWith("KAFKA_")) {
                assertThat(fromSecret).as(variable.getName()).isTrue();
            } else {
                assertThat(Product.VARIABLES).containsKey(variable.getName());
                assertThat(fromSecret)
                        .as(variable.getName())
                        .isEqualTo(Product.VARIABLES.get(variable.getName()).secret());
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", "intake", "kafka", "standby"})
    void mountsWhereTheImageReads(String name) throws IOException {
        Workload workload = Workload.in(name);
        Dockerfile image = Dockerfile.read();
        Map<String, String> places =
                Map.of("data", image.volume(), "settings", image.workingDirectory() + "/application.properties");
        List<String> volumes = new ArrayList<>();
        workload.template().getSpec().getVolumes().forEach(volume -> volumes.add(volume.getName()));
        workload.claims().forEach(claim -> volumes.add(claim.getMetadata().getName()));
        assertThat(volumes).hasSameElementsAs(name.equals("kafka") ? List.of("settings") : List.of("data", "settings"));
        assertThat(workload.container().getVolumeMounts())
                .hasSameSizeAs(volumes)
                .allSatisfy(mount -> assertThat(mount.getMountPath()).isEqualTo(places.get(mount.getName())));
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", "intake", "standby"})
    void volumeHoldsFullSpoolsAndDeadLetters(String name) throws IOException {
        Settings defaults = Settings.of(Map.of("target.url", "http://127.0.0.1:9529"));
        long most = 2 * (defaults.size("spool.max-size") + defaults.size("dead-letter.max-size"));
        Workload workload = Workload.in(name);
        PersistentVolumeClaim claim = Stream.concat(
                        workload.claims().stream(), workload.every(PersistentVolumeClaim.class))
                .findFirst()
                .orElseThrow();
        assertThat(claim.getSpec().getResources().getRequests().get("storage").getNumericalAmount())
                .isGreaterThan(new BigDecimal(most));
    }

    @ParameterizedTest
    @ValueSource(strings = {"intake", "kafka"})
    void isScaledByTheAutoscalerAlone(String name) throws IOException {
        Workload workload = Workload.in(name);
        HorizontalPodAutoscaler scaler = workload.only(HorizontalPodAutoscaler.class);
        assertThat(workload.replicas())
                .as("would undo the autoscaler at each apply")
                .isNull();
        assertThat(scaler.getSpec().getScaleTargetRef().getKind())
                .isEqualTo(workload.object().getKind());
        assertThat(scaler.getSpec().getScaleTargetRef().getName())
                .isEqualTo(workload.object().getMetadata().getName());
        assertThat(scaler.getSpec().getMinReplicas()).isGreaterThan(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"kafka", "standby"})
    void theRoleIsWhatTheElectionNeedsAndReachesThePods(String name) throws IOException {
        Workload workload = Workload.in(name);
        Role role = workload.only(Role.class);
        String lease = workload.settings(KAFKA).text("cluster.kubernetes.lease");
        assertThat(role.getRules())
                .allSatisfy(rule -> {
                    assertThat(rule.getApiGroups()).containsExactly("coordination.k8s.io");
                    assertThat(rule.getResources()).containsExactly("leases");
                })
                .extracting(PolicyRule::getVerbs, PolicyRule::getResourceNames)
                .containsExactly(tuple(List.of("get", "update"), List.of(lease)), tuple(List.of("create"), List.of()));
        RoleBinding binding = workload.only(RoleBinding.class);
        String account = workload.only(ServiceAccount.class).getMetadata().getName();
        assertThat(binding.getRoleRef().getKind()).isEqualTo(role.getKind());
        assertThat(binding.getRoleRef().getName()).isEqualTo(role.getMetadata().getName());
        assertThat(binding.getSubjects()).extracting("kind", "name").containsExactly(tuple("ServiceAccount", account));
        assertThat(workload.template().getSpec().getServiceAccountName()).isEqualTo(account);
    }

    @ParameterizedTest
    @ValueSource(strings = {"intake", "standby"})
    void everyReplicaHasADiskOfItsOwnThatOutlivesIt(String name) throws IOException {
        StatefulSetSpec set = Workload.in(name).only(StatefulSet.class).getSpec();
        assertThat(set.getVolumeClaimTemplates())
                .extracting(claim -> claim.getMetadata().getName())
                .containsExactly("data");
        assertThat(set.getPersistentVolumeClaimRetentionPolicy().getWhenScaled())
                .isEqualTo("Retain");
        assertThat(set.getPersistentVolumeClaimRetentionPolicy().getWhenDeleted())
                .isEqualTo("Retain");
    }

    @ParameterizedTest
    @ValueSource(strings = {"intake", "kafka"})
    void takesUploadsInWithATokenAlone(String name) throws IOException {
        Workload workload = Workload.in(name);
        Settings settings = workload.settings(KAFKA);
        assertThat(settings.flag("intake.enabled")).isTrue();
        assertThat(settings.text("intake.token")).isNull();
        assertThat(workload.container().getEnv())
                .filteredOn(
                        variable -> variable.getValueFrom().getSecretKeyRef().getOptional() == null)
                .extracting(EnvVar::getName)
                .contains("INTAKE_TOKEN");
    }

    @ParameterizedTest
    @ValueSource(strings = {"kafka", "standby"})
    void thePolicyLetsOutToFuncTheApiServerAndTheTarget(String name) throws IOException {
        assertThat(portsOut(Workload.in(name))).contains(443, 6443, 3306, 6379, 9529);
    }

    private static List<Integer> portsOut(Workload workload) {
        return workload.only(NetworkPolicy.class).getSpec().getEgress().stream()
                .flatMap(rule -> rule.getPorts().stream())
                .map(port -> port.getPort().getIntVal())
                .toList();
    }

    @Test
    void intakesReadNothing() throws IOException {
        Settings settings = Workload.in("intake").settings(Map.of());
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
    void anIntakeAnswersUntilTheServiceHasTakenItOut() throws IOException {
        Workload intake = Workload.in("intake");
        assertThat(intake.only(StatefulSet.class).getSpec().getServiceName())
                .isEqualTo(intake.only(Service.class).getMetadata().getName());
        List<String> command =
                intake.container().getLifecycle().getPreStop().getExec().getCommand();
        assertThat(command).startsWith("sleep").hasSize(2);
        assertThat(Long.parseLong(command.get(1)))
                .as("seconds, of which the stop of the product may take thirty")
                .isLessThanOrEqualTo(intake.template().getSpec().getTerminationGracePeriodSeconds() - 30);
    }

    /** What a standby adds is said above; the rest is that of the base. */
    @Test
    void aStandbyIsOneOfTwoReaders() throws IOException {
        Workload standby = Workload.in("standby");
        assertThat(standby.replicas()).isEqualTo(2);
        PodSpec pod = standby.template().getSpec();
        PodSpec one = Workload.in("base").template().getSpec();
        assertThat(pod.getContainers()).isEqualTo(one.getContainers());
        assertThat(pod.getSecurityContext()).isEqualTo(one.getSecurityContext());
        assertThat(pod.getTerminationGracePeriodSeconds()).isEqualTo(one.getTerminationGracePeriodSeconds());
    }

    @Test
    void theSettingsOfKafkaAreKafkasAndTheProducts() throws IOException {
        Workload kafka = Workload.in("kafka");
        Settings settings = kafka.settings(KAFKA);
        assertThat(settings.text("spool")).isEqualTo("kafka");
        // Refuses what Kafka's clients do not know.
        new KafkaClients(settings, null).close();
        assertThat(settings.kafka())
                .containsEntry("security.protocol", "SASL_SSL")
                .containsKeys(
                        "sasl.mechanism", "sasl.jaas.config", "ssl.truststore.type", "ssl.truststore.certificates");
        assertThat(Secrets.of(settings).mask("password s3cr3tword")).doesNotContain("s3cr3tword");
        assertThat(kafka.container().getEnv())
                .filteredOn(
                        variable -> variable.getValueFrom().getSecretKeyRef().getOptional() == null)
                .extracting(EnvVar::getName)
                .containsExactlyInAnyOrder(
                        "INTAKE_TOKEN", "KAFKA_SASL_JAAS_CONFIG", "KAFKA_SSL_TRUSTSTORE_CERTIFICATES");
        String brokers = settings.text("kafka.brokers");
        assertThat(portsOut(kafka)).contains(Integer.parseInt(brokers.substring(brokers.lastIndexOf(':') + 1)));
        assertThat(kafka.only(HorizontalPodAutoscaler.class).getSpec().getMaxReplicas())
                .as("so that each has a partition")
                .isLessThanOrEqualTo(settings.number("kafka.partitions"));
    }

    /** It has no disk, so a pod is started elsewhere at once, whatever became of its node; the rest is that of the intake. */
    @Test
    void aReplicaOverKafkaIsAnIntakeWithoutADisk() throws IOException {
        Workload kafka = Workload.in("kafka");
        assertThat(kafka.only(Deployment.class)
                        .getSpec()
                        .getStrategy()
                        .getRollingUpdate()
                        .getMaxUnavailable()
                        .getIntVal())
                .isZero();
        PodSpec pod = kafka.template().getSpec();
        PodSpec disks = Workload.in("intake").template().getSpec();
        Container one = disks.getContainers().get(0);
        for (Function<Container, Object> part : List.<Function<Container, Object>>of(
                Container::getImage,
                Container::getStartupProbe,
                Container::getLivenessProbe,
                Container::getReadinessProbe,
                Container::getLifecycle,
                Container::getResources,
                Container::getSecurityContext)) {
            assertThat(part.apply(kafka.container())).isEqualTo(part.apply(one));
        }
        assertThat(pod.getSecurityContext())
                .isEqualTo(new PodSecurityContextBuilder(disks.getSecurityContext())
                        .withFsGroup(null)
                        .withFsGroupChangePolicy(null)
                        .build());
        assertThat(pod.getTerminationGracePeriodSeconds()).isEqualTo(disks.getTerminationGracePeriodSeconds());
    }
}
