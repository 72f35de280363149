package io.funcobserver.deploy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;
import io.funcobserver.app.RouteFiles;
import io.funcobserver.config.Catalogue;
import io.funcobserver.config.Property;
import io.funcobserver.config.Settings;
import io.funcobserver.config.SettingsSources;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class KubernetesTest {
    private static final Path BASE = Manifest.KUBERNETES.resolve("base");
    private static final Path MEASUREMENTS = Path.of("routes", "measurements");

    private final Deployment deployment = Manifest.read(Deployment.class, BASE.resolve("deployment.yaml"));
    private final PodSpec pod = deployment.getSpec().getTemplate().getSpec();
    private final Container container = pod.getContainers().get(0);

    KubernetesTest() throws IOException {}

    @Test
    void runsOneReaderAtATime() {
        assertThat(deployment.getSpec().getReplicas()).isEqualTo(1);
        assertThat(deployment.getSpec().getStrategy().getType()).isEqualTo("Recreate");
    }

    @Test
    void environmentHoldsOnlyPropertiesOfTheProduct() {
        assertThat(container.getEnv()).isNotEmpty().allSatisfy(variable -> assertThat(Product.VARIABLES)
                .containsKey(variable.getName()));
    }

    @Test
    void secretsComeFromTheSecret() {
        Set<String> fromSecret = container.getEnv().stream()
                .filter(variable -> variable.getValueFrom() != null
                        && variable.getValueFrom().getSecretKeyRef() != null)
                .map(EnvVar::getName)
                .collect(Collectors.toSet());
        assertThat(fromSecret)
                .contains("FUNC_MYSQL_PASSWORD", "FUNC_REDIS_PASSWORD", "TARGET_AUTHORIZATION", "TARGET_URL")
                .allSatisfy(name -> assertThat(Product.VARIABLES.get(name).secret())
                        .as(name)
                        .isTrue());
    }

    @Test
    void probesAskWhatTheProductAnswers() {
        assertThat(container.getPorts())
                .extracting(ContainerPort::getName, ContainerPort::getContainerPort)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("observe", Product.OBSERVE_PORT));
        assertThat(get(container.getStartupProbe()).getPath()).isEqualTo(Product.LIVE);
        assertThat(get(container.getLivenessProbe()).getPath()).isEqualTo(Product.LIVE);
        assertThat(get(container.getReadinessProbe()).getPath()).isEqualTo(Product.READY);
    }

    private static HTTPGetAction get(Probe probe) {
        HTTPGetAction get = probe.getHttpGet();
        assertThat(get.getPort().getStrVal()).isEqualTo("observe");
        return get;
    }

    @Test
    void mountsWhereTheImageReads() throws IOException {
        Map<String, String> mounts = container.getVolumeMounts().stream()
                .collect(Collectors.toMap(VolumeMount::getName, VolumeMount::getMountPath));
        Dockerfile image = Dockerfile.read();
        assertThat(mounts)
                .containsOnly(
                        Map.entry("data", image.volume()),
                        Map.entry("settings", image.workingDirectory() + "/application.properties"));
        assertThat(pod.getVolumes()).extracting("name").hasSameElementsAs(mounts.keySet());
    }

    @Test
    void podIsLockedDown() throws IOException {
        assertThat(pod.getAutomountServiceAccountToken()).isFalse();
        assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(pod.getSecurityContext().getRunAsUser())
                .isEqualTo(Long.parseLong(Dockerfile.read().user()));
        assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
        assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
        assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
        assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
    }

    @Test
    void volumeHoldsFullSpoolsAndDeadLetters() throws IOException {
        Settings defaults = Settings.of(Map.of("target.url", "http://127.0.0.1:9529"));
        long most = 2 * (defaults.size("spool.max-size") + defaults.size("dead-letter.max-size"));
        var claim =
                Manifest.read(io.fabric8.kubernetes.api.model.PersistentVolumeClaim.class, BASE.resolve("data.yaml"));
        assertThat(claim.getSpec().getResources().getRequests().get("storage").getNumericalAmount())
                .isGreaterThan(new java.math.BigDecimal(most));
        assertThat(pod.getVolumes())
                .filteredOn(volume -> volume.getName().equals("data"))
                .extracting(volume -> volume.getPersistentVolumeClaim().getClaimName())
                .containsExactly(claim.getMetadata().getName());
    }

    @Test
    void scrapesFindThePod() throws IOException {
        Map<String, String> labels =
                deployment.getSpec().getTemplate().getMetadata().getLabels();
        PodMonitor monitor =
                Manifest.read(PodMonitor.class, Manifest.KUBERNETES.resolve("components/podmonitor/podmonitor.yaml"));
        NetworkPolicy policy = Manifest.read(NetworkPolicy.class, BASE.resolve("network-policy.yaml"));
        assertThat(deployment.getSpec().getSelector().getMatchLabels()).isEqualTo(labels);
        assertThat(monitor.getSpec().getSelector().getMatchLabels()).isEqualTo(labels);
        assertThat(policy.getSpec().getPodSelector().getMatchLabels()).isEqualTo(labels);
        assertThat(monitor.getSpec().getPodMetricsEndpoints()).allSatisfy(endpoint -> {
            assertThat(endpoint.getPort()).isEqualTo("observe");
            assertThat(endpoint.getPath()).isEqualTo(Product.METRICS);
        });
        assertThat(policy.getSpec().getIngress().get(0).getPorts())
                .extracting(port -> port.getPort().getIntVal())
                .containsExactly(Product.OBSERVE_PORT);
    }

    @Test
    void networkPolicyLetsOutToFuncByDefault() throws IOException {
        NetworkPolicy policy = Manifest.read(NetworkPolicy.class, BASE.resolve("network-policy.yaml"));
        assertThat(policy.getSpec().getEgress())
                .flatExtracting(rule -> rule.getPorts())
                .extracting(port -> port.getPort().getIntVal().toString())
                .contains(
                        Catalogue.standard().find("func.mysql.port").fallback(),
                        Catalogue.standard().find("func.redis.port").fallback());
    }

    @Test
    void flatFolderOfMeasurementsIsLoaded() {
        assertThat(RouteFiles.in(MEASUREMENTS).ids()).containsExactlyInAnyOrderElementsOf(Catalogue.standardRouteIds());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "base",
                "components/podmonitor",
                "intake",
                "kafka",
                "standby",
                "overlays/datakit",
                "overlays/influxdb"
            })
    void kustomizationNamesWhatIsThere(String name) throws IOException {
        Path folder = Manifest.KUBERNETES.resolve(name);
        Kustomization kustomization = Kustomization.in(folder);
        Stream.of(
                        kustomization.resources(),
                        kustomization.components(),
                        kustomization.configMapGenerator().stream()
                                .flatMap(map -> map.files().stream())
                                .toList())
                .flatMap(List::stream)
                .forEach(path -> assertThat(folder.resolve(path)).exists());
    }

    @ParameterizedTest
    @ValueSource(strings = {"datakit", "influxdb"})
    void overlayGivesTheSettingsThatTheBaseMounts(String name) throws IOException {
        Path folder = Manifest.KUBERNETES.resolve("overlays").resolve(name);
        Kustomization kustomization = Kustomization.in(folder);
        assertThat(kustomization.images()).extracting(Kustomization.Image::name).containsExactly(container.getImage());
        assertThat(kustomization.configMapGenerator())
                .containsExactly(
                        new Kustomization.ConfigMapGenerator("func-observer", List.of("application.properties")));
        assertThat(pod.getVolumes())
                .filteredOn(volume -> volume.getConfigMap() != null)
                .extracting(volume -> volume.getConfigMap().getName())
                .containsExactly("func-observer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"datakit", "influxdb"})
    void overlayIsAValidConfigurationWithoutSecrets(String name) throws IOException {
        Path file = Manifest.KUBERNETES.resolve("overlays").resolve(name).resolve("application.properties");
        Settings settings = Settings.read(
                        new SettingsSources(List.of(), Map.of(), file),
                        RouteFiles.in(MEASUREMENTS).ids())
                .orThrow();
        assertThat(Catalogue.standard().properties())
                .filteredOn(property -> property.secret() && property.key().matches(".*(password|authorization)"))
                .extracting(Property::key)
                .allSatisfy(key -> assertThat(settings.text(key)).isNull());
        assertThat(opensPort(name, settings.text("target.url"))).isTrue();
    }

    private static boolean opensPort(String name, String url) throws IOException {
        int port = java.net.URI.create(url).getPort();
        return Kustomization.in(Manifest.KUBERNETES.resolve("overlays").resolve(name)).patches().stream()
                .anyMatch(patch -> patch.target().kind().equals("NetworkPolicy")
                        && patch.patch().contains("port: " + port));
    }
}
